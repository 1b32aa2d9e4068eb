"""Composes latency_svc: settings, the door for OpenTelemetry, counting, endpoints and upkeep."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Coroutine
from functools import partial
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from latency_svc import upkeep
from latency_svc.api import HANDLERS
from latency_svc.otlp.door import OTLP_PORT, SLOWEST, otlp_context
from latency_svc.otlp.settings import OtlpSettings
from latency_svc.room import Room
from latency_svc.roster import Roster
from latency_svc.slowest import Slowest
from latency_svc.writer import Writer
from shared.bus import Bus
from shared.loops import every, until_it_works
from shared.process import refuse
from shared.service import (
    BUS,
    POOL,
    SETTINGS,
    add_endpoints,
    add_queue,
    bus_context,
    new_app,
    pool_context,
    rpc_context,
)
from shared.settings import Port

Milliseconds = Annotated[float, Meta(gt=0, le=3_600_000)]
TraceUrl = Annotated[
    str, Meta(pattern=r"^https?://\S*\{trace_id\}\S*$", description="an http or https address with {trace_id} in it")
]

SAMPLES_STREAM, CONSUMER = "BELFRY_SAMPLES", "latency_samples"
BATCH = 200
STOP_SECONDS = 0.6


class LatencySettings(OtlpSettings, frozen=True, kw_only=True):
    """`latency_slow_ms`, `latency_very_slow_ms`: from where on a duration is shown yellow, and red. `trace_url`: where
    a trace is shown."""

    service: str = "latency_svc"
    port: Port = 8082
    latency_slow_ms: Milliseconds = 100.0
    latency_very_slow_ms: Milliseconds = 500.0
    trace_url: TraceUrl | None = None


def create_app(settings: LatencySettings) -> web.Application:
    if settings.latency_slow_ms > settings.latency_very_slow_ms:
        refuse("BELFRY_LATENCY_SLOW_MS is more than BELFRY_LATENCY_VERY_SLOW_MS")
    app = new_app(settings)
    app.cleanup_ctx.extend([pool_context, bus_context, otlp_context, latency_context, rpc_context])
    return app


async def latency_context(app: web.Application) -> AsyncIterator[None]:
    """Counting, upkeep and what is answered, as long as the application lives."""
    bus, roster = app[BUS], Roster()
    settings = app[SETTINGS]
    assert isinstance(settings, LatencySettings)
    thresholds_ms = settings.latency_slow_ms, settings.latency_very_slow_ms
    room = Room(pool=app[POOL], thresholds_ms=thresholds_ms, otlp_port=app[OTLP_PORT], trace_url=settings.trace_url)
    writer = Writer(room.pool, roster)
    add_queue(app, writer.queue())
    add_endpoints(app, [(rpc, partial(handler, room)) for rpc, handler in HANDLERS])
    tasks = [asyncio.create_task(work, name=name) for name, work in loops(room, bus, roster, app[SLOWEST])]
    counting = asyncio.create_task(count(room, bus, roster, writer), name="counting")
    yield
    for task in (*tasks, counting):
        task.cancel()
    await asyncio.gather(*tasks, counting, return_exceptions=True)


async def count(room: Room, bus: Bus, roster: Roster, writer: Writer) -> None:
    """Take what comes and store it, once there is a place for it; at the end store what was taken."""
    await until_it_works(partial(upkeep.keep_partitions, room.pool), "keep_partitions")
    known = partial(upkeep.read_endpoints, room.pool, roster, room.names, upkeep.KNOWN)
    await until_it_works(known, "read_endpoints")
    consumption = bus.consume(SAMPLES_STREAM, CONSUMER, writer.take, batch=BATCH, concurrency=1)
    try:
        await writer.run()
    finally:
        await consumption.stop(STOP_SECONDS)
        await asyncio.wait({asyncio.create_task(writer.flush())}, timeout=STOP_SECONDS)


def loops(room: Room, bus: Bus, roster: Roster, slowest: Slowest) -> list[tuple[str, Coroutine[None, None, None]]]:
    """What is done again and again, and how often, in seconds."""
    pool, names = room.pool, room.names
    read_endpoints = partial(upkeep.read_endpoints, pool, roster, names, upkeep.LATELY)
    save_examples = partial(upkeep.save_examples, pool, roster, slowest, secrets.token_hex(6))
    return [
        ("keep_partitions", every(3600, partial(upkeep.keep_partitions, pool), "keep_partitions")),
        ("read_endpoints", every(60, read_endpoints, "read_endpoints")),
        ("save_examples", every(5, save_examples, "save_examples")),
        ("roll_up", every(30, partial(upkeep.roll_up, pool), "roll_up")),
        ("forget", every(60, partial(upkeep.forget, pool), "forget")),
        ("tell", every(upkeep.TELL_SECONDS / 2, partial(upkeep.tell, pool, bus, names), "tell")),
    ]
