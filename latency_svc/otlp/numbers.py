"""Gauges and sums of an export: not latencies, and kept nowhere here, but said on the bus, where rules may watch them.

A sum that only grows is said as what it grows by in a second: since the point before, or over the span of a delta.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Gauge, NumberDataPoint, Sum

from shared.contracts.alerts.metrics import MetricSample, MetricSampled

MOST_SERIES = 20_000
AT_ONCE = 500  # samples of one event
MOST_LABELS = 19
LONGEST_VALUE = 500
NANOSECONDS = 1e9
CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
PER_SECOND = "/s"

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_.]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+){0,7}")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,62}")

Key = tuple[str, ...]


class Growth:
    """The last point of each sum that grows. Forgotten with the process: the next point is a beginning again."""

    def __init__(self) -> None:
        self._last: dict[Key, tuple[float, float]] = {}

    def rate(self, key: Key, value: float, at: float) -> float | None:
        """By how much it grew in a second; None for the first point, and after a new beginning."""
        if len(self._last) >= MOST_SERIES and key not in self._last:
            self._last.clear()
        before = self._last.get(key)
        self._last[key] = value, at
        if before is None or at <= before[1] or value < before[0]:
            return None
        return (value - before[0]) / (at - before[1])


def read_numbers(service: str, metric: Any, growth: Growth) -> Iterator[MetricSampled]:
    """What a gauge or a sum of a lean export says. Raises DecodeError for what is neither."""
    name, unit = name_of(metric.name.decode(errors="replace")), metric.unit.decode(errors="replace")[:15]
    if name is None:
        return
    if metric.HasField("gauge"):
        yield from _events(name, unit, _values(service, Gauge.FromString(metric.gauge).data_points))
    elif metric.HasField("sum"):
        found = Sum.FromString(metric.sum)
        is_total = found.aggregation_temporality == CUMULATIVE
        if found.is_monotonic:
            rates = _rates(name, service, found.data_points, is_total, growth)
            yield from _events(name, unit.strip("{}") + PER_SECOND if unit != "1" else PER_SECOND, rates)
        elif is_total:
            yield from _events(name, unit, _values(service, found.data_points))


def name_of(name: str) -> str | None:
    """A name as rules write it: lower case, words joined by dots. None for one that cannot be written so."""
    plain = _NOT_IN_A_NAME.sub("_", name.lower())[:120]
    return plain if _NAME.fullmatch(plain) else None


Sampled = tuple[float, MetricSample]
"""The epoch of a point, and its value."""


def _values(service: str, points: Iterable[NumberDataPoint]) -> Iterator[Sampled]:
    for point in points:
        yield point.time_unix_nano / NANOSECONDS, MetricSample(value=_value(point), labels=_labels(service, point))


def _rates(
    name: str, service: str, points: Iterable[NumberDataPoint], is_total: bool, growth: Growth
) -> Iterator[Sampled]:
    for point in points:
        at, labels = point.time_unix_nano / NANOSECONDS, _labels(service, point)
        if is_total:
            key = (name, *(f"{label}={value}" for label, value in sorted(labels.items())))
            rate = growth.rate((*key, str(point.start_time_unix_nano)), _value(point), at)
        else:
            seconds = at - point.start_time_unix_nano / NANOSECONDS
            rate = _value(point) / seconds if seconds > 0 else None
        if rate is not None:
            yield at, MetricSample(value=rate, labels=labels)


def _events(name: str, unit: str, samples: Iterable[Sampled]) -> Iterator[MetricSampled]:
    by_time: dict[float, list[MetricSample]] = {}
    for at, sample in samples:
        by_time.setdefault(at, []).append(sample)
    for at, found in by_time.items():
        for first in range(0, len(found), AT_ONCE):
            moment = datetime.fromtimestamp(at, UTC) if at else None
            yield MetricSampled(name=name, unit=unit[:20], at=moment, samples=found[first : first + AT_ONCE])


def _value(point: NumberDataPoint) -> float:
    return point.as_double if point.HasField("as_double") else float(point.as_int)


def _labels(service: str, point: NumberDataPoint) -> dict[str, str]:
    labels = {each.key: _text(each)[:LONGEST_VALUE] for each in point.attributes if _LABEL.fullmatch(each.key)}
    return dict(list(labels.items())[:MOST_LABELS]) | {"service": service}


def _text(attribute: KeyValue) -> str:
    value = attribute.value
    kind = value.WhichOneof("value")
    return str(getattr(value, kind)) if kind in ("string_value", "int_value", "double_value", "bool_value") else ""
