"""This process among those whose latencies are measured: its reporter, over the bus it has anyway."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from belfry_reporter import Reporter
from belfry_reporter.core import KEPT_BATCHES
from shared.jetstream import OutboxMessage
from shared.keys import BUS, REPORTER, SETTINGS
from shared.metrics import Watched

REPORTER_MEANINGS = {
    "recorded_total": "Durations recorded",
    "sent_total": "Durations sent to latency_svc",
    "dropped_total": "Durations given up because it could not be reached for too long",
    "failed_sends_total": "Batches that could not be sent at once",
}


async def reporting_context(app: web.Application) -> AsyncIterator[None]:
    """A Reporter under REPORTER for the life of the application; comes after the bus."""
    bus = app[BUS]

    async def send(id: str, subject: str, body: bytes) -> bool:
        return bool(await bus.publish_acked([OutboxMessage(id=id, subject=subject, body=body)]))

    reporter = app[REPORTER] = Reporter(app[SETTINGS].service, send)
    task = asyncio.create_task(reporter.run(), name="latency reporter")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await reporter.close()


def kept_by(reporter: Reporter) -> Watched:
    """Its batches that wait; what it gives up is counted in samples."""
    return Watched(
        name="latency_batches",
        depth=lambda: reporter.batches,
        limit=lambda: KEPT_BATCHES,
        dropped=lambda: reporter.state.dropped_total,
    )
