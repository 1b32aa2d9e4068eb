"""Runs of a day, written as letters, through the status machine: `p`ass, `w`arn, `f`ail, `e`rror."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from health_svc.health_check import Observation, ServiceState, Transition, observe
from health_svc.uptime import Span
from shared.contracts.health.services import Result, Status

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)
STALE_SECONDS = 70.0
RESULTS: dict[str, Result] = {"p": "pass", "w": "warn", "f": "fail", "e": "error"}
LETTERS: dict[Status, str] = {"healthy": "h", "degraded": "g", "down": "d", "unknown": "u"}


class Seen(Struct, frozen=True):
    """One outcome as a test gives it."""

    result: Result
    at: datetime
    in_maintenance: bool = False


class Thresholds(Struct, frozen=True):
    failure: int = 3
    success: int = 2
    stale_after_seconds: float = STALE_SECONDS


def every(letters: str, start: datetime = T0, step: timedelta = STEP) -> list[Seen]:
    """One outcome per letter, `step` apart."""
    return [Seen(RESULTS[letter], start + i * step) for i, letter in enumerate(letters)]


def step_once(state: ServiceState, seen: Seen, thresholds: Thresholds) -> tuple[ServiceState, list[Transition]]:
    return observe(
        state,
        Observation(result=seen.result, at=seen.at, reason=f"{seen.result} at {seen.at:%H:%M:%S}"),
        failure_threshold=thresholds.failure,
        success_threshold=thresholds.success,
        stale_after_seconds=thresholds.stale_after_seconds,
        in_maintenance=seen.in_maintenance,
    )


def replay(
    outcomes: Iterable[Seen], thresholds: Thresholds, state: ServiceState | None = None
) -> tuple[list[ServiceState], list[Transition]]:
    """The state after each outcome, and all transitions."""
    state = state or ServiceState()
    states, transitions = [], []
    for seen in outcomes:
        state, confirmed = step_once(state, seen, thresholds)
        states.append(state)
        transitions += confirmed
    return states, transitions


def spans_of(transitions: Iterable[Transition], end: datetime) -> list[Span]:
    """Status intervals as history keeps them: each from its start to the next one's."""
    listed = list(transitions)
    closed = [Span(a.to_status, a.started_at, b.started_at) for a, b in pairwise(listed)]
    return closed + [Span(last.to_status, last.started_at, max(last.started_at, end)) for last in listed[-1:]]
