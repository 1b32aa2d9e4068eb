"""The door alone, on real servers: what it stores is read from the bus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from latency_svc.deltas import Deltas, from_batch
from latency_svc.otlp.door import OTLP_PORT, otlp_context
from latency_svc.otlp.settings import OtlpSettings
from shared.bus import Bus
from shared.contracts.latency import BucketBatch, SampleBatch
from shared.interest import Message
from shared.service import BUS, POOL, SETTINGS, bus_context, new_app, pool_context

Batch = BucketBatch | SampleBatch
decode = msgspec.msgpack.Decoder(Batch).decode


class Door:
    """`url` is where it listens; `batches` what it stored so far, in order."""

    def __init__(self, app: web.Application) -> None:
        self.app = app
        self.url = f"http://127.0.0.1:{app[OTLP_PORT]}"
        self.batches: list[Batch] = []
        self._news = asyncio.Event()
        self.session = aiohttp.ClientSession(self.url, auto_decompress=True)

    @property
    def bus(self) -> Bus:
        return self.app[BUS]

    async def hear(self) -> None:
        async def keep(message: Message) -> None:
            self.batches.append(decode(message.data))
            self._news.set()

        await self.bus.subscribe("belfry.samples.latency.>", keep, concurrency=1)
        await self.bus.rtt(30)

    async def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Headers are written with _ for -."""
        given = {"Content-Type": "application/x-protobuf"} | {k.replace("_", "-"): v for k, v in headers.items()}
        async with self.session.post(path, data=body, headers=given) as response:
            return response.status, await response.read()

    async def heard(self, service: str, requests: int) -> list[Batch]:
        """The batches of a service, once they hold that many requests. Raises TimeoutError."""
        async with asyncio.timeout(60):
            while sum(map(count_of, found := [b for b in self.batches if b.service == service])) < requests:
                self._news.clear()
                await self._news.wait()
        return found


def count_of(batch: Batch) -> int:
    if isinstance(batch, SampleBatch):
        return len(batch.series_ids) // 2
    return int(deltas_in(batch).requests.sum())


def deltas_in(batch: Batch) -> Deltas:
    assert isinstance(batch, BucketBatch)
    found = from_batch(batch)
    assert found is not None
    return found


async def stored(door: Door) -> int:
    """How many messages the stream holds."""
    info = await door.bus.ask("$JS.API.STREAM.INFO.BELFRY_SAMPLES", b"", None, 30)
    count: int = msgspec.json.decode(info.data)["state"]["messages"]
    return count


@pytest.fixture
def make_settings(service_settings: Callable[..., Any]) -> Callable[..., OtlpSettings]:
    def settings(**changes: Any) -> OtlpSettings:
        found: OtlpSettings = service_settings("latency_svc", OtlpSettings, **{"otlp_port": 0, **changes})
        return found

    return settings


@pytest.fixture
async def door(make_settings: Callable[..., OtlpSettings]) -> AsyncIterator[Door]:
    async with opened_door(make_settings()) as opened:
        yield opened


@asynccontextmanager
async def opened_door(settings: OtlpSettings) -> AsyncIterator[Door]:
    app = new_app(settings)
    app.cleanup_ctx.extend([pool_context, bus_context, otlp_context])
    runner = web.AppRunner(app)
    await runner.setup()
    assert app[SETTINGS] is settings
    assert await app[BUS].wait_up(60)
    assert await app[POOL].fetchval("SELECT 1") == 1
    found = Door(app)
    await found.hear()
    try:
        yield found
    finally:
        await found.session.close()
        await runner.cleanup()
