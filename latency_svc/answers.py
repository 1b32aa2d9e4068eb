"""What people and programs are told of a histogram: milliseconds, and only what the count allows to say."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from latency_svc import grid, slowest
from latency_svc.histogram import Histogram, empty, error_bound_pct, merge_all
from latency_svc.percentiles import milliseconds, percentile_ms, percentiles, percentiles_of
from latency_svc.roster import EndpointKey
from shared.contracts.examples import Example
from shared.contracts.latency import (
    Bucket,
    EndpointLatency,
    EndpointSummary,
    LatencyTogether,
    SortKey,
    State,
    TrendPoint,
)

ENOUGH = 100  # for P99, the quantile that needs most


class Facts(Struct, frozen=True, kw_only=True):
    """What was read of an endpoint. `hours`: oldest first, None for an hour without requests; `compared...` is None
    when no comparison was asked for."""

    key: EndpointKey
    window: Histogram
    compared: Histogram | None
    hours: Sequence[Histogram | None]
    compared_hours: Sequence[Histogram | None] | None


def error_rate_pct(h: Histogram) -> float:
    return round(100 * h.error_count / h.count, 4) if h.count else 0.0


def bound_pct(h: Histogram) -> float:
    """Rounded up: a bound must hold."""
    return math.ceil(error_bound_pct(h) * 10_000) / 10_000


def state_of(h: Histogram) -> State:
    return "ok" if h.count >= ENOUGH else "insufficient_data"


def endpoint_latency(facts: Facts, sort: SortKey) -> EndpointLatency:
    h, found = facts.window, percentiles(facts.window)
    measured = h.count > 0
    hours = percentiles_of(facts.hours)
    compared = None if facts.compared_hours is None else percentiles_of(facts.compared_hours)
    return EndpointLatency(
        service=facts.key.service,
        method=facts.key.method,
        path=facts.key.route,
        p50=found.p50,
        p95=found.p95,
        p99=found.p99,
        count=h.count,
        error_rate_pct=error_rate_pct(h),
        min_ms=milliseconds(h.min_seconds) if measured else None,
        max_ms=milliseconds(h.max_seconds) if measured else None,
        mean_ms=milliseconds(h.sum_seconds / h.count) if measured else None,
        error_bound_pct=bound_pct(h),
        state=state_of(h),
        change_pct=None if facts.compared is None else change_pct(h, facts.compared, sort),
        p50_by_hour=[hour.p50 for hour in hours],
        p95_by_hour=[hour.p95 for hour in hours],
        p99_by_hour=[hour.p99 for hour in hours],
        count_by_hour=[hour.count if hour else 0 for hour in facts.hours],
        hours_error_bound_pct=widest_bound_pct(facts.hours),
        compared_p50_by_hour=None if compared is None else [hour.p50 for hour in compared],
        compared_p95_by_hour=None if compared is None else [hour.p95 for hour in compared],
        compared_p99_by_hour=None if compared is None else [hour.p99 for hour in compared],
    )


def together(histograms: Sequence[Histogram]) -> LatencyTogether:
    h = merge_all(histograms)
    found = percentiles(h)
    return LatencyTogether(
        p50=found.p50,
        p95=found.p95,
        p99=found.p99,
        count=h.count,
        error_rate_pct=error_rate_pct(h),
        error_bound_pct=bound_pct(h),
    )


def change_pct(now: Histogram, before: Histogram, sort: SortKey) -> float | None:
    """Of the sorted figure, in percent of what it was; None when either cannot be told."""
    value = SORTED[sort]
    new, old = value(now), value(before)
    return round(100 * (new / old - 1), 1) if new is not None and old else None


SORTED: dict[SortKey, Callable[[Histogram], float | None]] = {
    "p99": lambda h: percentile_ms(h, 0.99),
    "p95": lambda h: percentile_ms(h, 0.95),
    "p50": lambda h: percentile_ms(h, 0.5),
    "count": lambda h: h.count,
}


def order(h: Histogram, sort: SortKey) -> tuple[bool, float, int]:
    """A key to sort by, ascending: the greatest first, those with too little data for it last, by traffic."""
    value = SORTED[sort](h) if sort == "count" or state_of(h) == "ok" else None
    return value is None, -(value or 0.0), -h.count


def endpoint_summary(key: EndpointKey, h: Histogram) -> EndpointSummary:
    found = percentiles(h)
    return EndpointSummary(
        method=key.method,
        path=key.route,
        p50=found.p50,
        p95=found.p95,
        p99=found.p99,
        count=h.count,
        error_rate_pct=error_rate_pct(h),
        max_ms=milliseconds(h.max_seconds) if h.count else None,
    )


def trend_points(starts: Sequence[datetime], steps: Sequence[Histogram | None]) -> list[TrendPoint]:
    told = zip(starts, steps, percentiles_of(steps), strict=True)
    return [
        TrendPoint(
            at=at, p50=found.p50, p95=found.p95, p99=found.p99,
            count=step.count if step else 0, error_rate_pct=error_rate_pct(step) if step else 0.0,
        )
        for at, step, found in told
    ]  # fmt: skip


def widest_bound_pct(steps: Sequence[Histogram | None]) -> float:
    """Of all steps; what holds for the finest grid when none has a request."""
    return max((bound_pct(step) for step in steps if step), default=bound_pct(empty()))


def example_of(kept: slowest.Example, trace_url: str | None) -> Example:
    """`trace_url`: where a trace is shown, with `{trace_id}` in it."""
    return Example(
        trace_id=kept.trace_id,
        duration_ms=milliseconds(kept.seconds),
        at=datetime.fromtimestamp(kept.ended, UTC),
        status=kept.status or None,
        failed=kept.failed,
        trace_url=trace_url.replace("{trace_id}", kept.trace_id) if trace_url else None,
    )


def buckets(h: Histogram, compared: Histogram | None, per_doubling: int) -> tuple[list[Bucket], list[int] | None]:
    """From the first bucket that holds anything to the last, at the asked resolution or the coarsest that was sent; the
    counts of the compared histogram in the same ones."""
    both = merge_all([h, compared] if compared else [h])
    scale = min(per_doubling.bit_length() - 1, both.scale)
    used = grid.subset(both.counts, both.scale - scale).nonzero()[0]
    if not used.size:
        return [], None if compared is None else []
    columns = slice(int(used[0]), int(used[-1]) + 1)
    counts = grid.subset(h.counts, h.scale - scale)[columns].tolist()
    bounds = [bounds_ms(scale, column, both.max_seconds) for column in range(columns.start, columns.stop)]
    found = [
        Bucket(range=range_text(*bound), lower_ms=bound[0], upper_ms=bound[1], count=count)
        for bound, count in zip(bounds, counts, strict=True)
    ]
    return found, None if compared is None else grid.subset(compared.counts, compared.scale - scale)[columns].tolist()


def bounds_ms(scale: int, column: int, max_seconds: float) -> tuple[float, float]:
    """Of a column. The first begins at zero, the last ends at the slowest request."""
    bounds = grid.bounds(scale)
    lower = milliseconds(float(bounds[column - 1])) if column > 0 else 0.0
    return lower, milliseconds(float(bounds[column]) if column < bounds.size else max_seconds)


UNITS = ((1.0, "µs", 1000.0), (1000.0, "ms", 1.0), (math.inf, "s", 0.001))


def range_text(lower_ms: float, upper_ms: float) -> str:
    """`62.5-74.3 ms`: three digits, in the unit of the upper bound."""
    _, unit, factor = next(row for row in UNITS if upper_ms < row[0])
    return f"{_three(lower_ms * factor)}-{_three(upper_ms * factor)} {unit}"


def _three(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"
