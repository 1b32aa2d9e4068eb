"""The way of runs into the store: nothing that one run is can stop the others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from health_svc import recorder
from health_svc.recorder import Recorder
from health_svc.store import runs
from health_svc.windows import Windows
from shared.bus import Bus
from shared.contracts.wire import Event
from shared.db import Pool
from tests.backend.health_svc.stored import declare, finished, open_pool

NOW = datetime.now(UTC)
NEVER = datetime(2200, 1, 1, tzinfo=UTC)  # no partition will take it

pytestmark = pytest.mark.integration


class Heard:
    """Stands for the bus: what was published."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    async with open_pool(database) as pool:
        async with pool.acquire() as conn:
            await runs.keep_partitions(conn, NOW.date())
        yield pool


@pytest.fixture
async def working(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Recorder]:
    monkeypatch.setattr(recorder, "RETRY_SECONDS", (0.01, 0.01))
    found = Recorder(pool, cast(Bus, Heard()), Windows(), lambda: None)
    task = asyncio.create_task(found.run())
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_run_that_the_store_refuses_is_dropped_alone(working: Recorder, pool: Pool) -> None:
    for service_id in ("first", "bad", "last"):
        await declare(pool, service_id)
    waiting = [
        working.put(finished("first", NOW, "pass")),
        working.put(finished("bad", NEVER, "pass")),
        working.put(finished("last", NOW, "pass")),
    ]
    first, bad, last = await asyncio.wait_for(asyncio.gather(*waiting), 60)
    assert (first and first.status, bad, last and last.status) == ("healthy", None, "healthy")
    assert await pool.fetchval("SELECT count(*) FROM check_run") == 2


async def test_a_queue_that_is_full_drops_the_oldest(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is away for very long: memory is bounded, and the newest results are kept."""
    monkeypatch.setattr(recorder, "MOST_WAITING", 3)
    idle = Recorder(pool, cast(Bus, Heard()), Windows(), lambda: None)
    waiting = [idle.put(finished("shop", NOW + timedelta(seconds=n), "pass")) for n in range(4)]
    assert await asyncio.wait_for(waiting[0], 60) is None
    await declare(pool)
    task = asyncio.create_task(idle.run())
    kept = await asyncio.wait_for(asyncio.gather(*waiting[1:]), 60)
    assert [r and r.status for r in kept] == ["healthy"] * 3
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
