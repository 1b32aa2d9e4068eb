"""The life of the live channel within the gateway."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from aiohttp import web

from gateway.auth.gatekeeper import GATEKEEPER
from gateway.live import node, upkeep
from gateway.live.hub import Hub
from gateway.live.place import ANSWER_AGE_SECONDS, PLACE
from gateway.live.registry import Limits, Registry
from gateway.live.report import Node, Report
from gateway.live.source import Source
from gateway.live.subscriptions import Subscriptions
from gateway.live.upgrade import HUB, connect
from gateway.operations import open_to_all
from gateway.settings import GatewaySettings
from shared.events import all_events
from shared.keys import BUS, SETTINGS
from shared.loops import every
from shared.service import add_endpoints, add_figures

log = structlog.get_logger(__name__)

PATH = "/api/v1/ws"
START_WAIT_SECONDS = 0.5  # so that the first client is served at once; a bus that is away holds up nothing
STOP_SECONDS = 1.0
OTHER_FILES = 500  # descriptors for everything but WebSockets


def add_live(app: web.Application) -> None:
    """The endpoint checks by itself who connects."""
    open_to_all(app, [web.get(PATH, connect)])


async def live_context(app: web.Application) -> AsyncIterator[None]:
    """The hub of all connections, what it follows on the bus, and what the fleet may ask of it."""
    settings, bus = app[SETTINGS], app[BUS]
    assert isinstance(settings, GatewaySettings)
    report = Report(bus, Node(settings.node, settings.service, datetime.now(UTC)))
    hub = app[HUB] = Hub(
        bus=bus,
        keeper=app[GATEKEEPER],
        fanout_tick=settings.ws_tick_ms / 1000,
        registry=Registry(limits_of(settings)),
        report=report,
        per_second=settings.ws_commands_per_second,
    )
    app[PLACE] = lambda: hub.fanout.place(ANSWER_AGE_SECONDS)
    source = Source(bus, hub.fanout, all_events(), partial(upkeep.revoked, hub), partial(upkeep.renewed, hub))
    hub.subscriptions = Subscriptions(hub.fanout, source.replay, hub.spawn)
    add_endpoints(app, node.endpoints(hub))
    add_figures(app, "belfry_ws", partial(upkeep.state, hub), upkeep.MEANINGS)
    tasks = [
        asyncio.create_task(every(1.0, source.follow_events, "live_events"), name="live events"),
        asyncio.create_task(every(1.0, source.follow_measures, "live_measures"), name="live measures"),
        asyncio.create_task(every(1.0, partial(upkeep.each_second, hub), "live_upkeep"), name="live upkeep"),
        asyncio.create_task(_again_and_again(hub.fanout.tick), name="live fan-out"),
    ]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(START_WAIT_SECONDS):
            await hub.fanout.begun.wait()
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await hub.stop_working()


async def stop_live(app: web.Application) -> None:
    """Before anything else ends."""
    await upkeep.send_all_away(app[HUB], STOP_SECONDS)


def limits_of(settings: GatewaySettings) -> Limits:
    """As told, and no more than the system lets this process open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.ws_max_connections + OTHER_FILES
    possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < possible:
        resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
    total = min(settings.ws_max_connections, max(soft, possible) - OTHER_FILES)
    if total < settings.ws_max_connections:
        log.warning("live.fewer_connections", wanted=settings.ws_max_connections, possible=total)
    return Limits(total=total, per_user=settings.ws_max_per_user, per_ip=settings.ws_max_per_ip)


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await work()
        except Exception:
            log.exception("live.tick_failed")
