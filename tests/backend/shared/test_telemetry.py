"""One trace goes from HTTP over NATS into the service, in headers, log lines and exported spans."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from msgspec import Struct
from prometheus_client import generate_latest

from shared.telemetry import StateMetrics, current_traceparent, span
from tests.fixtures.collector import Collector, collecting
from tests.fixtures.processes import StartProcess

SAMPLE = "tests.fixtures.sample_svc"
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
async def collector() -> AsyncIterator[tuple[Collector, str]]:
    async with collecting() as found:
        yield found


async def ask(url: str, traceparent: str) -> None:
    headers = {"traceparent": traceparent} if traceparent else {}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/words", json={"text": "bell"}, headers=headers) as response,
    ):
        assert await response.json() == {"text": "bell"}


async def test_spans_of_http_and_rpc_are_exported_as_one_trace(
    service_env: dict[str, str], start_process: StartProcess, collector: tuple[Collector, str]
) -> None:
    taken, endpoint = collector
    running = start_process(SAMPLE, {**service_env, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
    await ask(running.url, TRACEPARENT)
    async with aiohttp.ClientSession() as http, http.get(f"{running.url}/count") as response:
        assert await response.json() == {"one": 1}
    assert await asyncio.to_thread(running.end) == 0
    await asyncio.wait_for(taken.came.wait(), 60)

    statement = taken.named("SELECT")
    assert list(taken.above(statement)) == [("sample_svc", "SELECT"), ("sample_svc", "GET /count")]
    assert {a.key: a.value.string_value for a in statement.attributes}["db.query.text"] == "SELECT 1"
    assert 0 < statement.start_time_unix_nano < statement.end_time_unix_nano
    http = taken.named("POST /words")
    client, server = (each for _, each in sorted(taken.spans, key=_kind) if each.name == "rpc belfry.rpc.sample.echo")
    assert {name for name, _ in taken.spans} == {"sample_svc"}
    assert {each.trace_id.hex() for each in (http, client, server)} == {TRACE}
    assert http.parent_span_id.hex() == "b7ad6b7169203331"
    assert client.parent_span_id == http.span_id
    assert server.parent_span_id == client.span_id


def _kind(named: tuple[str, Any]) -> int:
    """Clients first: OpenTelemetry numbers a server 2 and a client 3."""
    return -int(named[1].kind)


@pytest.mark.parametrize("traceparent", [TRACEPARENT, ""])
async def test_without_a_collector_the_trace_still_goes_through(
    service_env: dict[str, str], start_process: StartProcess, traceparent: str
) -> None:
    running = start_process(SAMPLE, service_env)
    await ask(running.url, traceparent)
    echoed = next(line for line in running.logs() if line["event"] == "word.echoed")
    assert echoed["traceparent"].split("-")[1] == echoed["trace_id"]
    assert len(echoed["trace_id"]) == 32
    assert (echoed["trace_id"] == TRACE) == bool(traceparent)


def test_spans_outside_of_a_trace_begin_one() -> None:
    assert current_traceparent() == ""
    with span("outer"):
        outer = current_traceparent()
        with span("inner"):
            assert current_traceparent().split("-")[1] == outer.split("-")[1]
    with span("next"):
        assert current_traceparent().split("-")[1] != outer.split("-")[1]


@pytest.mark.parametrize("given", ["", "garbage", "00-0-0-01", "ff-" + TRACEPARENT[3:]])
def test_a_bad_traceparent_is_no_parent(given: str) -> None:
    with span("request", traceparent=given):
        assert TRACE not in current_traceparent()
        assert len(current_traceparent()) == 55


class State(Struct):
    up: bool = True
    queued: int = 3
    dropped_total: int = 7
    rtt_ms: float | None = None
    last_error: str = "none"


def test_the_numbers_of_a_state_are_metrics() -> None:
    meanings = dict.fromkeys(State.__struct_fields__, "What it means")
    text = generate_latest(StateMetrics("belfry_bus", State(rtt_ms=2.5), {"service": "x"}, meanings)).decode()
    assert 'belfry_bus_up{service="x"} 1.0' in text
    assert 'belfry_bus_queued{service="x"} 3.0' in text
    assert 'belfry_bus_dropped_total{service="x"} 7.0' in text
    assert "# TYPE belfry_bus_dropped_total counter" in text
    assert 'belfry_bus_rtt_seconds{service="x"} 0.0025' in text
    assert "rtt_ms" not in text
    assert "last_error" not in text
