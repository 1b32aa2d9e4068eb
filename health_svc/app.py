"""Composes health_svc: settings, endpoints, workers, sources and upkeep."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from health_svc import upkeep
from health_svc.api import HANDLERS
from health_svc.checking import Checker
from health_svc.handlers import accept_late_beats, on_heartbeat
from health_svc.kubernetes import Access
from health_svc.probes import ProbeContext, probe_context
from health_svc.recorder import Recorder
from health_svc.room import Room, Snapshot
from health_svc.sources import bus as bus_source
from health_svc.sources import file as file_source
from health_svc.sources import itself
from health_svc.sources import kubernetes as kubernetes_source
from health_svc.windows import Windows
from shared.contracts.health.procedures import HEARTBEAT_SUBJECT
from shared.contracts.wire import Rpc
from shared.loops import every, until_it_works
from shared.outbox import OUTBOX_WAKE, relay_context
from shared.rpc import Handler, serve
from shared.service import (
    BUS,
    POOL,
    REPORTER,
    SETTINGS,
    add_queue,
    bus_context,
    new_app,
    pool_context,
    readiness_endpoint,
)
from shared.settings import Port, Settings
from shared.timers import TIMERS_STREAM

METADATA = {"group": "Belfry", "depends_on": "belfry-nats,belfry-postgres"}
DUE_BATCH = 100

# What is done again and again, and how often, in seconds.
LOOPS: tuple[tuple[Callable[[Room], Awaitable[None]], float], ...] = (
    (itself.declare, 3600),
    (bus_source.discover, 10),
    (upkeep.look_first, 1),
    (accept_late_beats, 1),
    (upkeep.keep_partitions, 3600),
    (upkeep.read_windows, 5),
    (upkeep.keep_timers, 60),
    (upkeep.read_totals, 10),
    (upkeep.roll_up_recent, 20),
    (upkeep.roll_up_missing, 60),
)
STOP_SECONDS = 1.0
Namespace = Annotated[str, Meta(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]


class HealthSettings(Settings, frozen=True, kw_only=True):
    """With `kubernetes`, annotated Services of these namespaces (none: of all) are watched. `kubernetes_folder` holds
    `token` and `ca.crt`, as Kubernetes gives them to a pod."""

    service: str = "health_svc"
    port: Port = 8081
    kubernetes: bool = False
    kubernetes_namespaces: tuple[Namespace, ...] = ()
    kubernetes_url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+")] = "https://kubernetes.default.svc"
    kubernetes_folder: str = "/var/run/secrets/kubernetes.io/serviceaccount"


def create_app(settings: HealthSettings) -> web.Application:
    app = new_app(settings)
    app.cleanup_ctx.extend([pool_context, bus_context, relay_context, health_context])
    return app


async def health_context(app: web.Application) -> AsyncIterator[None]:
    """Endpoints, workers and loops, as long as the application lives."""
    settings, bus = app[SETTINGS], app[BUS]
    assert isinstance(settings, HealthSettings)
    async with probe_context(bus) as context:
        room = furnish(app, context)
        add_queue(app, room.recorder.queue(), *room.checker.queues())
        served: list[tuple[Rpc, Handler]] = [readiness_endpoint(app)]
        served += [(rpc, partial(handler, room)) for rpc, handler in HANDLERS]
        serving = await serve(bus, settings, served, METADATA, reporter=app[REPORTER])
        heartbeats = await bus.subscribe(HEARTBEAT_SUBJECT, partial(on_heartbeat, room), queue=settings.service)
        due = bus.consume(TIMERS_STREAM, "health_due", room.checker.on_due, batch=DUE_BATCH, concurrency=1)
        restore_timers = partial(upkeep.keep_timers, room)
        bus.on_connect(partial(until_it_works, restore_timers, "keep_timers"))  # the store may have been lost meanwhile
        tasks = [asyncio.create_task(work, name=name) for name, work in loops(room, settings)]
        yield
        await due.stop(STOP_SECONDS)
        await bus.unsubscribe(heartbeats)
        await serving.stop()
        await room.recorder.finish()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def furnish(app: web.Application, context: ProbeContext) -> Room:
    pool, bus, windows = app[POOL], app[BUS], Windows()
    wake = app[OUTBOX_WAKE].set
    snapshot = Snapshot(pool, windows)

    def on_transition() -> None:
        snapshot.invalidate()
        wake()

    recorder = Recorder(pool, bus, windows, on_transition)
    return Room(
        pool=pool,
        bus=bus,
        windows=windows,
        recorder=recorder,
        checker=Checker(pool, context, recorder),
        snapshot=snapshot,
        wake_outbox=wake,
    )


def loops(room: Room, settings: HealthSettings) -> list[tuple[str, Coroutine[None, None, None]]]:
    repeated = [(work.__name__, every(seconds, partial(work, room), work.__name__)) for work, seconds in LOOPS]
    return [
        ("recorder", room.recorder.run()),
        ("config", until_it_works(partial(file_source.follow, room, Path(settings.config_path).absolute()), "config")),
        *kubernetes_loops(room, settings),
        *repeated,
    ]


def kubernetes_loops(room: Room, settings: HealthSettings) -> Iterator[tuple[str, Coroutine[None, None, None]]]:
    """One a namespace, or one for all."""
    namespaces = dict.fromkeys(settings.kubernetes_namespaces or [""]) if settings.kubernetes else ()
    for namespace in namespaces:
        access = Access(url=settings.kubernetes_url, folder=Path(settings.kubernetes_folder), namespace=namespace)
        others = set(namespaces) - {namespace}
        work = partial(kubernetes_source.follow_services, room, access, others)
        yield f"kubernetes {namespace}", until_it_works(work, "kubernetes")
