"""Composes alert_svc: settings, what it hears, evaluation, endpoints, escalation and upkeep."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from aiohttp import web

from alert_svc import arriving, config_file, defaults, keeping, upkeep
from alert_svc.api import HANDLERS
from alert_svc.courier import Courier
from alert_svc.delivering import Dispatcher
from alert_svc.engine import Engine
from alert_svc.evaluator import Evaluator
from alert_svc.handlers import on_configured, on_due, on_health, on_resolved
from alert_svc.keyring import Keyring
from alert_svc.listener import Inbox, Listener
from alert_svc.room import Room
from alert_svc.senders.guard import Network
from alert_svc.senders.http import Wire, open_wire
from alert_svc.settings import AlertSettings
from shared.contracts.alerts.deliveries import JOB_STREAM
from shared.loops import every, until_it_works
from shared.outbox import OUTBOX_WAKE, relay_context
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
from shared.timers import TIMERS_STREAM

# What is done again and again, and how often, in seconds.
LOOPS: tuple[tuple[Callable[[Room], Awaitable[None]], float], ...] = (
    (upkeep.keep_partitions, 3600),
    (upkeep.keep_minutes, 5),
    (upkeep.forget, 600),
    (upkeep.read_quiet, 2),
    (upkeep.look_after_held, 1),
    (upkeep.sweep_escalations, 5),
    (upkeep.sample_health, 30),
    (upkeep.keep_timers, 60),
    (upkeep.pass_on_late, 5),
    (upkeep.remove_old, 3600),
    (upkeep.measure, 5),
)
READ_HEALTH_SECONDS = 10.0
DUE_BATCH = 100
JOB_BATCH = 100
ASK_ARRIVED_SECONDS = 2.0
STOP_SECONDS = 0.6

KEYRING = web.AppKey("KEYRING", Keyring)
ALLOWED: web.AppKey[Sequence[Network]] = web.AppKey("ALLOWED", Sequence)


def create_app(settings: AlertSettings) -> web.Application:
    """Ends the process before the start when a setting cannot be used."""
    app = new_app(settings)
    try:
        app[KEYRING], app[ALLOWED] = settings.keyring(), settings.networks
    except ValueError as error:
        refuse(str(error))
    app.cleanup_ctx.extend([pool_context, bus_context, relay_context, alert_context, rpc_context])
    return app


async def alert_context(app: web.Application) -> AsyncIterator[None]:
    """Evaluation, endpoints, timers, sending and loops, as long as the application lives."""
    living = asynccontextmanager(room_context)
    async with open_wire(app[ALLOWED]) as wire, living(app, furnish(app, wire)):
        yield


async def room_context(app: web.Application, room: Room) -> AsyncIterator[None]:
    add_endpoints(app, [(rpc, partial(handler, room)) for rpc, handler in HANDLERS])
    due = room.bus.consume(TIMERS_STREAM, "alert_due", partial(on_due, room), batch=DUE_BATCH, concurrency=1)
    restore = partial(upkeep.keep_timers, room)
    room.bus.on_connect(partial(until_it_works, restore, "keep_timers"))  # the store may have been lost meanwhile
    taken = [due]
    work = loops(room, app[SETTINGS].config_path)
    if settings_of(app).alert_send:
        add_queue(app, room.dispatcher.queue())
        taken.append(room.bus.consume(JOB_STREAM, "alert_senders", room.dispatcher.on_jobs, batch=JOB_BATCH))
        work.append(("deliver", room.dispatcher.run()))
        work.append(("ask_arrived", every(ASK_ARRIVED_SECONDS, partial(arriving.ask_arrived, room), "ask_arrived")))
    tasks = [asyncio.create_task(each, name=name) for name, each in work]
    yield
    await asyncio.gather(room.dispatcher.finish(STOP_SECONDS), *(each.stop(STOP_SECONDS) for each in taken))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def settings_of(app: web.Application) -> AlertSettings:
    settings = app[SETTINGS]
    assert isinstance(settings, AlertSettings)
    return settings


def furnish(app: web.Application, wire: Wire) -> Room:
    pool, bus, engine, inbox = app[POOL], app[BUS], Engine(), Inbox()
    listener = Listener(bus, inbox)
    add_queue(app, inbox.queue())
    wake = app[OUTBOX_WAKE].set
    settings = settings_of(app)
    courier = Courier(wire, settings.providers, settings.public_url or "")
    room = Room(
        pool=pool,
        bus=bus,
        engine=engine,
        listener=listener,
        evaluator=Evaluator(pool, bus, engine, inbox, listener, wake),
        wake_outbox=wake,
        stored=[0],
        courier=courier,
        keyring=app[KEYRING],
        retention_days=settings.alert_retention_days,
        tests_per_minute=settings.alert_tests_per_minute,
        dispatcher=Dispatcher(pool, courier, app[KEYRING], settings.instance, wake),
    )
    listener.on("alert.configured", partial(on_configured, room))
    listener.on("alert.resolved", partial(on_resolved, room))
    listener.on("health.changed", partial(on_health, room))
    return room


async def evaluate(room: Room, config: Path) -> None:
    """Once everything that is kept is read. The default rules come before those of the file."""
    await until_it_works(partial(upkeep.keep_partitions, room), "keep_partitions")
    await until_it_works(partial(add_defaults, room), "add_defaults")
    await until_it_works(partial(load, room), "load")
    follow_config = until_it_works(partial(config_file.follow, room, config, os.environ), "config")
    await asyncio.gather(room.listener.run(), room.evaluator.run(), follow_config)


async def add_defaults(room: Room) -> None:
    if await defaults.add_defaults(room.pool):
        room.wake_outbox()


async def load(room: Room) -> None:
    room.stored[0] = await keeping.load(room.pool, room.engine, room.listener)


def loops(room: Room, config_path: str) -> list[tuple[str, Coroutine[None, None, None]]]:
    repeated = [(work.__name__, every(seconds, partial(work, room), work.__name__)) for work, seconds in LOOPS]
    return [
        ("evaluate", evaluate(room, Path(config_path).absolute())),
        ("read_health", upkeep.watch_health(room, READ_HEALTH_SECONDS)),
        *repeated,
    ]
