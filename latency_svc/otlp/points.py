"""A histogram point as a client sent it, whatever its encoding, and what it became since the last one."""

from collections.abc import Sequence

from msgspec import Struct
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
    older, newer = _at_scale(before, scale), _at_scale(now, scale)
    zero_count, counts = newer.zero_count - older.zero_count, newer.counts[:]
    for place, count in enumerate(older.counts, older.offset - newer.offset):
        if count:
            if not 0 <= place < len(counts):
                return None
            counts[place] -= count
    return (
        None if min(counts, default=0) < 0 or zero_count < 0 else Exponential(scale, newer.offset, counts, zero_count)
    )


def _at_scale(buckets: Exponential, scale: int) -> Exponential:
    """With neighbours merged down to `scale`."""
    shift, offset = buckets.scale - scale, buckets.offset
    if shift == 0 or not buckets.counts:
        return buckets
    first, last = offset >> shift, offset + len(buckets.counts) - 1 >> shift
    counts = [0] * (last - first + 1)
    for index, count in enumerate(buckets.counts, offset):
        counts[(index >> shift) - first] += count
    return Exponential(scale, first, counts, buckets.zero_count)


def _subtract(now: Sequence[int], before: Sequence[int]) -> list[int] | None:
    counts = [a - b for a, b in zip(now, before, strict=True)]
    return None if any(count < 0 for count in counts) else counts
