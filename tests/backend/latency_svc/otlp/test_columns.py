"""Many points at once say what they say one by one."""

import time
from collections import Counter
from typing import Any

import numpy as np
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from opentelemetry.proto.metrics.v1.metrics_pb2 import ExponentialHistogramDataPoint

from latency_svc.deltas import joined
from latency_svc.otlp import metrics, wire
from latency_svc.otlp.attributes import LONGEST_ROUTE, Naming
from latency_svc.otlp.checked import point_of
from latency_svc.otlp.columns import read_columns, varints
from latency_svc.otlp.deltas import columns_of, delta_of
from latency_svc.otlp.metrics import Plain, Reading, Readings, read_metrics
from shared.contracts.latency import SampleSeries
from tests.backend.latency_svc.otlp.building import attributes_of, exponential_point, export, metric

NOW = time.time()
NOW_NS = int(NOW * 1e9)
MINUTE_NS = 60 * 10**9
SERIES = SampleSeries("GET", "/", 2)
NAN, INF = float("nan"), float("inf")
ODD: list[dict[str, Any]] = [
    *({"start_time_unix_nano": at} for at in (0, 1, NOW_NS + 10**9, 2**64 - 1)),
    *({"time_unix_nano": at} for at in (0, NOW_NS - 7 * MINUTE_NS, NOW_NS + 2 * MINUTE_NS, 2**64 - 1)),
    *({"count": count} for count in (0, 1, 2**26 + 1, 2**64 - 1)),
    *({"sum": value} for value in (None, 0.0, -0.0, -1.0, NAN, INF)),
    *({name: value} for name in ("min", "max") for value in (None, 0.0, 0.2, -1.0, NAN, INF, -INF)),
    {"min": None, "max": None},
    *({"scale": scale} for scale in (-3, -2, 20, 21)),
    *({"flags": flags} for flags in (1, 2, 3)),
    *({"positive": {"offset": offset, "bucket_counts": [3]}} for offset in (2**28, 2**28 + 1, -(2**31))),
    *({"positive": {"bucket_counts": counts}, "count": sum(counts)} for counts in ([], [300, 2], [2**26], [2**26, 1])),
    {"positive": {"bucket_counts": [2**64 - 1, 4]}},  # 3, for who adds up in 64 bits
    {"positive": {"bucket_counts": [1] * 10_001}, "count": 10_001},
    {"positive": {"bucket_counts": [4]}, "zero_count": 2**64 - 1},
    {"zero_count": 2, "count": 5},
    {"zero_count": 3, "positive": {}},
    *({"negative": {"bucket_counts": counts}} for counts in ([], [0], [1])),
]


def point(changes: dict[str, Any]) -> ExponentialHistogramDataPoint:
    given = {"min": 0.1, "max": 0.3, "start_time_unix_nano": NOW_NS - 10**9, "time_unix_nano": NOW_NS, **changes}
    return exponential_point(**{name: value for name, value in given.items() if value is not None})


def told(readings: Readings) -> Counter[tuple[object, ...]]:
    """Every delta as the values it travels with; NaN as text, which is equal to itself."""
    one_by_one = columns_of([0] * len(readings.found), [delta_of(r.point, r.unit_seconds, NOW) for r in readings.found])
    deltas = joined([*(plain.deltas for plain in readings.plain), one_by_one])
    rows = (deltas.part(place, place + 1) for place in range(deltas.size))
    return Counter(
        (
            *(float(column[0]) for column in (row.at_seconds, row.scales, row.offsets, row.zero_counts, row.sums)),
            *(str(column[0]) for column in (row.lows, row.highs, row.error_pcts)),
            *row.counts.tolist(),
        )
        for row in rows
        if row.requests[0]
    )


@pytest.mark.parametrize("changes", ODD, ids=lambda changes: "-".join(changes))
def test_columns_hold_what_points_say(changes: dict[str, Any]) -> None:
    """F2.2.1: the same deltas and the same refusals as of points that are read one by one."""
    content = export(metric(point({}), point(changes), point({}))).SerializeToString()

    found = read_metrics(content, Naming(), NOW)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            metrics, "read_columns", lambda points, now: replace(read_columns(points, now), good=nothing(points))
        )
        expected = read_metrics(content, Naming(), NOW)
    assert told(found) == told(expected)
    assert found.refusals == expected.refusals
    assert (len(found.plain[0].series) >= 2, expected.plain[0].series) == (True, [])


def nothing(points: list[Any]) -> Any:
    return np.zeros(len(points), np.bool_)


def test_what_an_sdk_sends_needs_no_second_look() -> None:
    content = export(metric(*(exponential_point(min=0.1, max=0.3) for _ in range(3)), exponential_point()))
    readings = read_metrics(content.SerializeToString(), Naming(), time.time())
    assert ([len(plain.series) for plain in readings.plain], readings.found) == ([4], [])


def test_names_are_remembered_but_not_all_that_anyone_sends() -> None:
    naming = Naming()
    short, long = ({"http.request.method": "GET", "http.route": "/" + "x" * size} for size in (10, 10_000))
    content = export(metric(*(point({"attributes": attributes_of(each)}) for each in (short, long))))

    names = [read_metrics(content.SerializeToString(), naming, NOW).plain[0].series for _ in range(2)]

    assert [[len(series.route) for series in each] for each in names] == [[11, LONGEST_ROUTE]] * 2
    assert names[0][0] is names[1][0]
    assert names[0][1] is not names[1][1]


@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=8), max_size=8))
def test_varints_of_all_points_at_once(runs: list[list[int]]) -> None:
    read = [ExponentialHistogramDataPoint.Buckets(bucket_counts=run).SerializeToString() for run in runs]
    packed = [each[2:] for each in read]  # without tag and length

    numbers, lengths = varints(*wire.joined(packed))

    assert lengths.tolist() == [len(run) for run in runs]
    assert numbers.tolist() == [number for run in runs for number in run]


@pytest.mark.parametrize(
    "positive",
    [b"\x08\x06\x10\x01\x10\x02", b"\x08\x06\x12\x01\x01\x12\x01\x02", b"\x12\x02\x01\x02\x08\x06\x7a\x03new"],
    ids=["not packed", "packed in parts", "in another order, with a field of the future"],
)
def test_every_encoding_of_buckets_is_read(positive: bytes) -> None:
    point = exponential_point(positive={})
    content = export_of(point.SerializeToString() + b"\x42" + bytes([len(positive)]) + positive)

    readings = read_metrics(content, Naming(), time.time())

    [(row, count)] = told(readings).items()
    assert (row[2], row[-2:], count) == (3.0, (1, 2), 1)


@pytest.mark.parametrize("rubbish", [b"\x42\x04\x12\x02\x01\x80", b"\x0a\x02\x0a\x7f", b"\x42\x7f"])
def test_what_is_no_protobuf_inside_of_a_point_is_none(rubbish: bytes) -> None:
    with pytest.raises(DecodeError):
        read_metrics(export_of(exponential_point(positive={}).SerializeToString() + rubbish), Naming(), time.time())


@settings(max_examples=400)
@given(st.sampled_from(ODD), st.integers(0, 200), st.integers(-1, 255))
def test_bytes_of_any_kind_are_read_as_protobuf_reads_them(changes: dict[str, Any], at: int, byte: int) -> None:
    """One byte is another, or the rest is missing: what is plainly good says what protobuf says. Attributes are read
    when they are named, and refused then."""
    content = point(changes).SerializeToString()
    place = at % len(content)
    broken = content[:place] + (bytes([byte]) + content[place + 1 :] if byte >= 0 else b"")

    columns = read_columns([broken], NOW)

    if columns.good[0] and not columns.traced[0]:
        try:
            attributes = ExponentialHistogramDataPoint.FromString(columns.attributes[0]).attributes
        except DecodeError:
            return
        full = ExponentialHistogramDataPoint.FromString(broken)
        one_by_one = Readings(found=[Reading("shop", SERIES, 1.0, point_of(full))])
        assert told(Readings(plain=[Plain("shop", [SERIES], columns.deltas)])) == told(one_by_one)
        assert attributes == full.attributes


def export_of(point: bytes) -> bytes:
    """An export with one point, whatever that is."""
    histogram = field(1, point) + b"\x10\x01"
    found = field(1, b"http.server.request.duration") + field(10, histogram)
    return field(1, field(2, field(2, found)))


def field(number: int, content: bytes) -> bytes:
    """A field of protobuf with a length."""
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    return bytes([number << 3 | 2]) + length + content
