"""Running checks: due ones as workers have room, and by hand on a lane of their own."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from time import perf_counter, time
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from msgspec.structs import replace

from health_svc.finishing import count, run_of
from health_svc.freshness import UNKNOWN_AFTER_INTERVALS
from health_svc.heartbeats import heartbeats, is_quiet
from health_svc.metrics import MISSED, RUNNING
from health_svc.probes import ProbeContext, run_checks
from health_svc.recorder import Recorder
from health_svc.store import services
from health_svc.store.recording import Finished
from health_svc.store.services import Monitored
from shared.contracts.health.runs import CheckRun
from shared.contracts.health.services import ServiceSpec, Trigger
from shared.db import Pool
from shared.jetstream import Delivery
from shared.metrics import Watched
from shared.problems import problem_of

MOST_RUNNING = 256
MOST_PER_TARGET = 64
MOST_BY_HAND = 16
MOST_FIRST_LOOKS = 100
BY_HAND_SECONDS = 4.0
STORE_AWAY_SECONDS = 2.0
OVERDUE_SECONDS = 2.0
LONGEST_SPREAD_SECONDS = 30.0
SLOW_FROM_SECONDS = 300.0  # who is checked more often is soon checked anyway


class Checker:
    """At most MOST_RUNNING scheduled runs at a time and MOST_PER_TARGET on one host and port: who waits for a slow
    target takes no place from others. Runs by hand have MOST_BY_HAND places that scheduled ones never take."""

    def __init__(self, pool: Pool, context: ProbeContext, recorder: Recorder) -> None:
        self._pool = pool
        self._context = context
        self._recorder = recorder
        self._places = asyncio.Semaphore(MOST_RUNNING)
        self._by_hand_places = asyncio.Semaphore(MOST_BY_HAND)
        self._targets: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._known: dict[str, Monitored] = {}
        self._looked: set[str] = set()
        self._overdue: list[str] | None = None
        self._put_off: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._by_hand: dict[str, asyncio.Task[CheckRun]] = {}

    async def on_due(self, messages: Sequence[Delivery]) -> None:
        """Start the check of each due message. How many can be under way is bounded by the consumer, which hands out
        only so many messages before they are acknowledged."""
        fresh = await self._learn([service_of(m) for m in messages])
        for message in messages:
            monitored = self._known.get(service_of(message))
            if monitored is None and not fresh:
                await message.nak(STORE_AWAY_SECONDS)  # only the store can tell whether there is such a service
            elif monitored is None or monitored.spec.paused:
                await message.ack()
            elif is_overdue(message) and monitored.spec.id not in self._put_off:
                await self._put_off_once(monitored.spec, message)
            elif monitored.spec.id in self._running:
                MISSED.labels("previous_running").inc()
                await message.ack()
            else:
                self._start(monitored if fresh else blind(monitored), message)

    def queues(self) -> list[Watched]:
        """Checks under way: those of timers, of which a slot is left out when there is no place in time, and those by
        hand."""
        return [
            Watched(name="health_checks", depth=lambda: len(self._running), limit=lambda: MOST_RUNNING),
            Watched(name="health_checks_by_hand", depth=lambda: len(self._by_hand), limit=lambda: MOST_BY_HAND),
        ]

    async def look_first(self) -> None:
        """Check without waiting for its timer what was never checked, and what is unknown since nobody worked for
        hours; each service once per process."""
        async with self._pool.acquire(timeout=2) as conn:
            if self._overdue is None:
                self._overdue = await services.list_overdue(conn, UNKNOWN_AFTER_INTERVALS, SLOW_FROM_SECONDS)
            unseen = [*await services.list_unseen(conn), *self._overdue]
            new = [i for i in unseen if i not in self._looked and i not in self._running][:MOST_FIRST_LOOKS]
            found = await services.list_by_ids(conn, new) if new else {}
        self._looked = self._looked.intersection(unseen) | found.keys()
        self._known.update(found)
        for monitored in found.values():
            self._start(monitored, None)

    async def _learn(self, service_ids: list[str]) -> bool:
        """Know these services as they are now. False while the store is away: checks go on as they were last seen."""
        try:
            async with self._pool.acquire(timeout=2) as conn:
                found = await services.list_by_ids(conn, service_ids)
        except Exception as error:
            if problem_of(error) is None:
                raise
            return False
        for service_id in service_ids:
            self._known.pop(service_id, None)
        self._known.update(found)
        return True

    async def _put_off_once(self, spec: ServiceSpec, message: Delivery) -> None:
        """What waited while nobody worked comes all at once. It is left to the service's next slot, which lies in a
        phase of its own, or spread where that is far away. Who was put off is checked next time, however late."""
        self._put_off.add(spec.id)
        if spec.interval_seconds <= LONGEST_SPREAD_SECONDS:
            await message.ack()
        else:
            await message.nak(random.uniform(0, LONGEST_SPREAD_SECONDS))

    def _start(self, monitored: Monitored, message: Delivery | None) -> None:
        service_id = monitored.spec.id
        self._put_off.discard(service_id)
        task = asyncio.create_task(self._scheduled(monitored, message), name=f"check {service_id}")
        self._running[service_id] = task
        task.add_done_callback(lambda _: self._running.pop(service_id, None))

    async def _scheduled(self, monitored: Monitored, message: Delivery | None) -> None:
        finished = None
        async with AsyncExitStack() as held:
            try:
                await asyncio.wait_for(self._take_places(held, monitored.spec), monitored.spec.interval_seconds)
            except TimeoutError:
                MISSED.labels("target_busy").inc()
            else:
                finished = await self._run(monitored, "schedule", monitored.spec.timeout_seconds)
        if finished is not None and not is_quiet(finished.run):
            self._recorder.put(finished, message)
        elif message is not None:
            await message.ack()

    async def _take_places(self, held: AsyncExitStack, spec: ServiceSpec) -> None:
        """First at each of its targets, always in the same order, then among all."""
        for target in sorted(targets_of(spec)):
            place = self._targets.get(target) or asyncio.Semaphore(MOST_PER_TARGET)
            self._targets[target] = place
            await held.enter_async_context(place)
        await held.enter_async_context(self._places)

    async def check_now(self, monitored: Monitored) -> CheckRun:
        """Run by hand within BY_HAND_SECONDS, recorded; callers at the same time share one run."""
        service_id = monitored.spec.id
        task = self._by_hand.get(service_id)
        if task is None:
            task = asyncio.create_task(self._run_by_hand(monitored))
            self._by_hand[service_id] = task
            task.add_done_callback(lambda _: self._by_hand.pop(service_id, None))
        return await asyncio.shield(task)

    async def _run_by_hand(self, monitored: Monitored) -> CheckRun:
        async with self._by_hand_places:
            finished = await self._run(monitored, "manual", min(monitored.spec.timeout_seconds, BY_HAND_SECONDS))
        await self._recorder.put(finished)
        return finished.run

    async def try_once(self, spec: ServiceSpec) -> CheckRun:
        """Run the checks of an unsaved service; nothing is recorded."""
        async with self._by_hand_places:
            limited = replace(spec, timeout_seconds=min(spec.timeout_seconds, BY_HAND_SECONDS))
            started_at, started = datetime.now(UTC), perf_counter()
            outcomes = await run_checks(limited, self._context)
        return run_of(spec.id, "manual", started_at, started, outcomes).run

    async def _run(self, monitored: Monitored, trigger: Trigger, timeout_seconds: float) -> Finished:
        RUNNING.inc()
        try:
            started_at, started = datetime.now(UTC), perf_counter()
            outcomes = await run_checks(replace(monitored.spec, timeout_seconds=timeout_seconds), self._context)
        finally:
            RUNNING.dec()
        outcomes = [*outcomes, *heartbeats(monitored, started_at)]
        count(outcomes, trigger)
        return run_of(monitored.spec.id, trigger, started_at, started, outcomes)


def service_of(message: Delivery) -> str:
    return message.subject.rsplit(".", 1)[1]


def is_overdue(message: Delivery) -> bool:
    """Did it wait while nobody worked?"""
    return time() - message.stored_at > OVERDUE_SECONDS


def blind(monitored: Monitored) -> Monitored:
    """As it is known without the store, to which heartbeats come: their silence then says nothing."""
    return replace(monitored, last_beat_at=None)


def targets_of(spec: ServiceSpec) -> set[str]:
    """The `host:port`s that a service's checks reach."""
    urls = {urlsplit(url).netloc for check in spec.checks if (url := getattr(check, "url", None))}
    hosts = {f"{check.host}:{getattr(check, 'port', '')}" for check in spec.checks if hasattr(check, "host")}
    return urls | hosts
