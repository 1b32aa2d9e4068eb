"""What the door answers, to the letter of OTLP over HTTP."""

import gzip
import zlib
from collections.abc import Callable

import msgspec
import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from prometheus_client import REGISTRY

from latency_svc.otlp.body import MOST_BYTES
from latency_svc.otlp.refused import WORDS
from latency_svc.otlp.settings import OtlpSettings
from tests.backend.latency_svc.otlp.building import (
    CUMULATIVE,
    explicit_point,
    exponential_point,
    export,
    metric,
    now_ns,
)
from tests.backend.latency_svc.otlp.conftest import Door, count_of, deltas_in, opened_door, stored

JSON = "application/json"
PACKERS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}
BODY = export(metric(explicit_point())).SerializeToString()
"""Made when this module is read: too old to be counted."""


def fresh() -> bytes:
    return export(metric(explicit_point())).SerializeToString()


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b"\xff\xff\xff", {}, 400, "no ExportMetricsServiceRequest in protobuf"),
        (b"{", {"Content_Type": JSON}, 400, "no JSON"),
        (b"[]", {"Content_Type": JSON}, 400, "must be an object"),
        (b'{"resourceMetrics": 5}', {"Content_Type": JSON}, 400, "no ExportMetricsServiceRequest in JSON"),
        (b'{"resourceMetrics": [7]}', {"Content_Type": JSON}, 400, "no ExportMetricsServiceRequest in JSON"),
        (b'{"a":' * 5000, {"Content_Type": JSON}, 400, "no JSON"),
        (b"\xff", {"Content_Type": JSON}, 400, "no JSON"),
        (BODY, {"Content_Type": "text/plain"}, 415, "Content-Type must be"),
        (BODY, {"Content_Encoding": "br"}, 415, "Content-Encoding must be"),
        (b"rubbish", {"Content_Encoding": "gzip"}, 400, "cannot be decompressed"),
        (gzip.compress(BODY)[:-9], {"Content_Encoding": "gzip"}, 400, "ends too early"),
        (bytes(MOST_BYTES + 1), {}, 413, "at most"),
        (gzip.compress(bytes(MOST_BYTES + 1)), {"Content_Encoding": "gzip"}, 413, "at most"),
        (gzip.compress(bytes(MOST_BYTES)) * 2, {"Content_Encoding": "gzip"}, 413, "at most"),
    ],
)
async def test_malformed_requests_get_a_status(
    door: Door, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    """Each is told what is wrong as google.rpc.Status, in its own encoding."""
    answered, content = await door.post("/v1/metrics", body, **headers)
    assert answered == status
    if headers.get("Content_Type") == JSON:
        message = msgspec.json.decode(content)["message"]
    else:
        message = Status.FromString(content).message
    assert words in message


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content_Encoding": "gzip"},
        {"Content_Encoding": "deflate"},
        {"Content_Encoding": "identity"},
        {"Content_Type": "application/x-protobuf; charset=utf-8"},
    ],
)
async def test_full_success_is_an_empty_answer(door: Door, headers: dict[str, str]) -> None:
    packed = PACKERS.get(headers.get("Content_Encoding", ""), bytes)(fresh())
    assert await door.post("/v1/metrics", packed, **headers) == (200, b"")
    await door.heard("shop", 3)


async def test_other_paths_and_methods(door: Door) -> None:
    status, content = await door.post("/v1/logs", b"")
    assert (status, "OTEL_LOGS_EXPORTER" in Status.FromString(content).message) == (404, True)
    async with door.session.get("/v1/metrics") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")


async def test_a_token_is_asked_for_when_one_is_set(make_settings: Callable[..., OtlpSettings]) -> None:
    async with opened_door(make_settings(otlp_token="right")) as door:
        for given in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic right"}):
            status, content = await door.post("/v1/metrics", BODY, **given)
            assert status == 401
            assert Status.FromString(content).code == 16
        assert (await door.post("/v1/metrics", BODY, Authorization="Bearer right"))[0] == 200


def points(outcome: str) -> float:
    """How many there are on /metrics."""
    found = REGISTRY.get_sample_value("belfry_otlp_points_total", {"signal": "metrics", "outcome": outcome})
    assert found is not None
    return found


def long_ago(seconds: float) -> dict[str, int]:
    at = now_ns() - int(seconds * 1e9)
    return {"start_time_unix_nano": at - 1000, "time_unix_nano": at}


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: metric(explicit_point(**long_ago(600))), "older than 5 minutes"),
        (lambda: metric(explicit_point(**long_ago(-3600))), "in the future"),
        (lambda: metric(explicit_point(count=4)), "contradict themselves"),
        (lambda: metric(explicit_point(bucket_counts=[3])), "contradict themselves"),
        (lambda: metric(explicit_point(explicit_bounds=[1.0, 0.1])), "contradict themselves"),
        (lambda: metric(explicit_point(explicit_bounds=[float("nan"), 1.0])), "contradict themselves"),
        (lambda: metric(explicit_point(sum=float("nan"))), "contradict themselves"),
        (lambda: metric(explicit_point(sum=float("inf"))), "contradict themselves"),
        (lambda: metric(explicit_point(sum=-1.0)), "contradict themselves"),
        (lambda: metric(explicit_point(min=2.0, max=1.0)), "contradict themselves"),
        (lambda: metric(explicit_point(count=2**63, bucket_counts=[2**63, 0, 0])), "contradict themselves"),
        (lambda: metric(exponential_point(negative={"bucket_counts": [1]})), "contradict themselves"),
        (lambda: metric(exponential_point(scale=-3)), "scale below -2"),
        (lambda: metric(exponential_point(scale=21)), "contradict themselves"),
        (lambda: metric(explicit_point(), unit="By"), "unit other than"),
        (lambda: metric(explicit_point(), temporality=0), "no aggregation temporality"),
    ],
)
async def test_a_bad_point_does_not_take_the_good_ones_along(
    door: Door, refused: Callable[[], Metric], words: str
) -> None:
    """Partial success: the good points count, the bad ones are told by number and reason, and on /metrics."""
    counted, told, good = points("counted"), sum(map(points, WORDS)), metric(explicit_point())
    request = export(good, refused())
    status, content = await door.post("/v1/metrics", request.SerializeToString())
    answer = ExportMetricsServiceResponse.FromString(content).partial_success
    assert (status, answer.rejected_data_points) == (200, 1)
    assert words in answer.error_message
    assert sum(map(count_of, await door.heard("shop", 3))) == 3
    assert (points("counted"), sum(map(points, WORDS))) == (counted + 1, told + 1)


async def test_partial_success_in_json(door: Door) -> None:
    """Counts are strings, as protobuf's JSON has 64-bit integers; times may be numbers or strings."""
    at = now_ns()
    point = {"startTimeUnixNano": str(at - 1000), "timeUnixNano": at, "count": "1", "sum": 0.1}
    good = point | {"bucketCounts": ["1", 0], "explicitBounds": [1], "future": {"field": True}}
    bad = point | {"bucketCounts": ["2", 0], "explicitBounds": [1]}
    histogram = {"dataPoints": [good, bad], "aggregationTemporality": 1}
    metrics = [{"name": "http.server.request.duration", "unit": "s", "histogram": histogram}]
    body = msgspec.json.encode({"resourceMetrics": [{"scopeMetrics": [{"metrics": metrics}]}]})
    status, content = await door.post("/v1/metrics", body, Content_Type=JSON)
    answer = msgspec.json.decode(content)
    assert (status, answer["partialSuccess"]["rejectedDataPoints"]) == (200, "1")
    assert sum(map(count_of, await door.heard("unknown_service", 1))) == 1


async def test_a_request_that_is_sent_again_counts_once(door: Door) -> None:
    """Delta: JetStream knows the message. Cumulative: the series stands there already."""
    delta = export(metric(explicit_point()), service="delta").SerializeToString()
    cumulative = export(metric(explicit_point(), temporality=CUMULATIVE), service="cumulative").SerializeToString()
    before, told = await stored(door), points("duplicate")
    for body in (delta, cumulative, delta, cumulative):
        assert (await door.post("/v1/metrics", body))[0] == 200
    assert await stored(door) == before + 2
    assert points("duplicate") == told + 2


async def test_the_older_metric_is_milliseconds_and_gives_way(door: Door) -> None:
    old = metric(explicit_point(explicit_bounds=[100, 1000], sum=400), name="http.server.duration", unit="ms")
    both = export(metric(explicit_point()), old, service="both")
    alone = export(old, service="alone")
    assert await door.post("/v1/metrics", both.SerializeToString()) == (200, b"")
    assert await door.post("/v1/metrics", alone.SerializeToString()) == (200, b"")
    batches = await door.heard("alone", 3)
    assert sum(map(count_of, await door.heard("both", 3))) == 3
    deltas = deltas_in(batches[0])
    assert deltas.sums == pytest.approx([0.4])
    assert deltas.highs == pytest.approx([1.0])


async def test_a_large_export_becomes_several_messages(door: Door) -> None:
    points = [exponential_point(positive={"offset": n, "bucket_counts": [1] * 1000}, count=1000) for n in range(1500)]
    assert (await door.post("/v1/metrics", export(metric(*points), service="large").SerializeToString()))[0] == 200
    batches = await door.heard("large", 1_500_000)
    assert len(batches) > 2
    assert sum(map(count_of, batches)) == 1_500_000
