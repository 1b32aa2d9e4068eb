"""The request durations in a metrics export: histograms of HTTP servers, point by point."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from msgspec import Struct, field
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogramDataPoint,
    Histogram,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from latency_svc.deltas import Deltas
from latency_svc.otlp import lean
from latency_svc.otlp.attributes import Naming, service_of, values_of
from latency_svc.otlp.checked import DataPoint, check_time, point_of
from latency_svc.otlp.columns import read_columns
from latency_svc.otlp.exemplars import Traced
from latency_svc.otlp.points import NOTHING_RECORDED, Point
from latency_svc.otlp.refused import Refusals, RefusedError
from shared.contracts.latency import SampleSeries

METRIC, OLD_METRIC = b"http.server.request.duration", b"http.server.duration"
UNIT_OF = {METRIC: "s", OLD_METRIC: "ms"}
UNIT_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "μs": 1e-6, "ns": 1e-9}

DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE

Kind = Literal["delta", "cumulative"]


class Reading(Struct, frozen=True, gc=False):
    """A point of one endpoint. `key`: which cumulative stream it continues, empty for a delta."""

    service: str
    series: SampleSeries
    unit_seconds: float
    point: Point
    key: bytes = b""


class Plain(Struct, frozen=True, gc=False):
    """Deltas that need no more than to be stored, and the series of each."""

    service: str
    series: list[SampleSeries]
    deltas: Deltas


class Readings(Struct):
    """Of one export. `others`: gauges and sums, each with the service it is of; `ignored`: points of other metrics.
    `traced`: those, of all, that have exemplars."""

    plain: list[Plain] = field(default_factory=list)
    found: list[Reading] = field(default_factory=list)
    others: list[tuple[str, Any]] = field(default_factory=list)
    refusals: Refusals = field(default_factory=Refusals)
    ignored: int = 0
    traced: list[Traced] = field(default_factory=list)

    def services(self) -> set[str]:
        """Those of which something counts."""
        return {plain.service for plain in self.plain if plain.series} | {reading.service for reading in self.found}


def read_metrics(content: bytes, naming: Naming, now: float) -> Readings:
    """Every point of a duration metric of an ExportMetricsServiceRequest, or the reason why it is refused. Raises
    DecodeError for what is none. `now`: Unix time."""
    readings = Readings()
    for resource in lean.Export.FromString(content).resource_metrics:
        metrics = [(scope.scope, metric) for scope in resource.scope_metrics for metric in scope.metrics]
        wanted = METRIC if any(metric.name == METRIC for _, metric in metrics) else OLD_METRIC  # both say the same
        reader = _Reader(Resource.FromString(resource.resource), naming, now, readings)
        for scope, metric in metrics:
            if metric.name == wanted:
                reader.read(scope, metric)
            elif metric.HasField("gauge") or metric.HasField("sum"):
                readings.others.append((reader.service, metric))
            else:
                readings.ignored += _size(metric)
    return readings


class _Reader:
    """Reads the metrics of one resource into `readings`."""

    def __init__(self, resource: Resource, naming: Naming, now: float, readings: Readings) -> None:
        self._resource, self._naming, self._now, self._readings = resource, naming, now, readings
        self.service = service_of(resource)

    def read(self, scope: bytes, metric: Any) -> None:
        try:
            kind, points = self._points(metric, unit_seconds := _unit_seconds(metric))
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

    def _points(self, metric: Any, unit_seconds: float) -> tuple[Kind, Iterable[DataPoint]]:
        """What is to be read one by one. Raises RefusedError for a metric of which nothing can be read."""
        if metric.HasField("histogram"):
            explicit = Histogram.FromString(metric.histogram)
            return _kind(explicit.aggregation_temporality), explicit.data_points
        if not metric.HasField("exponential_histogram"):
            raise RefusedError("kind")
        exponential = lean.ExponentialHistogram.FromString(metric.exponential_histogram)
        kind, points = _kind(exponential.aggregation_temporality), exponential.data_points[:]
        if kind == "delta" and unit_seconds == 1.0:
            points = self._beside_plain(points)
        return kind, map(ExponentialHistogramDataPoint.FromString, points)

    def _beside_plain(self, points: Sequence[bytes]) -> list[bytes]:
        """Takes the plain points; the others are left."""
        columns = read_columns(points, self._now)
        plain = columns.deltas.chosen(columns.good)
        taken = plain.series_ids.tolist()
        series = self._naming.series_of(self.service, [columns.attributes[place] for place in taken])
        self._readings.plain.append(Plain(self.service, series, plain))
        for place in np.flatnonzero(columns.traced[plain.series_ids]).tolist():
            self._readings.traced.append(Traced(self.service, series[place], 1.0, points[taken[place]]))
        return [points[place] for place in np.flatnonzero(~columns.good).tolist()]

    def _reading(self, data: DataPoint, unit_seconds: float, identity: bytes) -> Reading:
        point = point_of(data)
        check_time(point, self._now)
        series = self._naming.series(self.service, values_of(data.attributes))
        self._note_traced(series, unit_seconds, data)
        key = _key(identity, data) if identity else b""
        return Reading(self.service, series, unit_seconds, point, key)

    def _note_traced(self, series: SampleSeries, unit_seconds: float, data: Any) -> None:
        if data.exemplars:
            self._readings.traced.append(Traced(self.service, series, unit_seconds, data))

    def _identity(self, scope: bytes, metric: bytes) -> bytes:
        name = InstrumentationScope.FromString(scope).name
        return b"\0".join((_attributes(self._resource.attributes), name.encode(), metric))


def _kind(temporality: int) -> Kind:
    if temporality == DELTA:
        return "delta"
    if temporality == CUMULATIVE:
        return "cumulative"
    raise RefusedError("temporality")


def _unit_seconds(metric: Any) -> float:
    try:
        return UNIT_SECONDS[metric.unit.decode(errors="replace") or UNIT_OF[metric.name]]
    except KeyError:
        raise RefusedError("unit") from None


def _size(metric: Any) -> int:
    content = next((getattr(metric, kind) for kind in lean.KINDS if metric.HasField(kind)), b"")
    return len(lean.Data.FromString(content).data_points)


def _key(identity: bytes, data: DataPoint) -> bytes:
    """Two processes that look alike differ in when they began; so does one that began again."""
    start = data.start_time_unix_nano.to_bytes(8, "big")
    return blake2b(identity + b"\0" + start + _attributes(data.attributes), digest_size=16).digest()


def _attributes(attributes: Iterable[Any]) -> bytes:
    return b"\0".join(sorted(attribute.SerializeToString(deterministic=True) for attribute in attributes))
