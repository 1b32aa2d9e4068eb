"""Every sample that JetStream acknowledged is counted, once, whoever dies."""

import asyncio
import random
from datetime import timedelta

import pytest

from deploy.local.program import Running
from latency_svc import upkeep
from shared import db
from shared.bus import Bus
from shared.settings import Settings
from tests.chaos.sending import Sender
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.samples import counted, totalled, writers
from tests.fixtures.servers import AGAIN_SECONDS
from tests.fixtures.waiting import until

KILLS = 20


@pytest.mark.timeout(540)  # on a machine that is busy with other things each start takes its time
async def test_twenty_deaths_of_the_service_and_some_of_its_servers(
    hasty_nats: Running, storage: Running, start_process: StartProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I2.2.1: SIGKILL at random moments: of latency_svc twenty times, of nats-server and PostgreSQL twice each."""
    env = {"NATS_URL": hasty_nats.url, "DATABASE_URL": storage.url}
    bus = await Bus.connect(Settings(service="shop", nats_url=hasty_nats.url))
    sender, chance = Sender(bus), random.Random(2)
    service: ServiceProcess = await asyncio.to_thread(start_process, "latency_svc", env)
    for kill in range(1, KILLS + 1):
        await asyncio.sleep(chance.uniform(0, 1.5))
        server = {5: hasty_nats, 10: storage, 14: hasty_nats, 18: storage}.get(kill)
        if server is not None:
            server.kill()
            await asyncio.to_thread(server.restart)
            await asyncio.sleep(chance.uniform(0, 1))
        service.kill()
        service = await asyncio.to_thread(start_process, "latency_svc", env)
    await sender.finish()

    await until(lambda: counted(storage.url), lambda found: found >= sender.acknowledged, 60)
    await asyncio.sleep(2 * AGAIN_SECONDS)  # whatever comes again has come
    assert await counted(storage.url) == await totalled(storage.url) == sender.acknowledged
    assert len(await writers(storage.url)) > 3
    assert await rolled_up(storage.url, monkeypatch) == (sender.acknowledged, sender.acknowledged)
    assert [await totalled(storage.url, step) for step in ("10m", "1h", "1d")] == [sender.acknowledged] * 3
    await bus.close()


async def test_two_replicas_share_the_work_and_add_up(
    hasty_nats: Running, storage: Running, start_process: StartProcess
) -> None:
    env = {"NATS_URL": hasty_nats.url, "DATABASE_URL": storage.url}
    bus = await Bus.connect(Settings(service="shop", nats_url=hasty_nats.url))
    both = [await asyncio.to_thread(start_process, "latency_svc", env) for _ in range(2)]
    sender = Sender(bus)
    await until(lambda: writers(storage.url), lambda names: len(names) == 2, 60)
    both[0].suspend()  # holds messages, and does not know that the other gets them
    await asyncio.sleep(2 * AGAIN_SECONDS)
    both[0].resume()
    await asyncio.sleep(AGAIN_SECONDS)
    await sender.finish()
    await until(lambda: counted(storage.url), lambda found: found >= sender.acknowledged, 60)
    await asyncio.sleep(2 * AGAIN_SECONDS)
    assert await counted(storage.url) == sender.acknowledged
    await bus.close()


async def rolled_up(database_url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """The durations in hours and in days, when both are rolled up now, and once more."""
    monkeypatch.setattr(upkeep, "SETTLED", dict.fromkeys(upkeep.SETTLED, timedelta(0)))
    pool = await db.connect(Settings(service="latency_svc", database_url=database_url))
    try:
        await upkeep.roll_up(pool)
        await upkeep.roll_up(pool)
    finally:
        await pool.close()
    return await counted(database_url, "1h"), await counted(database_url, "1d")
