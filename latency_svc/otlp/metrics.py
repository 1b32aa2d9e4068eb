"""The request durations in a metrics export: histograms of HTTP servers, point by point."""

import math
from collections.abc import Iterable
from hashlib import blake2b
from itertools import pairwise
from typing import Any, Literal

from msgspec import Struct, field
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    DataPointFlags,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    ResourceMetrics,
)

from latency_svc import grid
from latency_svc.latency_tracker import FINEST_SCALE, FURTHEST_BUCKET, MOST_BUCKETS, MOST_REQUESTS
from latency_svc.otlp.attributes import Naming, service_of, values_of
from latency_svc.otlp.points import Explicit, Exponential, Point
from latency_svc.otlp.refused import Refusals, RefusedError, refuse_time
from shared.contracts.latency import SampleSeries

METRIC, OLD_METRIC = "http.server.request.duration", "http.server.duration"
UNIT_OF = {METRIC: "s", OLD_METRIC: "ms"}
UNIT_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "μs": 1e-6, "ns": 1e-9}

NANOSECONDS = 1_000_000_000
NOTHING_RECORDED = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK
DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE

DataPoint = HistogramDataPoint | ExponentialHistogramDataPoint
Kind = Literal["delta", "cumulative"]


class Reading(Struct, frozen=True, gc=False):
    """A point of one endpoint. `key`: which cumulative stream it continues, empty for a delta."""

    service: str
    series: SampleSeries
    unit_seconds: float
    point: Point
    key: bytes = b""


class Readings(Struct):
    """Of one export. `ignored`: points of other metrics."""

    found: list[Reading] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    ignored: int = 0


def read_metrics(request: ExportMetricsServiceRequest, naming: Naming, now: float) -> Readings:
    """Every point of a duration metric, or the reason why it is refused. `now`: Unix time."""
    readings = Readings()
    for resource in request.resource_metrics:
        metrics = [(scope.scope.name, metric) for scope in resource.scope_metrics for metric in scope.metrics]
        wanted = METRIC if any(metric.name == METRIC for _, metric in metrics) else OLD_METRIC  # both say the same
        reader = _Reader(resource, naming, now, readings)
        for scope, metric in metrics:
            if metric.name == wanted:
                reader.read(scope, metric)
            else:
                readings.ignored += _size(metric)
    return readings


class _Reader:
    """Reads the metrics of one resource into `readings`."""

    def __init__(self, resource: ResourceMetrics, naming: Naming, now: float, readings: Readings) -> None:
        self._resource, self._naming, self._now, self._readings = resource, naming, now, readings
        self._service = service_of(resource.resource)

    def read(self, scope: str, metric: Metric) -> None:
        try:
            kind, points = _points_of(metric)
            unit_seconds = _unit_seconds(metric)
        except RefusedError as refused:
            self._readings.refusals[refused.reason] += _size(metric)
            return
        identity = self._identity(scope, metric.name) if kind == "cumulative" else b""
        for data in points:
            if data.flags & NOTHING_RECORDED:
                continue
            try:
                self._readings.found.append(self._reading(data, unit_seconds, identity))
            except RefusedError as refused:
                self._readings.refusals[refused.reason] += 1

    def _reading(self, data: DataPoint, unit_seconds: float, identity: bytes) -> Reading:
        point = point_of(data)
        _check_time(point, self._now)
        series = self._naming.series(self._service, values_of(data.attributes))
        key = _key(identity, data) if identity else b""
        return Reading(self._service, series, unit_seconds, point, key)

    def _identity(self, scope: str, metric: str) -> bytes:
        return b"\0".join((_attributes(self._resource.resource.attributes), scope.encode(), metric.encode()))


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


def _check_time(point: Point, now: float) -> None:
    if not point.at_ns:
        return
    if point.start_ns > point.at_ns:
        raise RefusedError("malformed")
    refuse_time(point.at_ns / NANOSECONDS, now)


def _points_of(metric: Metric) -> tuple[Kind, Iterable[DataPoint]]:
    data: Any = {"histogram": metric.histogram, "exponential_histogram": metric.exponential_histogram}.get(
        metric.WhichOneof("data") or ""
    )
    if data is None:
        raise RefusedError("kind")
    if data.aggregation_temporality == DELTA:
        return "delta", data.data_points
    if data.aggregation_temporality == CUMULATIVE:
        return "cumulative", data.data_points
    raise RefusedError("temporality")


def _unit_seconds(metric: Metric) -> float:
    try:
        return UNIT_SECONDS[metric.unit or UNIT_OF[metric.name]]
    except KeyError:
        raise RefusedError("unit") from None


def _size(metric: Metric) -> int:
    kind = metric.WhichOneof("data")
    return len(getattr(metric, kind).data_points) if kind else 0


def _key(identity: bytes, data: DataPoint) -> bytes:
    """Two processes that look alike differ in when they began; so does one that began again."""
    start = data.start_time_unix_nano.to_bytes(8, "big")
    return blake2b(identity + b"\0" + start + _attributes(data.attributes), digest_size=16).digest()


def _attributes(attributes: Iterable[Any]) -> bytes:
    return b"\0".join(sorted(attribute.SerializeToString(deterministic=True) for attribute in attributes))
