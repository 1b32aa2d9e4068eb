"""Composes pipeline_svc: settings, endpoints, what gateways say, and upkeep."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from aiohttp import web

from pipeline_svc import upkeep
from pipeline_svc.api import HANDLERS
from pipeline_svc.api.applying import return_unconfirmed
from pipeline_svc.handlers import hear_gateways
from pipeline_svc.room import Room
from shared.loops import every, until_it_works
from shared.outbox import OUTBOX_WAKE, relay_context
from shared.service import BUS, POOL, add_endpoints, bus_context, new_app, pool_context, rpc_context
from shared.settings import Port, Settings

# What is done again and again, and how often, in seconds.
LOOPS: tuple[tuple[Callable[[Room], Awaitable[None]], float], ...] = (
    (return_unconfirmed, 1),
    (upkeep.keep_copies, 60),
    (upkeep.measure, 5),
)


class PipelineSettings(Settings, frozen=True, kw_only=True):
    service: str = "pipeline_svc"
    port: Port = 8084


def create_app(settings: PipelineSettings) -> web.Application:
    app = new_app(settings)
    app.cleanup_ctx.extend([pool_context, bus_context, relay_context, pipeline_context, rpc_context])
    return app


async def pipeline_context(app: web.Application) -> AsyncIterator[None]:
    """Endpoints, what gateways say, and upkeep, as long as the application lives."""
    room = Room(pool=app[POOL], bus=app[BUS], wake_outbox=app[OUTBOX_WAKE].set)
    add_endpoints(app, [(rpc, partial(handler, room)) for rpc, handler in HANDLERS])
    room.bus.on_connect(partial(until_it_works, partial(upkeep.keep_copies, room), "keep_copies"))
    tasks = [
        asyncio.create_task(until_it_works(partial(upkeep.store_first, room), "store_first"), name="store_first"),
        asyncio.create_task(until_it_works(partial(hear_gateways, room), "hear_gateways"), name="hear_gateways"),
        *(asyncio.create_task(every(s, partial(work, room), work.__name__), name=work.__name__) for work, s in LOOPS),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
