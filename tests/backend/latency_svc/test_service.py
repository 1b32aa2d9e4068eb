"""latency_svc as a process: what comes over the stream is stored, counted on /metrics and told; Belfry shows itself."""

import asyncio
import math
import re
import time

import aiohttp
import msgspec
import pytest

from latency_svc.deltas import to_batch
from shared.bus import Bus, Message
from shared.contracts.latency import (
    GET_SUMMARY,
    BucketBatch,
    LatencySummarised,
    LatencySummary,
    SampleBatch,
    SampleSeries,
    SummaryQuery,
)
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.backend.latency_svc.samples import deltas
from tests.fixtures.processes import StartProcess
from tests.fixtures.samples import counted, dropped, message_of, sample_batch, send_until_stored
from tests.fixtures.waiting import until

SERVICE = "shop.of the-service-test"
TOKEN = "shop-of-the-service-test"


@pytest.fixture
async def bus(nats_url: str) -> Bus:
    return await Bus.connect(Settings(service="gateway", nats_url=nats_url))


async def text_of(url: str) -> str:
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return await answer.text()


async def summary(bus: Bus, service: str | None) -> LatencySummary:
    reply = await call(bus, GET_SUMMARY, SummaryQuery(service=service), Caller(actor="ana"), 30)
    return msgspec.json.decode(reply.data, type=LatencySummary)


def dropped_by_process(exposition: str) -> dict[str, float]:
    """By reason."""
    found = re.findall(r'^belfry_latency_durations_dropped_total{reason="(\w+)"} (\S+)$', exposition, re.MULTILINE)
    return {reason: float(count) for reason, count in found}


async def test_samples_are_stored_once_counted_and_told(
    bus: Bus, service_env: dict[str, str], start_process: StartProcess
) -> None:
    """F2.2.1: durations in, percentiles out; a message that was sent twice counts once."""
    told: list[LatencySummarised] = []

    async def hear(message: Message) -> None:
        told.append(msgspec.json.decode(message.data, type=LatencySummarised))

    async def newest() -> LatencySummarised | None:
        return told[-1] if told else None

    await bus.subscribe(f"belfry.v1.latency.summarised.{TOKEN}", hear)
    service = await asyncio.to_thread(start_process, "latency_svc", service_env)
    twice = message_of(sample_batch([0.1] * 200, service=SERVICE), TOKEN)
    await send_until_stored(bus, twice)
    await send_until_stored(bus, twice)
    await send_until_stored(bus, message_of(sample_batch([math.nan, -1.0, math.inf, 0.0], service=SERVICE), TOKEN))
    odd: list[SampleBatch | BucketBatch | bytes] = [
        sample_batch([0.1, 0.1], service=SERVICE, at_seconds=time.time() - 3600),
        sample_batch([0.1], service=SERVICE, at_seconds=time.time() + 3600),
        sample_batch([1e6], service=SERVICE),
        to_batch(SERVICE, [SampleSeries("GET", "/", 2)], deltas([(0, 21, 0, [1, 2])], at_seconds=[time.time()])),
        sample_batch([0.1], service="somebody else"),
        b"what is this?",
    ]
    for each in odd:
        await send_until_stored(bus, message_of(each, TOKEN))

    found = await until(lambda: summary(bus, SERVICE), lambda s: s.total_count >= 201 and s.dropped_samples >= 10)
    [endpoint] = found.endpoints
    assert (endpoint.path, endpoint.count, found.dropped_samples) == ("/orders/{id}", 201, 10)
    assert endpoint.p99 == pytest.approx(100, rel=0.0055)
    reasons = {"not_finite": 2, "negative": 1, "late": 2, "future": 1, "too_long": 1, "not_a_histogram": 3}
    expected = {(SERVICE, reason): count for reason, count in reasons.items()}
    expected |= {(TOKEN, "wrong_subject"): 1, (TOKEN, "rubbish"): 1}
    await until(lambda: dropped(service_env["DATABASE_URL"]), lambda rows: rows.items() >= expected.items())
    least = {reason: float(count) for (_, reason), count in expected.items()}  # others may have sent to this bus, too
    await until(
        lambda: text_of(f"{service.url}/metrics"),
        lambda text: all(dropped_by_process(text)[reason] >= count for reason, count in least.items()),
    )
    await until(newest, lambda event: event is not None and event.count >= 201)
    assert told[-1].service == SERVICE
    assert [e.path for e in told[-1].endpoints] == ["/orders/{id}"]
    await bus.close()


async def test_belfry_shows_itself(bus: Bus, service_env: dict[str, str], start_process: StartProcess) -> None:
    """The gateway's requests by route template, and the endpoints that the services serve on the bus."""
    await asyncio.to_thread(start_process, "latency_svc", service_env)
    gateway = await asyncio.to_thread(start_process, "gateway", service_env)
    for path in ("/healthz", "/wp-admin/1", "/api/v1/nothing/2", "/api/v1/auth/me"):
        await text_of(gateway.url + path)
    answered = await until(lambda: summary(bus, "gateway"), lambda s: s.total_count >= 4)
    paths = {(e.method, e.path) for e in answered.endpoints}
    assert {("GET", "/healthz"), ("GET", "/api/v1/auth/me")} <= paths
    assert not any("wp-admin" in path for _, path in paths)
    procedures = await until(lambda: summary(bus, "latency_svc"), lambda s: s.total_count > 0)
    assert (procedures.endpoints[0].method, procedures.endpoints[0].path) == ("RPC", GET_SUMMARY.subject)
    assert await counted(service_env["DATABASE_URL"]) > 0
    await bus.close()
