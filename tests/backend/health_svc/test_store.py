"""What is kept of runs: recorded once, whoever records, in partitions by day."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from health_svc.store import runs, services
from health_svc.store.recording import Recorded
from shared.db import Pool
from tests.backend.health_svc.stored import declare, finished, monitored, open_pool, record_all

NOW = datetime.now(UTC)
SECOND = timedelta(seconds=1)
MANY = 20

pytestmark = pytest.mark.integration


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with open_pool(database) as pool:
        async with pool.acquire() as conn:
            await runs.keep_partitions(conn, NOW.date())
        yield pool


def transitions(recorded: list[list[Recorded]]) -> list[tuple[str, str]]:
    return [(t.from_status, t.to_status) for batch in recorded for r in batch for t in r.transitions]


async def events_of(pool: Pool, service_id: str = "shop") -> int:
    count: int = await pool.fetchval(
        "SELECT count(*) FROM outbox WHERE subject = $1", f"belfry.v1.health.changed.{service_id}"
    )
    return count


async def test_workers_at_the_same_time_confirm_one_transition(pool: Pool) -> None:
    """R2.1.2: many replicas record the failure that crosses the threshold; one of them tells the change."""
    await declare(pool, failure_threshold=3)
    first = [
        finished("shop", NOW - 3 * SECOND, "pass"),
        finished("shop", NOW - 2 * SECOND, "fail"),
        finished("shop", NOW - 1 * SECOND, "fail"),
    ]
    assert transitions([await record_all(pool, *first)]) == [("unknown", "healthy")]
    rivals = [record_all(pool, finished("shop", NOW + n * SECOND, "fail")) for n in range(MANY)]
    assert transitions(await asyncio.gather(*rivals)) == [("healthy", "down")]
    assert await events_of(pool) == 2
    spans = await pool.fetch("SELECT status, to_at FROM status_interval ORDER BY id")
    assert [(s["status"], s["to_at"] is None) for s in spans] == [("healthy", False), ("down", True)]


async def test_overlapping_batches_do_not_block_each_other_for_ever(pool: Pool) -> None:
    """Two replicas with the same services in another order: rows are locked in one order, so nobody deadlocks."""
    ids = [f"s-{n}" for n in range(MANY)]
    for service_id in ids:
        await declare(pool, service_id)
    forth = [record_all(pool, *(finished(i, NOW + n * SECOND, "fail") for i in ids)) for n in range(4)]
    back = [record_all(pool, *(finished(i, NOW + n * SECOND, "fail") for i in reversed(ids))) for n in range(4, 8)]
    seen = transitions(await asyncio.wait_for(asyncio.gather(*forth, *back), 30))
    assert seen == [("unknown", "down")] * MANY


async def test_a_run_that_is_recorded_again_changes_nothing(pool: Pool) -> None:
    await declare(pool)
    run = finished("shop", NOW, "fail")
    await record_all(pool, run)
    before = await monitored(pool)
    assert transitions([await record_all(pool, run, run)]) == []
    assert await monitored(pool) == before
    assert await events_of(pool) == 1
    assert await pool.fetchval("SELECT count(*) FROM check_run") == 1


async def test_a_late_run_is_listed_and_overrules_nothing(pool: Pool) -> None:
    """A slow check that ends after a younger one says what was, not what is."""
    await declare(pool)
    young = finished("shop", NOW, "pass")
    await record_all(pool, young)
    before = await monitored(pool)
    assert transitions([await record_all(pool, finished("shop", NOW - SECOND, "fail"))]) == []
    assert await monitored(pool) == before
    assert await pool.fetchval("SELECT count(*) FROM check_run") == 2


async def test_runs_of_a_deleted_service_are_left_out(pool: Pool) -> None:
    await declare(pool, "gone")
    await declare(pool)
    async with pool.acquire() as conn, conn.transaction():
        assert await services.remove(conn, "gone", "ana")
    [recorded] = await record_all(pool, finished("gone", NOW, "fail"), finished("shop", NOW, "fail"))
    assert recorded.run.service_id == "shop"
    assert await pool.fetchval("SELECT count(*) FROM check_run WHERE service_id = 'gone'") == 0
    assert await events_of(pool, "gone") == 0


async def test_a_run_that_ends_after_the_pause_starts_nothing(pool: Pool) -> None:
    await declare(pool)
    await record_all(pool, finished("shop", NOW - SECOND, "pass"))
    await declare(pool, paused=True)
    assert transitions([await record_all(pool, finished("shop", NOW, "pass"))]) == []
    assert await pool.fetchval("SELECT count(*) FROM status_interval WHERE to_at IS NULL AND status <> 'unknown'") == 0
    await declare(pool)
    assert transitions([await record_all(pool, finished("shop", NOW + SECOND, "pass"))]) == [("unknown", "healthy")]


async def test_partitions_are_made_ahead_and_dropped_whole(pool: Pool) -> None:
    """A week of runs is kept; each later day drops one partition and makes one."""

    async def partitions(day_offset: int) -> list[str]:
        async with pool.acquire() as conn:
            await runs.keep_partitions(conn, (NOW + timedelta(days=day_offset)).date())
        rows = await pool.fetch(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'check_run'::regclass ORDER BY 1"
        )
        return [row["relname"] for row in rows]

    def named(first: int, last: int) -> list[str]:
        return [f"check_run_{NOW + timedelta(days=n):%Y%m%d}" for n in range(first, last + 1)]

    await declare(pool)
    await record_all(pool, finished("shop", NOW, "pass"))
    for offset in range(7):
        assert (await partitions(offset))[0] == named(-1, -1)[0]
    assert await partitions(7) == named(0, 9)
    assert await pool.fetchval("SELECT count(*) FROM check_run") == 1
    assert await partitions(8) == named(1, 10)
    assert await pool.fetchval("SELECT count(*) FROM check_run") == 0
