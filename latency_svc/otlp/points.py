"""A histogram point as a client sent it, whatever its encoding, and what it became since the last one."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from opentelemetry.proto.metrics.v1.metrics_pb2 import DataPointFlags

NANOSECONDS = 1_000_000_000
NOTHING_RECORDED = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK


class Exponential(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """OpenTelemetry's base-2 exponential buckets."""

    scale: int
    offset: int
    counts: list[int]
    zero_count: int


class Explicit(Struct, frozen=True, gc=False, array_like=True, tag=True):
    """`counts` has one more than `bounds`: the last is what is above all of them. Bounds are in the point's unit."""

    bounds: list[float]
    counts: list[int]


class Point(Struct, frozen=True, gc=False, array_like=True):
    """Times are Unix nanoseconds, 0 for unknown. `total`, `low` and `high` (None: not told) are in the point's unit."""

    start_ns: int
    at_ns: int
    count: int
    total: float | None
    low: float | None
    high: float | None
    buckets: Exponential | Explicit


def since(before: Point, now: Point) -> Point | None:
    """What was added to a cumulative point. None when `now` does not continue `before`: it was reset.
    A lowest or highest value is told only when it is new, since else it may be an old one."""
    buckets = _difference(before.buckets, now.buckets)
    count = now.count - before.count
    if buckets is None or count < 0:
        return None
    return Point(
        start_ns=before.at_ns,
        at_ns=now.at_ns,
        count=count,
        total=None if now.total is None or before.total is None else max(0.0, now.total - before.total),
        low=now.low if now.low != before.low else None,
        high=now.high if now.high != before.high else None,
        buckets=buckets,
    )


def _difference(before: Exponential | Explicit, now: Exponential | Explicit) -> Exponential | Explicit | None:
    if isinstance(before, Explicit) and isinstance(now, Explicit):
        if before.bounds != now.bounds:
            return None
        counts = _subtract(now.counts, before.counts)
        return None if counts is None else Explicit(now.bounds, counts)
    if isinstance(before, Exponential) and isinstance(now, Exponential):
        return _exponential_difference(before, now)
    return None


def _exponential_difference(before: Exponential, now: Exponential) -> Exponential | None:
    """At the coarser of both scales: clients lower theirs when durations spread."""
    scale = min(before.scale, now.scale)
    before_lo, before_counts = _at_scale(before, scale)
    now_lo, now_counts = _at_scale(now, scale)
    lo = min(before_lo, now_lo)
    size = max(before_lo + before_counts.size, now_lo + now_counts.size) - lo
    dense = np.zeros((2, size), np.int64)
    dense[0, now_lo - lo : now_lo - lo + now_counts.size] = now_counts
    dense[1, before_lo - lo : before_lo - lo + before_counts.size] = before_counts
    counts = dense[0] - dense[1]
    zero_count = now.zero_count - before.zero_count
    if zero_count < 0 or (counts < 0).any():
        return None
    return Exponential(scale, lo, counts.tolist(), zero_count)


def _at_scale(buckets: Exponential, scale: int) -> tuple[int, NDArray[np.int64]]:
    """The first index and the counts, with neighbours merged down to `scale`."""
    used = np.flatnonzero(np.asarray(buckets.counts, np.int64))
    if used.size == 0:
        return buckets.offset >> (buckets.scale - scale), np.zeros(0, np.int64)
    at = (used + buckets.offset) >> (buckets.scale - scale)
    merged = np.zeros(int(at[-1] - at[0]) + 1, np.int64)
    np.add.at(merged, at - at[0], np.asarray(buckets.counts, np.int64)[used])
    return int(at[0]), merged


def _subtract(now: Sequence[int], before: Sequence[int]) -> list[int] | None:
    counts = [a - b for a, b in zip(now, before, strict=True)]
    return None if any(count < 0 for count in counts) else counts
