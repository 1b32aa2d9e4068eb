"""Exports made by hand, for what no SDK would send."""

import time
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Histogram,
    HistogramDataPoint,
    Metric,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
ATTRIBUTES = {"http.request.method": "GET", "http.route": "/", "http.response.status_code": 200}


def now_ns() -> int:
    return time.time_ns()


def attributes_of(values: dict[str, Any]) -> list[KeyValue]:
    return [
        KeyValue(key=key, value=AnyValue(int_value=value) if isinstance(value, int) else AnyValue(string_value=value))
        for key, value in values.items()
    ]


def explicit_point(**changes: Any) -> HistogramDataPoint:
    at = now_ns()
    given: dict[str, Any] = {
        "start_time_unix_nano": at - 1_000_000_000,
        "time_unix_nano": at,
        "count": 3,
        "sum": 0.4,
        "explicit_bounds": [0.1, 1.0],
        "bucket_counts": [2, 1, 0],
        "attributes": attributes_of(ATTRIBUTES),
    }
    return HistogramDataPoint(**{**given, **changes})


def exponential_point(**changes: Any) -> ExponentialHistogramDataPoint:
    at = now_ns()
    given: dict[str, Any] = {
        "start_time_unix_nano": at - 1_000_000_000,
        "time_unix_nano": at,
        "count": 3,
        "sum": 0.4,
        "scale": 6,
        "positive": {"offset": -200, "bucket_counts": [1, 2]},
        "attributes": attributes_of(ATTRIBUTES),
    }
    return ExponentialHistogramDataPoint(**{**given, **changes})


def metric(
    *points: HistogramDataPoint | ExponentialHistogramDataPoint,
    name: str = "http.server.request.duration",
    unit: str = "s",
    temporality: int = DELTA,
) -> Metric:
    found: Any = {"name": name, "unit": unit}
    if any(isinstance(point, ExponentialHistogramDataPoint) for point in points):
        exponential: Any = {"data_points": points, "aggregation_temporality": temporality}
        return Metric(**found, exponential_histogram=ExponentialHistogram(**exponential))
    explicit: Any = {"data_points": points, "aggregation_temporality": temporality}
    return Metric(**found, histogram=Histogram(**explicit))


def export(*metrics: Metric, service: str = "shop") -> ExportMetricsServiceRequest:
    resource = Resource(attributes=attributes_of({"service.name": service}))
    return ExportMetricsServiceRequest(
        resource_metrics=[ResourceMetrics(resource=resource, scope_metrics=[ScopeMetrics(metrics=metrics)])]
    )
