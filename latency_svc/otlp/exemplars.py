"""Exemplars of histogram points: requests that may be among the slowest."""

from collections.abc import Sequence
from typing import Any

from google.protobuf.message import DecodeError
from msgspec import Struct
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar, ExponentialHistogramDataPoint

from latency_svc.latency_tracker import refused_time
from latency_svc.otlp.attributes import status_of, values_of
from latency_svc.otlp.examples import offer
from latency_svc.otlp.points import NANOSECONDS
from latency_svc.slowest import Slowest
from shared.contracts.latency import SampleSeries

MOST_POINTS = 200  # of an export; when it has more, others the next time
MOST_EXEMPLARS = 20  # of a point: clients keep no more


class Traced(Struct, frozen=True, gc=False):
    """A point of a duration metric that has exemplars; one of an exponential histogram may still be bytes."""

    service: str
    series: SampleSeries
    unit_seconds: float
    point: Any


def offer_exemplars(slowest: Slowest, traced: Sequence[Traced], now: float) -> None:
    """What is no exemplar is passed over: its point is counted already. `now`: Unix time."""
    step = -(-len(traced) // MOST_POINTS) or 1
    for each in traced[int(now) % step :: step]:
        try:
            point = _read(each.point)
        except DecodeError:
            continue
        for exemplar in point.exemplars[:MOST_EXEMPLARS]:
            _offer(slowest, each, point, exemplar, now)


def _offer(slowest: Slowest, traced: Traced, point: Any, exemplar: Exemplar, now: float) -> None:
    ended = exemplar.time_unix_nano / NANOSECONDS
    seconds = (exemplar.as_double or exemplar.as_int) * traced.unit_seconds
    if refused_time(ended, now) is None:
        service, series = traced.service, traced.series
        offer(slowest, service, series, exemplar.trace_id, seconds, ended, lambda: _status(point))


def _status(point: Any) -> int:
    return status_of(values_of(point.attributes))


def _read(point: Any) -> Any:
    return ExponentialHistogramDataPoint.FromString(point) if isinstance(point, bytes) else point
