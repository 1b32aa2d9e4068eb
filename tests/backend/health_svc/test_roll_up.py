"""The days that the board reads are what the intervals say, also after the past was changed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from health_svc import upkeep
from health_svc.api import maintenance
from health_svc.room import Room, Snapshot
from health_svc.store import intervals, services
from health_svc.uptime import Totals
from health_svc.windows import Windows
from shared.contracts.health import procedures as contract
from shared.contracts.health.maintenance import MaintenanceSpec
from shared.db import Pool
from shared.rpc import Caller
from tests.backend.health_svc.stored import declare, open_pool

CALLER = Caller(actor="ana", role="operator")
TODAY = datetime.now(UTC).date()
DAY_SECONDS = 86_400.0

pytestmark = pytest.mark.integration


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with open_pool(database) as pool:
        yield pool


@pytest.fixture
def room(pool: Pool) -> Room:
    """Of the room only what roll-ups use."""
    windows, absent = Windows(), None
    parts: dict[str, Any] = {"bus": absent, "recorder": absent, "checker": absent, "wake_outbox": absent}
    return Room(pool=pool, windows=windows, snapshot=Snapshot(pool, windows), **parts)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def at(offset: int, hours: float = 0) -> datetime:
    return upkeep.midnight(day(offset)) + timedelta(hours=hours)


async def lived(pool: Pool, since: int, *spans: tuple[str, datetime, datetime | None]) -> None:
    """A service that was declared so many days ago, and what it was since."""
    await declare(pool)
    await pool.execute("UPDATE service SET created_at = $1", at(since))
    for status, from_at, to_at in spans:
        await pool.execute(
            "INSERT INTO status_interval (service_id, service_name, status, from_at, to_at, confirmed_at, reason)"
            " VALUES ('shop', 'shop', $1, $2, $3, $2, '')",
            status, from_at, to_at,
        )  # fmt: skip


async def rolled_up(room: Room) -> dict[date, Totals]:
    await upkeep.roll_up_missing(room)
    await upkeep.roll_up_recent(room)
    rows = await room.pool.fetch("SELECT day, totals::text AS totals FROM uptime_day")
    return {row["day"]: msgspec.json.decode(row["totals"], type=Totals) for row in rows}


async def missing(pool: Pool) -> date:
    async with pool.acquire() as conn:
        return await intervals.first_missing_day(conn, day(-29), TODAY)


def window(starts_at: datetime, hours: float) -> MaintenanceSpec:
    return MaintenanceSpec(title="Move", starts_at=starts_at, duration_seconds=hours * 3600)


async def test_days_are_what_the_intervals_say(room: Room, pool: Pool) -> None:
    """I2.1.2: each day of the roll-up is the time of the intervals on it, and the sums are the whole."""
    await lived(
        pool, -5,
        ("healthy", at(-5, 6), at(-4, 12)), ("down", at(-4, 12), at(-3, 6)), ("healthy", at(-3, 6), at(-1)),
    )  # fmt: skip
    days = await rolled_up(room)
    assert days[day(-5)] == Totals(healthy_seconds=18 * 3600, unknown_seconds=6 * 3600)
    assert days[day(-4)] == Totals(healthy_seconds=DAY_SECONDS / 2, down_seconds=DAY_SECONDS / 2)
    assert days[day(-3)] == Totals(healthy_seconds=18 * 3600, down_seconds=6 * 3600)
    assert days[day(-1)] == Totals(unknown_seconds=DAY_SECONDS)
    assert set(days) == {day(n) for n in range(-5, 1)}
    async with pool.acquire() as conn:
        summed = (await intervals.sum_days(conn, day(-29)))["shop"]
    assert (summed.healthy_seconds, summed.down_seconds) == (72 * 3600, 18 * 3600)


async def test_missing_days_are_found_and_filled(room: Room, pool: Pool) -> None:
    """Belfry was away: the first day without a roll-up is found, and afterwards none is missing."""
    await lived(pool, -9, ("healthy", at(-9), at(0)))
    assert await missing(pool) == day(-9)
    assert len(await rolled_up(room)) == 10
    assert await missing(pool) == TODAY
    await pool.execute("DELETE FROM uptime_day WHERE day = $1", day(-4))
    assert await missing(pool) == day(-4)
    assert (await rolled_up(room))[day(-4)] == Totals(healthy_seconds=DAY_SECONDS)


async def test_a_past_of_an_earlier_namesake_is_not_looked_for_again_and_again(room: Room, pool: Pool) -> None:
    """A service that was removed and declared anew begins anew; its intervals of before leave no day missing."""
    await lived(pool, -9, ("healthy", at(-9), at(-5)))
    async with pool.acquire() as conn, conn.transaction():
        await services.remove(conn, "shop", "ana")
    await declare(pool)
    assert set(await rolled_up(room)) == {TODAY}
    assert await missing(pool) == TODAY


async def test_maintenance_of_the_past_is_counted_again(room: Room, pool: Pool) -> None:
    """F2.1.2: a window written down afterwards, moved and removed again changes the days it covers, and they follow."""
    await lived(pool, -6, ("down", at(-6), at(0)))
    down = Totals(down_seconds=DAY_SECONDS)
    half = Totals(down_seconds=DAY_SECONDS / 2, maintenance_seconds=DAY_SECONDS / 2)
    assert (await rolled_up(room))[day(-4)] == down

    made = await maintenance.create_maintenance(room, contract.CreateMaintenance(spec=window(at(-4), 12)), CALLER)
    days = await rolled_up(room)
    assert (days[day(-4)], days[day(-3)]) == (half, down)

    moved = contract.UpdateMaintenance(maintenance_id=made.id, spec=window(at(-2), 12))
    await maintenance.update_maintenance(room, moved, CALLER)
    days = await rolled_up(room)
    assert (days[day(-4)], days[day(-2)]) == (down, half)

    ahead = contract.UpdateMaintenance(maintenance_id=made.id, spec=window(at(3), 12))
    await maintenance.update_maintenance(room, ahead, CALLER)
    assert (await rolled_up(room))[day(-2)] == down

    await maintenance.update_maintenance(room, moved, CALLER)
    assert (await rolled_up(room))[day(-2)] == half
    await maintenance.delete_maintenance(room, contract.MaintenanceRef(maintenance_id=made.id), CALLER)
    assert (await rolled_up(room))[day(-2)] == down
