"""Examples from what clients send: traces in both encodings, kept in PostgreSQL, and never counted for it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from latency_svc import upkeep
from latency_svc.otlp.attributes import Naming
from latency_svc.otlp.door import SLOWEST
from latency_svc.otlp.examples import trace_id_of
from latency_svc.otlp.exemplars import MOST_POINTS, offer_exemplars
from latency_svc.otlp.metrics import read_metrics
from latency_svc.roster import EndpointKey, Roster
from latency_svc.slowest import Example, Slowest, slowest_of
from latency_svc.store.endpoints import save_endpoints
from latency_svc.store.examples import read_examples
from latency_svc.windows import Window
from shared.service import POOL
from tests.backend.latency_svc.otlp.building import (
    ATTRIBUTES,
    CUMULATIVE,
    attributes_of,
    explicit_point,
    exponential_point,
    export,
    metric,
    now_ns,
)
from tests.backend.latency_svc.otlp.conftest import Door, stored

KEY = EndpointKey("shop", "GET", "/")
MS = 1_000_000  # nanoseconds


def span(trace_id: str, duration_ms: int, **attributes: Any) -> Span:
    at = now_ns()
    return Span(
        trace_id=bytes.fromhex(trace_id),
        kind=Span.SPAN_KIND_SERVER,
        start_time_unix_nano=at - duration_ms * MS,
        end_time_unix_nano=at,
        attributes=attributes_of({**ATTRIBUTES, **attributes}),
    )


def traces(*spans: Span, service: str = "shop") -> ExportTraceServiceRequest:
    resource = Resource(attributes=attributes_of({"service.name": service}))
    return ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(resource=resource, scope_spans=[ScopeSpans(spans=spans)])]
    )


def in_json(request: ExportTraceServiceRequest) -> bytes:
    """As OTLP says: ids in hexadecimal."""
    document = json_format.MessageToDict(request)
    for one in document["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        one["traceId"] = next(
            each.trace_id.hex()
            for each in request.resource_spans[0].scope_spans[0].spans
            if each.end_time_unix_nano == int(one["endTimeUnixNano"])
        )
    return msgspec.json.encode(document)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e4736"), "4bf92f3577b34da6a3ce929d0e0e4736"),
        (bytes(16), ""),
        (b"", ""),
        (b"short", ""),
        (b"\xff" * 24, ""),
    ],
)
def test_a_trace_id_is_32_digits_that_are_not_all_zero(given: bytes, found: str) -> None:
    assert trace_id_of(given) == found


async def test_slow_spans_are_examples_whether_they_are_counted_or_not(door: Door) -> None:
    """Traces come as protobuf and JSON, from a service that sends metrics as well: its spans are not counted."""
    a, b, c, d = (digit * 32 for digit in "abcd")
    assert (await door.post("/v1/traces", traces(span(a, 100), span("0" * 32, 900)).SerializeToString()))[0] == 200
    body = in_json(traces(span(b, 300, **{"http.response.status_code": 503})))
    assert (await door.post("/v1/traces", body, Content_Type="application/json"))[0] == 200
    await door.heard("shop", 3)
    assert (await door.post("/v1/metrics", export(metric(exponential_point())).SerializeToString()))[0] == 200
    before = await stored(door)
    late = span(d, 100)
    late.start_time_unix_nano -= 3600 * 1000 * MS
    late.end_time_unix_nano -= 3600 * 1000 * MS
    assert (await door.post("/v1/traces", traces(span(c, 200), late).SerializeToString()))[0] == 200
    assert await stored(door) == before

    pool, slowest, roster = door.app[POOL], door.app[SLOWEST], Roster()
    await upkeep.keep_partitions(pool)
    await upkeep.save_examples(pool, roster, slowest, "one")
    assert len(slowest.changed()) == 1  # its endpoint is not known yet
    async with pool.acquire() as conn:
        roster.learn(await save_endpoints(conn, [KEY]))
    for _ in range(2):
        await upkeep.save_examples(pool, roster, slowest, "one")
        assert slowest.changed() == []
    endpoint_id, now = roster.id_of(KEY), datetime.now(UTC)
    assert endpoint_id is not None
    async with pool.acquire() as conn:
        found = await read_examples(conn, endpoint_id, Window(now - timedelta(minutes=5), now))
        assert await conn.fetchval("SELECT count(*) FROM example") == 1
        assert await read_examples(conn, endpoint_id, Window(now, now + timedelta(hours=1))) == []
    assert [(one.trace_id, round(one.seconds, 6), one.status, one.failed) for one in found] == [
        (b, 0.3, 503, True),
        (c, 0.2, 200, False),
        (a, 0.1, 200, False),
    ]


def exemplar(trace_id: str, value: float, **changes: Any) -> Exemplar:
    given: dict[str, Any] = {"trace_id": bytes.fromhex(trace_id), "as_double": value, "time_unix_nano": now_ns()}
    return Exemplar(**{**given, **changes})


def deltas_in_seconds() -> ExportMetricsServiceRequest:
    return export(metric(exponential_point(exemplars=[exemplar("a" * 32, 0.5), exemplar("b" * 32, 0.4)])))


def cumulative_in_ms() -> ExportMetricsServiceRequest:
    point = explicit_point(
        exemplars=[exemplar("a" * 32, 500), exemplar("b" * 32, 0, as_int=400)],
        explicit_bounds=[100, 1000],
        sum=400,
    )
    return export(metric(point, unit="ms", temporality=CUMULATIVE))


@pytest.mark.parametrize("sent", [deltas_in_seconds, cumulative_in_ms])
def test_exemplars_of_points_are_examples(sent: Callable[[], ExportMetricsServiceRequest]) -> None:
    """Read as columns or one by one; in any unit, with the status of their point."""
    found = offered(sent().SerializeToString())
    assert [(one.trace_id[0], one.seconds, one.status) for one in found] == [("a", 0.5, 200), ("b", 0.4, 200)]


def test_exemplars_that_say_nothing_of_use_are_passed_over() -> None:
    """Without a trace, from another time, with no duration, or no exemplars at all; the point itself is read."""
    wrong = [
        exemplar("0" * 32, 0.5),
        exemplar("a" * 32, 0.5, time_unix_nano=now_ns() - 3_600_000 * MS),
        exemplar("b" * 32, float("nan")),
        exemplar("c" * 32, float("inf")),
        exemplar("d" * 32, -1.0),
    ]
    good = export(metric(exponential_point(exemplars=[*wrong, exemplar("e" * 32, 0.3)]))).SerializeToString()
    assert [one.trace_id[0] for one in offered(good)] == ["e"]
    assert offered(good.replace(bytes.fromhex("e" * 32), b"\xff" * 16))[0].trace_id == "f" * 32
    id_ = bytes.fromhex("e" * 32)
    assert offered(good.replace(b"\x2a\x10" + id_, b"\x2a\x7f" + id_)) == []


def test_of_many_points_some_are_looked_at_each_time() -> None:
    points = [
        exponential_point(
            exemplars=[exemplar(f"{n + 1:032x}", 0.5)], attributes=attributes_of({**ATTRIBUTES, "http.route": f"/{n}"})
        )
        for n in range(3 * MOST_POINTS)
    ]
    content = export(metric(*points)).SerializeToString()
    slowest, now = Slowest(), time.time()
    for passed in range(3):
        offer_exemplars(slowest, read_metrics(content, Naming(), now).traced, now + passed)
        assert len(slowest.changed()) == (passed + 1) * MOST_POINTS


def offered(content: bytes) -> list[Example]:
    slowest, now = Slowest(), time.time()
    offer_exemplars(slowest, read_metrics(content, Naming(), now).traced, now)
    return slowest_of([one for _, kept in slowest.changed() for one in kept], 50)
