"""Composes ws_svc: settings, hearing the nodes, telling of the fleet, endpoints."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from aiohttp import web
from msgspec import Meta

from shared.problems import unavailable
from shared.rpc import Caller
from shared.service import BUS, SETTINGS, add_endpoints, add_readiness, bus_context, new_app, rpc_context
from shared.settings import Port, Settings
from ws_svc.api import HANDLERS
from ws_svc.handlers import hear
from ws_svc.room import ALERT_PCT, Room
from ws_svc.upkeep import tell_every_second

Percentage = Annotated[float, Meta(gt=0, le=100)]


class WsSettings(Settings, frozen=True, kw_only=True):
    """`ws_alert_pct`: from where on the pool of connections counts as filling up."""

    service: str = "ws_svc"
    port: Port = 8083
    ws_alert_pct: Percentage = ALERT_PCT


def create_app(settings: WsSettings) -> web.Application:
    app = new_app(settings)
    app.cleanup_ctx.extend([bus_context, ws_context, rpc_context])
    return app


async def ws_context(app: web.Application) -> AsyncIterator[None]:
    """Hearing, telling and what is answered, as long as the application lives."""
    settings = app[SETTINGS]
    assert isinstance(settings, WsSettings)
    room = Room(app[BUS], alert_pct=settings.ws_alert_pct)
    add_endpoints(app, [(rpc, partial(once_caught_up, room, handler)) for rpc, handler in HANDLERS])
    add_readiness(app, "nats", partial(ready, room))
    tasks = [
        asyncio.create_task(hear(room), name="hear"),
        asyncio.create_task(tell_every_second(room), name="tell_every_second"),
    ]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def once_caught_up(
    room: Room, handler: Callable[[Room, Any, Caller], Awaitable[Any]], request: Any, caller: Caller
) -> Any:
    """Who asks in the first moments waits a little, and gets no answer that is only half known."""
    await room.caught_up.wait()
    return await handler(room, request, caller)


async def ready(room: Room) -> None:
    """Raises ProblemError 503 while NATS is away, or what was said before is not heard yet."""
    await room.bus.rtt()
    if not room.caught_up.is_set():
        raise unavailable("nats", "What the nodes said in the last hour is being read")
