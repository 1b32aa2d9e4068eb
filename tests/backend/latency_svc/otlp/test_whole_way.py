"""From the SDK for Python to an answer about percentiles, through the service as it is run."""

from collections.abc import AsyncIterator, Callable
from secrets import token_hex
from typing import Any

import msgspec
import numpy as np
import pytest
from opentelemetry.sdk.metrics.view import Aggregation

from deploy.local.ports import free_port
from deploy.local.program import Running
from shared.bus import Bus
from shared.contracts.latency import GET_SUMMARY, LatencySummary, SummaryQuery
from shared.problems import ProblemError
from shared.rpc import Caller, call
from tests.backend.latency_svc.otlp.test_python_sdk import CUMULATIVE, DELTA, EXPLICIT, EXPONENTIAL, Client, lognormal
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.waiting import until


@pytest.fixture
async def bus(service_settings: Callable[..., Any]) -> AsyncIterator[Bus]:
    found = await Bus.connect(service_settings("gateway"))
    yield found
    await found.close()


def door_of(process: ServiceProcess) -> str:
    port = next(line["port"] for line in process.logs() if line["event"] == "otlp.listening")
    return f"http://127.0.0.1:{port}"


async def summary_of(bus: Bus, service: str, count: int) -> LatencySummary:
    """Once so many requests of the service are told."""
    query = SummaryQuery(window_seconds=3600, service=service)

    async def ask() -> LatencySummary | None:
        try:
            reply = await call(bus, GET_SUMMARY, query, Caller(actor="test", role="viewer"))
        except ProblemError:
            return None  # it starts again
        return msgspec.json.decode(reply.data, type=LatencySummary)

    found = await until(ask, lambda summary: summary is not None and summary.total_count >= count)
    assert found is not None
    return found


@pytest.mark.parametrize("aggregation", [EXPLICIT, EXPONENTIAL], ids=["explicit", "exponential"])
async def test_percentiles_of_what_a_client_sent(
    start_process: StartProcess, service_env: dict[str, str], bus: Bus, aggregation: Aggregation
) -> None:
    """F2.2.1: the answer is within the error it tells: narrow from exponential buckets, wide from explicit ones."""
    service = f"shop-{token_hex(4)}"
    client = Client(door_of(start_process("latency_svc", service_env)), service, DELTA, aggregation)
    sent = lognormal(2000)
    assert await client.send(sent)
    (endpoint,) = (await summary_of(bus, service, 2000)).endpoints
    await client.end()

    assert (endpoint.method, endpoint.path, endpoint.count) == ("GET", "/users/{id}", 2000)
    assert endpoint.mean_ms == pytest.approx(1000 * sum(sent) / 2000)
    assert endpoint.error_bound_pct < (0.55 if aggregation is EXPONENTIAL else 70)
    for q, found in ((0.5, endpoint.p50), (0.95, endpoint.p95), (0.99, endpoint.p99)):
        exact = 1000 * float(np.quantile(sent, q, method="inverted_cdf"))
        assert found == pytest.approx(exact, rel=endpoint.error_bound_pct / 100)


async def test_a_cumulative_client_does_not_notice_that_the_service_was_killed(
    start_process: StartProcess, service_env: dict[str, str], hasty_nats: Running, service_settings: Callable[..., Any]
) -> None:
    """What it recorded before, during and after the outage counts once."""
    service, port = f"shop-{token_hex(4)}", free_port()
    env = service_env | {"NATS_URL": hasty_nats.url, "BELFRY_OTLP_PORT": str(port)}
    first = start_process("latency_svc", env)
    client = Client(door_of(first), service, CUMULATIVE, EXPONENTIAL)
    assert await client.send(lognormal(100, seed=1))
    first.kill()
    second = start_process("latency_svc", env)
    assert door_of(second).endswith(f":{port}")
    assert await client.send(lognormal(150, seed=2))
    assert await client.send(lognormal(50, seed=3))
    bus = await Bus.connect(service_settings("gateway", nats_url=hasty_nats.url))
    assert (await summary_of(bus, service, 300)).total_count == 300
    await client.end()
    await bus.close()
