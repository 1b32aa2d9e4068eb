"""What must be done again and again: partitions, roll-ups, timers that were lost, windows read anew."""

from datetime import UTC, date, datetime, time, timedelta

import structlog

from health_svc import uptime
from health_svc.api.history import data_end
from health_svc.room import UPTIME_DAYS, Room
from health_svc.store import intervals, maintenance, runs, services
from health_svc.store.services import Monitored
from health_svc.uptime import Span, Totals
from shared import outbox
from shared.timers import TIMERS_STREAM

log = structlog.get_logger()

ROLL_UP_LOCK = 7_302
PARTITIONS_LOCK = 7_303


async def keep_partitions(room: Room) -> None:
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock($1)", PARTITIONS_LOCK)
        await runs.keep_partitions(conn, datetime.now(UTC).date())


async def read_windows(room: Room) -> None:
    async with room.pool.acquire(timeout=5) as conn:
        room.windows.replace(await maintenance.list_windows(conn))


async def roll_up_recent(room: Room) -> None:
    """Yesterday and today, which still change."""
    await _roll_up(room, datetime.now(UTC).date() - timedelta(days=1))


async def roll_up_missing(room: Room) -> None:
    """Every day of the board's window that some service has no roll-up of: it was forgotten, or Belfry was away."""
    today = datetime.now(UTC).date()
    async with room.pool.acquire(timeout=5) as conn:
        first = await intervals.first_missing_day(conn, today - timedelta(days=UPTIME_DAYS - 1), today)
    if first < today:
        await _roll_up(room, first)


async def _roll_up(room: Room, first: date) -> None:
    """From a day on, of every service. One replica does it; the others find the lock taken."""
    now = datetime.now(UTC)
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        if not await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", ROLL_UP_LOCK):
            return
        found = await services.list_monitored(conn)
        ends = {m.spec.id: data_end(m, now) for m in found}
        spans = await intervals.list_spans(conn, list(ends), midnight(first), ends)
        rows = [
            (m.spec.id, day, day_totals(room, m, spans.get(m.spec.id, []), day, now))
            for m in found
            for day in days_between(max(first, m.created_at.date()), now.date())
        ]
        await intervals.save_days(conn, rows)


def day_totals(room: Room, m: Monitored, spans: list[Span], day: date, now: datetime) -> Totals:
    from_at, to_at = max(midnight(day), m.created_at), min(midnight(day + timedelta(days=1)), now)
    return uptime.summarise(spans, room.windows.between(m.spec, from_at, to_at), from_at, max(from_at, to_at))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


async def read_totals(room: Room) -> None:
    await room.snapshot.read_totals()


async def look_first(room: Room) -> None:
    await room.checker.look_first()


async def keep_timers(room: Room) -> None:
    """Schedule again what the bus has lost (a new or emptied store), and unschedule what no longer exists."""
    present = await room.bus.js_subjects(TIMERS_STREAM, f"belfry.schedule.{services.DOMAIN}.>")
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        await services.hold_still(conn)  # else a timer that was just set could be taken for one that nobody owns
        wanted = {
            timer.subject: timer
            for m in await services.list_monitored(conn)
            if not m.spec.paused
            for timer in [services.timer_of(m.spec.id, m.spec.interval_seconds)]
        }
        waiting = await outbox.waiting_subjects(conn)
        for subject in wanted.keys() - present - waiting:
            await outbox.add_schedule(conn, wanted[subject])
        for subject in present - wanted.keys() - waiting:
            await outbox.remove_schedule(conn, subject)
    if missing := wanted.keys() - present - waiting:
        log.info("timers.restored", timers=len(missing))
        room.wake_outbox()
