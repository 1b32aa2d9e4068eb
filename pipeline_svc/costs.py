"""What the steps cost: histograms of many spans and gateways, added up and put into figures."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct, field

from shared.contracts.pipeline.events import PipelineMeasured
from shared.contracts.pipeline.stats import MeasuredStep, MiddlewareStats, NodeStats, StepStats
from shared.step_times import BUCKETS, ERROR_BOUND_PCT, Counts, counts_of, quantile_ms

HANDLER = "handler"
DIGITS = 4  # of milliseconds: a tenth of a microsecond


class Sum(Struct):
    """One step over several spans."""

    calls: int = 0
    answered: int = 0
    errors: int = 0
    sum_ms: float = 0.0
    counts: Counts = field(default_factory=lambda: np.zeros(BUCKETS, np.int64))

    def add(self, part: MeasuredStep) -> None:
        self.calls += part.calls
        self.answered += part.answered
        self.errors += part.errors
        self.sum_ms += part.sum_ms
        self.counts += counts_of(part.offset, part.counts)


class Totals(Struct):
    """All that was measured in a window. `seconds`: how much of it is known."""

    requests: int
    sum_ms: float
    seconds: float
    steps: dict[str, Sum]


def total(spans: Sequence[PipelineMeasured]) -> Totals:
    steps: dict[str, Sum] = {}
    for span in spans:
        for part in span.steps:
            steps.setdefault(part.id, Sum()).add(part)
    known = (max(s.to_at for s in spans) - min(s.from_at for s in spans)).total_seconds() if spans else 0.0
    return Totals(sum(s.requests for s in spans), sum(s.sum_ms for s in spans), known, steps)


def stats_of(id: str, totals: Totals) -> StepStats:
    step = totals.steps.get(id) or Sum()
    p50, p95, p99 = (_rounded(quantile_ms(step.counts, q)) for q in (0.5, 0.95, 0.99))
    return StepStats(
        id=id,
        calls=step.calls,
        calls_per_second=_rate(step.calls, totals.seconds),
        answered=step.answered,
        answered_per_second=_rate(step.answered, totals.seconds),
        errors=step.errors,
        avg_ms=_mean(step.sum_ms, step.calls),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        share_pct=round(100 * step.sum_ms / totals.sum_ms, 2) if step.calls and totals.sum_ms else None,
    )


def avg_ms(totals: Totals) -> float | None:
    """Of whole requests."""
    return _mean(totals.sum_ms, totals.requests)


def steps_avg_ms(totals: Totals) -> float | None:
    """The part of a request outside of its handler."""
    handler = totals.steps.get(HANDLER)
    return _mean(totals.sum_ms - (handler.sum_ms if handler else 0.0), totals.requests)


def requests_per_second(totals: Totals) -> float:
    return _rate(totals.requests, totals.seconds)


def middleware_stats(
    order: Sequence[str],
    by_node: dict[str, list[PipelineMeasured]],
    window_seconds: int,
    from_at: datetime,
    to_at: datetime,
) -> MiddlewareStats:
    """Figures of every step of `order`, over all gateways and for each."""
    everything = total([span for spans in by_node.values() for span in spans])
    return MiddlewareStats(
        window_seconds=window_seconds,
        from_at=from_at,
        to_at=to_at,
        requests=everything.requests,
        requests_per_second=requests_per_second(everything),
        avg_ms=avg_ms(everything),
        steps_avg_ms=steps_avg_ms(everything),
        steps=_steps(order, everything),
        handler=stats_of(HANDLER, everything),
        nodes=[_node_stats(order, node, spans) for node, spans in sorted(by_node.items()) if spans],
        error_bound_pct=round(ERROR_BOUND_PCT, DIGITS),
    )


def _node_stats(order: Sequence[str], node: str, spans: Sequence[PipelineMeasured]) -> NodeStats:
    found = total(spans)
    return NodeStats(
        node=node,
        revision=spans[-1].revision,
        requests=found.requests,
        requests_per_second=requests_per_second(found),
        avg_ms=avg_ms(found),
        steps_avg_ms=steps_avg_ms(found),
        steps=_steps(order, found),
        handler=stats_of(HANDLER, found),
    )


def _steps(order: Iterable[str], totals: Totals) -> list[StepStats]:
    return [stats_of(id, totals) for id in order]


def _rate(count: int, seconds: float) -> float:
    return round(count / seconds, 2) if seconds > 0 else 0.0


def _mean(sum_ms: float, count: int) -> float | None:
    return round(sum_ms / count, DIGITS) if count else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
