"""The latency API over a known story, and how the tests read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
import pytest
from msgspec import Struct

from shared.contracts.examples import EndpointExamples
from shared.contracts.latency import EndpointHistogram, EndpointLatency, EndpointTrend, LatencySummary
from tests.backend.api.latency_story import (
    Told,
    exact_ms,
)

LATENCY = "/api/v1/admin/latency"
TRACE_URL = "https://tracing.example/trace/{trace_id}?of=belfry"
BOUND = 0.0055
MOMENTS = {
    "the last hour not rolled up": datetime(2026, 11, 23, 14, 8, 20, tzinfo=UTC),
    "a month just begun": datetime(2026, 12, 1, 0, 14, 1, tzinfo=UTC),
}
DAY_SECONDS = 86_400


class Latencies(Struct, frozen=True):
    """The API over `told`; `admin` may all."""

    admin: aiohttp.ClientSession
    url: str
    told: list[Told]
    now: datetime

    def of(self, key: Any, oldest: timedelta = timedelta(hours=1), back: timedelta = timedelta(0)) -> list[Told]:
        newest = self.now - back
        return [each for each in self.told if each.key == key and newest - oldest <= each.at <= newest]

    def count(self, key: Any, oldest: timedelta = timedelta(hours=1), back: timedelta = timedelta(0)) -> int:
        return sum(each.seconds.size for each in self.of(key, oldest, back))


async def read(latencies: Latencies, path: str, type_: Any, **query: Any) -> Any:
    async with latencies.admin.get(f"{LATENCY}{path}", params=query) as answer:
        body = await answer.read()
        assert answer.status == 200, body
        return msgspec.json.decode(body, type=type_)


async def summary(latencies: Latencies, **query: Any) -> LatencySummary:
    found: LatencySummary = await read(latencies, "/summary", LatencySummary, **query)
    return found


def key_of(endpoint: EndpointLatency | EndpointHistogram | EndpointTrend | EndpointExamples) -> tuple[str, str, str]:
    return endpoint.service, endpoint.method, endpoint.path


def find(endpoints: list[EndpointLatency], key: Any) -> EndpointLatency:
    return next(endpoint for endpoint in endpoints if key_of(endpoint) == key)


def assert_exact(endpoint: EndpointLatency, told: list[Told]) -> None:
    """Its figures are those of all these durations."""
    assert endpoint.count == sum(each.seconds.size for each in told)
    for found, q in ((endpoint.p50, 0.5), (endpoint.p95, 0.95), (endpoint.p99, 0.99)):
        assert found == pytest.approx(exact_ms(told, q), rel=BOUND)
