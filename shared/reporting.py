"""This process among those whose latencies are measured: its reporter, over the bus it has anyway."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from belfry_reporter import Reporter
from shared.jetstream import OutboxMessage
from shared.keys import BUS, REPORTER, SETTINGS


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
