"""Points as deltas on the grid.

Exponential buckets in seconds are taken as they are. All others, explicit ones and those of other units, lie across the
grid: each is counted at its harmonic midpoint, and `error_pct` says how far a duration in it may be from there.
"""

import math
from collections.abc import Sequence
from itertools import chain

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.deltas import Deltas, deltas_of
from latency_svc.otlp.points import Explicit, Exponential, Point

NANOSECOND = 1e-9
MOST_BACK_SECONDS = 30.0
UNKNOWN_PCT = 100.0

Values = NDArray[np.float64]


class Delta(Struct, frozen=True, gc=False):
    """One of `latency_svc.deltas.Deltas`."""

    at_seconds: float
    scale: int
    offset: int
    counts: list[int]
    zero_count: int
    sum_seconds: float
    min_seconds: float | None
    max_seconds: float | None
    error_pct: float = 0.0


def delta_of(point: Point, unit_seconds: float, now: float) -> Delta:
    """What one point adds to its series; `now` counts when the point has no time."""
    buckets, at = point.buckets, happened_at(point, now)
    low, high = _scaled(point.low, unit_seconds), _scaled(point.high, unit_seconds)
    if isinstance(buckets, Exponential) and unit_seconds == 1.0 and point.total is not None:
        parts = (buckets.scale, buckets.offset, buckets.counts, buckets.zero_count)
        return Delta(at, *parts, point.total, low, high)
    lower, upper, counts, zero_count = _bounds(buckets, unit_seconds)
    lower, upper = _narrowed(lower, upper, low, high)
    middle = _midpoints(lower, upper)
    offset, dense = _placed(middle, counts)
    total = float(middle @ counts) if point.total is None else point.total * unit_seconds
    error_pct = _error_pct(lower, upper)
    low, high = _extremes(lower, upper, zero_count, low, high)
    return Delta(at, grid.SCALE, offset, dense, zero_count, total, low, high, error_pct)


def columns_of(series_ids: Sequence[int], deltas: Sequence[Delta]) -> Deltas:
    """Single deltas, each with the number of its series, as columns."""
    return deltas_of(
        series_ids=np.array(series_ids, np.int64),
        at_seconds=np.array([delta.at_seconds for delta in deltas], np.float64),
        scales=np.array([delta.scale for delta in deltas], np.int64),
        offsets=np.array([delta.offset for delta in deltas], np.int64),
        lengths=np.array([len(delta.counts) for delta in deltas], np.int64),
        counts=np.fromiter(chain.from_iterable(delta.counts for delta in deltas), np.uint64),
        zero_counts=np.array([delta.zero_count for delta in deltas], np.int64),
        sums=np.array([delta.sum_seconds for delta in deltas], np.float64),
        lows=np.array([delta.min_seconds for delta in deltas], np.float64),  # None becomes NaN
        highs=np.array([delta.max_seconds for delta in deltas], np.float64),
        error_pcts=np.array([delta.error_pct for delta in deltas], np.float64),
    )


def happened_at(point: Point, now: float) -> float:
    """The middle of what the point covers, at most half a minute back: its end often is already the next minute."""
    if not point.at_ns:
        return now
    covered = (point.at_ns - point.start_ns) * NANOSECOND if point.start_ns else 0.0
    return point.at_ns * NANOSECOND - min(max(covered, 0.0) / 2, MOST_BACK_SECONDS)


def _scaled(value: float | None, unit_seconds: float) -> float | None:
    return None if value is None else value * unit_seconds


def _bounds(buckets: Exponential | Explicit, unit_seconds: float) -> tuple[Values, Values, NDArray[np.int64], int]:
    """Lower and upper bounds in seconds of the buckets that hold something, their counts, and the count of zeros."""
    counts = np.asarray(buckets.counts, np.int64)
    used = np.flatnonzero(counts)
    if isinstance(buckets, Exponential):
        powers = (used + buckets.offset) / 2.0**buckets.scale
        lower, upper = np.exp2(powers), np.exp2(powers + 2.0**-buckets.scale)
        return lower * unit_seconds, upper * unit_seconds, counts[used], buckets.zero_count
    edges = np.array([0.0, *buckets.bounds, math.inf]) * unit_seconds
    return edges[used], edges[used + 1], counts[used], 0


def _narrowed(lower: Values, upper: Values, low: float | None, high: float | None) -> tuple[Values, Values]:
    """No duration is below the lowest or above the highest one that the client saw."""
    lower = np.maximum(lower, low or 0.0)
    upper = np.minimum(upper, math.inf if high is None else high)
    return np.minimum(lower, upper), np.maximum(lower, upper)


def _extremes(
    lower: Values, upper: Values, zero_count: int, low: float | None, high: float | None
) -> tuple[float | None, float | None]:
    """Lowest and highest duration; where the client does not tell, the outermost bounds that are known."""
    if low is None:
        low = 0.0 if zero_count else float(lower.min(initial=math.inf))
    if high is None:
        high = float(np.where(np.isfinite(upper), upper, lower).max(initial=0.0))
    return low, high


def _midpoints(lower: Values, upper: Values) -> Values:
    """Harmonic; half the upper bound where there is no lower one, twice the lower where there is no upper."""
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = 2 / (1 / lower + 1 / upper)
    middle = np.where(lower <= 0, upper / 2, middle)
    return np.where(np.isfinite(middle), middle, grid.HIGHEST_SECONDS)


def _error_pct(lower: Values, upper: Values) -> float:
    """The worst of all buckets, with the grid's own rounding of the midpoint; 100 where a bound is missing."""
    if lower.size == 0:
        return 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = np.where((lower > 0) & np.isfinite(upper), (upper - lower) / (upper + lower), 1.0)
    own = grid.error_bound_pct(grid.SCALE) / 100
    worst = float(wide.max())
    return min(UNKNOWN_PCT, 100 * (worst + own * (1 + worst)))


def _placed(middle: Values, counts: NDArray[np.int64]) -> tuple[int, list[int]]:
    """The counts at their midpoints: the first index at the grid's scale, and the counts from there on."""
    if middle.size == 0:
        return 0, []
    on_grid = np.clip(middle, grid.LOWEST_SECONDS / 2, grid.HIGHEST_SECONDS * 2)
    at = np.ceil(np.log2(on_grid) * grid.PER_DOUBLING).astype(np.int64) - 1
    dense = np.zeros(int(at.max() - at.min()) + 1, np.int64)
    np.add.at(dense, at - at.min(), counts)
    return int(at.min()), dense.tolist()
