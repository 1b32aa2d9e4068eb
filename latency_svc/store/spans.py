"""Stretches of time as conditions of a query."""

from collections.abc import Sequence
from datetime import datetime

from latency_svc.windows import Span


def within(n: int) -> str:
    """Whether a row lies in the n-th span, counted from 0; `moments_of` all spans are the first arguments."""
    return f"at >= ${2 * n + 1} AND at < ${2 * n + 2}"


def moments_of(spans: Sequence[Span]) -> list[datetime]:
    return [moment for span in spans for moment in (span.from_at, span.to_at)]
