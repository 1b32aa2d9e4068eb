"""One point of a histogram, taken when all that it says can be true of durations."""

import math
from itertools import pairwise

from opentelemetry.proto.metrics.v1.metrics_pb2 import ExponentialHistogramDataPoint, HistogramDataPoint

from latency_svc import grid
from latency_svc.latency_tracker import FINEST_SCALE, FURTHEST_BUCKET, MOST_BUCKETS, MOST_REQUESTS
from latency_svc.otlp.points import NANOSECONDS, Explicit, Exponential, Point
from latency_svc.otlp.refused import RefusedError, refuse_time

DataPoint = HistogramDataPoint | ExponentialHistogramDataPoint


def point_of(data: DataPoint) -> Point:
    """The point in plain values. Raises RefusedError when its parts contradict each other."""
    buckets = _explicit(data) if isinstance(data, HistogramDataPoint) else _exponential(data)
    zero_count = 0 if isinstance(buckets, Explicit) else buckets.zero_count
    count = data.count
    if count > MOST_REQUESTS or sum(buckets.counts) + zero_count != count:
        raise RefusedError("malformed")
    total = data.sum if data.HasField("sum") else None
    if total is not None and not 0 <= total < math.inf:
        raise RefusedError("malformed")
    low = _duration(data.min) if data.HasField("min") and count else None
    high = _duration(data.max) if data.HasField("max") and count else None
    if low is not None and high is not None and low > high:
        raise RefusedError("malformed")
    return Point(data.start_time_unix_nano, data.time_unix_nano, count, total, low, high, buckets)


def _explicit(data: HistogramDataPoint) -> Explicit:
    bounds, counts = list(data.explicit_bounds), list(data.bucket_counts)
    if not counts and not bounds:
        counts = [data.count]  # count and sum only
    rising = all(a < b for a, b in pairwise(bounds))
    if len(counts) != len(bounds) + 1 or not rising or not all(map(math.isfinite, bounds)):
        raise RefusedError("malformed")
    if bounds and bounds[0] <= 0:
        return _from_zero(bounds, counts)
    return Explicit(bounds, counts)


def _from_zero(bounds: list[float], counts: list[int]) -> Explicit:
    """Without the bounds at and below zero, which no duration needs."""
    kept = next((i for i, bound in enumerate(bounds) if bound > 0), len(bounds))
    return Explicit(bounds[kept:], [sum(counts[: kept + 1]), *counts[kept + 1 :]])


def _exponential(data: ExponentialHistogramDataPoint) -> Exponential:
    if data.scale < grid.COARSEST_SCALE:
        raise RefusedError("coarse")
    positive = data.positive
    counts, offset = positive.bucket_counts[:], positive.offset  # a slice is three times as fast as list()
    if (data.HasField("negative") and any(data.negative.bucket_counts)) or len(counts) > MOST_BUCKETS:
        raise RefusedError("malformed")
    if data.scale > FINEST_SCALE or abs(offset) > FURTHEST_BUCKET:
        raise RefusedError("malformed")
    return Exponential(data.scale, offset, counts, data.zero_count)


def _duration(value: float) -> float:
    if not 0 <= value < math.inf:
        raise RefusedError("malformed")
    return value


def check_time(point: Point, now: float) -> None:
    """Raises RefusedError for a point that counts no more, not yet, or never did."""
    if not point.at_ns:
        return
    if point.start_ns > point.at_ns:
        raise RefusedError("malformed")
    refuse_time(point.at_ns / NANOSECONDS, now)
