"""Timers: the schedule of each, and what JetStream makes of it."""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.program import Running
from shared.bus import Bus
from shared.jetstream import Delivery, OutboxMessage
from shared.timers import TIMERS_STREAM, Alarm, Timer, schedule
from tests.backend.shared.conftest import Connect, until

Due = tuple[str, datetime]


@pytest.mark.parametrize(
    ("every_seconds", "expected"),
    [
        (1, "0-59/1 * * * * *"),
        (10, "6-59/10 * * * * *"),
        (30, "6-59/30 * * * * *"),
        (60, "6 * * * * *"),
        (300, "6 3-59/5 * * * *"),
        (3600, "6 13 * * * *"),
        (21600, "6 13 5-23/6 * * *"),
        (86400, "6 13 17 * * *"),
        (7, "@every 7s"),
        (90, "@every 90s"),
        (2.5, "@every 2.5s"),
    ],
)
def test_schedules(every_seconds: float, expected: str) -> None:
    assert schedule("shop", every_seconds) == expected


@given(st.sampled_from([1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300, 900, 1800, 3600]), st.text(min_size=1, max_size=20))
def test_a_cron_schedule_is_due_exactly_every_interval(every: int, id: str) -> None:
    start = datetime(2026, 3, 29, tzinfo=UTC)
    seconds, minutes, *_ = (_matching(field) for field in schedule(id, every).split()[:2])
    moments = (start + timedelta(seconds=n) for n in range(2 * 3600))
    due = [moment for moment in moments if moment.second in seconds and moment.minute in minutes]
    gaps = {(later - earlier).total_seconds() for earlier, later in pairwise(due)}
    assert gaps <= {every}
    assert len(due) == 2 * 3600 // every


def test_phases_are_spread() -> None:
    """A thousand timers of 30 s: no second has more than twice its share."""
    firsts = Counter(schedule(f"service-{number}", 30).split("-")[0] for number in range(1_000))
    assert len(firsts) == 30
    assert max(firsts.values()) < 2 * 1_000 / 30


async def test_due_messages_come_on_the_second(streams: Running, connect: Connect) -> None:
    """Cron with seconds and @every; each timer in its own phase."""
    bus = await connect()
    due = listen(bus)
    await put(bus, Timer("health", "cron", 2), Timer("health", "every", 1.5))
    await until(lambda: sum(id == "cron" for id, _ in due) >= 4)
    nexts = [next_at for id, next_at in due if id == "cron"]
    assert all((later - earlier) % timedelta(seconds=2) == timedelta(0) for earlier, later in pairwise(nexts))
    offset = crc32(b"cron") % 2
    assert all((moment.second % 2, moment.microsecond) == (offset, 0) for moment in nexts)
    assert sum(id == "every" for id, _ in due) >= 3


async def test_a_timer_is_replaced_and_removed(streams: Running, connect: Connect) -> None:
    """Publishing to its subject again changes it; purging the subject ends it."""
    bus = await connect()
    due = listen(bus)
    await put(bus, Timer("health", "a", 3600), Timer("health", "b", 1))
    await until(lambda: len(due) >= 2)
    assert {id for id, _ in due} == {"b"}
    await put(bus, Timer("health", "a", 1))
    await until(lambda: any(id == "a" for id, _ in due))

    assert await bus.js_purge(TIMERS_STREAM, Timer("health", "b", 1).subject) == 1
    await until(lambda: [id for id, _ in due[-3:]] == ["a"] * 3)
    assert await bus.js_subjects(TIMERS_STREAM, "belfry.schedule.>") == {"belfry.schedule.health.a"}


async def test_setting_a_timer_twice_within_the_dedup_window_counts_twice(streams: Running, connect: Connect) -> None:
    """A schedule that returns to an earlier value is a new message, not a duplicate of the earlier one."""
    bus = await connect()
    due = listen(bus)
    for every_seconds in (1, 3600, 1):
        await put(bus, Timer("health", "a", every_seconds))
    await until(lambda: len(due) >= 2)
    assert {id for id, _ in due} == {"a"}


async def test_timers_outlive_the_broker_without_a_burst(streams: Running, connect: Connect) -> None:
    """Killed for some seconds: each timer is due once for what was missed, at most, then goes on."""
    bus = await connect()
    await put(bus, *(Timer("health", f"s{number}", 1 if number < 15 else 1.5) for number in range(20)))
    due = listen(bus)
    await until(lambda: len({id for id, _ in due}) == 20)
    streams.kill()
    await asyncio.sleep(4)
    await asyncio.to_thread(streams.restart)
    back_at = time.time()
    due.clear()
    await until(lambda: len(due) >= 60)
    took_seconds = time.time() - back_at
    assert len({id for id, _ in due}) == 20
    assert max(Counter(id for id, _ in due).values()) <= took_seconds + 2


async def test_after_an_outage_of_the_workers_each_timer_is_due_once(streams: Running, connect: Connect) -> None:
    """A due message that nobody took is replaced by the next one."""
    bus = await connect()
    await put(bus, *(Timer("health", f"s{number}", 1) for number in range(10)))
    await asyncio.sleep(4)
    back_at = time.time()
    due = listen(bus)
    await until(lambda: len({id for id, _ in due}) == 10)
    took_seconds = time.time() - back_at
    assert max(Counter(id for id, _ in due).values()) <= took_seconds + 2


async def test_an_alarm_is_due_once_at_its_moment_and_a_past_one_at_once(streams: Running, connect: Connect) -> None:
    """Set again, it is due at the new moment only; once due, nothing of it stays."""
    bus = await connect()
    due: list[tuple[str, datetime]] = []

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            due.append((message.subject.rsplit(".", 1)[1], datetime.now(UTC)))
            await message.ack()

    bus.consume(TIMERS_STREAM, "health_due", take)
    start = datetime.now(UTC)
    hour, second = timedelta(hours=1), timedelta(seconds=1)
    await put(bus, Alarm("health", "past", start - hour), Alarm("health", "soon", start + hour))
    await put(bus, Alarm("health", "soon", start + second))
    await until(lambda: len(due) == 2)
    assert [id for id, _ in due] == ["past", "soon"]
    assert due[1][1] - start >= second
    assert await bus.js_subjects(TIMERS_STREAM, "belfry.schedule.>") == set()


def listen(bus: Bus) -> list[Due]:
    """What is due: the timer's id, and when it will be due next."""
    due: list[Due] = []

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            next_at = datetime.fromisoformat(message.headers["Nats-Schedule-Next"])
            due.append((message.subject.rsplit(".", 1)[1], next_at))
            await message.ack()

    bus.consume(TIMERS_STREAM, "health_due", take)
    return due


async def put(bus: Bus, *timers: Timer | Alarm) -> None:
    """As the outbox does: each setting under an id of its own."""
    messages = [
        OutboxMessage(id=f"{timer.id}-{time.time_ns()}", subject=timer.subject, headers=timer.headers)
        for timer in timers
    ]
    assert len(await bus.publish_acked(messages)) == len(timers)


def _matching(field: str) -> set[int]:
    """The values that a field of a cron expression stands for."""
    if field == "*":
        return set(range(60))
    if "-" not in field:
        return {int(field)}
    bounds, step = field.split("/")
    first, last = bounds.split("-")
    return set(range(int(first), int(last) + 1, int(step)))
