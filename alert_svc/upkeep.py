"""What is done again and again: points, partitions, timers that were lost, what is held back, what is known around."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import structlog

from alert_svc import escalating, holding, keeping, metrics, watching
from alert_svc.room import Room
from alert_svc.senders.table import LIMITS
from alert_svc.store import fallbacks, incident_lists, partitions, retention, sending
from alert_svc.telling import alarm_of
from shared import outbox
from shared.loops import tell
from shared.timers import TIMERS_STREAM

log = structlog.get_logger()

PARTITIONS_LOCK = 7_603
GATHER_SECONDS = 0.3


async def keep_partitions(room: Room) -> None:
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock($1)", PARTITIONS_LOCK)
        await partitions.keep_partitions(conn, datetime.now(UTC))


async def keep_minutes(room: Room) -> None:
    await keeping.keep_minutes(room.pool, room.evaluator, room.stored)


async def forget(room: Room) -> None:
    await keeping.forget(room.pool, room.evaluator)


async def read_quiet(room: Room) -> None:
    await watching.read_quiet(room.pool, room.evaluator)


async def watch_health(room: Room, every_seconds: float) -> None:
    """Reads what health_svc knows, now and then, and soon after every change."""
    while True:
        room.health_changed.clear()
        try:
            await watching.read_health(room.bus, room.evaluator)
        except Exception as error:
            tell("read_health", error)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(every_seconds):
                await room.health_changed.wait()
        await asyncio.sleep(GATHER_SECONDS)


async def sample_health(room: Room) -> None:
    await watching.sample_health(room.pool, room.bus)


async def look_after_held(room: Room) -> None:
    if await holding.look_after(room.pool, room.evaluator.around):
        room.wake_outbox()


async def sweep_escalations(room: Room) -> None:
    if await escalating.sweep(room.pool):
        room.wake_outbox()


async def keep_timers(room: Room) -> None:
    """Set again what the bus has lost (a new or emptied store), and remove what no longer escalates."""
    present = await room.bus.js_subjects(TIMERS_STREAM, "belfry.schedule.alert.>")
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        wanted = {
            alarm.subject: alarm
            for incident in await incident_lists.list_escalating(conn)
            if incident.next_at is not None
            for alarm in [alarm_of(incident.id, incident.next_at)]
        }
        waiting = await outbox.waiting_subjects(conn)
        missing = [alarm for subject, alarm in wanted.items() if subject not in present | waiting]
        if missing:
            await outbox.add_schedule(conn, *missing)
        for subject in present - wanted.keys() - waiting:
            await outbox.remove_schedule(conn, subject)
    if missing:
        log.info("timers.restored", timers=len(missing))
        room.wake_outbox()


async def pass_on_late(room: Room) -> None:
    """What a channel has not taken for too long goes to its fallback as well."""
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        passed = await fallbacks.pass_on_late(conn, datetime.now(UTC))
    if passed:
        log.warning("deliveries.late", passed_on=passed)
        room.wake_outbox()
        room.dispatcher.wake()


async def remove_old(room: Room) -> None:
    """Incidents that ended before the days that are kept, with their messages; bounded work in each transaction."""
    before = datetime.now(UTC) - timedelta(days=room.retention_days)
    removed = 0
    for remove in (retention.remove_incidents, retention.remove_others):
        done = retention.BATCH
        while done == retention.BATCH:
            async with room.pool.acquire(timeout=5) as conn, conn.transaction():
                done = await remove(conn, before)
            removed += done
    if removed:
        log.info("history.removed", rows=removed, before=before.isoformat())


async def measure(room: Room) -> None:
    """The gauges of /metrics."""
    metrics.SERIES.set(len(room.engine.store))
    for state, count in room.engine.book.columns.counts().items():
        metrics.ALERTS.labels(state).set(count)
    async with room.pool.acquire(timeout=5) as conn:
        waiting = await sending.count_waiting(conn)
    for kind in LIMITS:
        metrics.WAITING.labels(kind).set(waiting.get(kind, 0))
