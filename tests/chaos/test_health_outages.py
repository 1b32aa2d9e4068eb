"""The message bus dies, loses everything, or falls silent, and health_svc goes on afterwards."""

import asyncio
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

from deploy.local.program import Running
from tests.chaos.changes import Changes, watching
from tests.chaos.conftest import StartHealth, answer_of
from tests.chaos.targets import Fleet, declaration, running_fleet
from tests.fixtures.jetstream import schedules, stored_changes
from tests.fixtures.processes import ServiceProcess, clean_environment
from tests.fixtures.waiting import until

SERVICES = 60
INTERVAL_SECONDS = 10
IDS = {f"s-{n}" for n in range(SERVICES)}
MOST_AT_ONCE = 0.8  # all at once would be a burst; a process that stood still for some seconds makes up for them
RECOVERY_SECONDS = 60  # a reconnect backs off up to 5 s, then comes an interval; the rest is for a busy machine


async def all_healthy(changes: Changes) -> None:
    await changes.until(lambda c: c.count("unknown", "healthy").keys() >= IDS, 60)


async def down_was_recorded(health: ServiceProcess, service_id: str) -> bool:
    """The log says so once the fact is in the database."""
    return any(
        (line["event"], line.get("service_id"), line.get("to_status")) == ("health.changed", service_id, "down")
        for line in health.logs()
    )


async def a_check_ends_during_the_outage(fleet: Fleet, broker: Running, health: ServiceProcess) -> None:
    """A check is under way when NATS is killed, and finds its service down before NATS is back."""
    held = fleet.hold(0)
    fleet.failing.add(0)
    await asyncio.wait_for(held.arrived.wait(), 60)
    broker.kill()
    held.go.set()
    await until(lambda: down_was_recorded(health, "s-0"), bool)


async def test_a_killed_bus_costs_no_schedule_and_no_fact(
    broker: Running, database: str, start_health: StartHealth
) -> None:
    """After a restart on the same store every service is checked again, spread out; a change that was recorded
    meanwhile is told once."""
    async with running_fleet() as fleet, watching(broker.url) as changes:
        health = await start_health(database, declaration(fleet, SERVICES, INTERVAL_SECONDS, failure_threshold=1))
        await all_healthy(changes)
        scheduled = await until(lambda: schedules(broker.url), lambda s: s.keys() >= IDS)

        await a_check_ends_during_the_outage(fleet, broker, health)
        assert (await answer_of(f"{health.url}/healthz"))[0] == 200
        await until(lambda: answer_of(f"{health.url}/readyz"), lambda a: a[0] == 503 and "nats" in a[1])
        await asyncio.to_thread(broker.restart)
        restarted = monotonic()

        assert await schedules(broker.url) == scheduled
        await fleet.until(lambda f: len(f.asked_since(restarted)) == SERVICES, RECOVERY_SECONDS)
        assert fleet.busiest_second(restarted) <= SERVICES * MOST_AT_ONCE
        since_seconds = monotonic() - restarted
        assert fleet.asked_since(restarted).total() <= SERVICES * (since_seconds / INTERVAL_SECONDS + 1)
        stored = await until(lambda: stored_changes(broker.url), lambda s: s.get("s-0", 0) >= 2)
        assert {i: n for i, n in stored.items() if i in IDS} == {**dict.fromkeys(IDS, 1), "s-0": 2}
        await until(lambda: answer_of(f"{health.url}/readyz"), lambda a: a[0] == 200)


async def test_an_emptied_bus_is_filled_again(
    broker: Running, database: str, start_health: StartHealth, tmp_path: Path
) -> None:
    """The store of NATS is lost: with its streams declared again, every timer comes back by itself."""
    async with running_fleet() as fleet, watching(broker.url) as changes:
        health = await start_health(database, declaration(fleet, SERVICES, INTERVAL_SECONDS, failure_threshold=1))
        await all_healthy(changes)
        scheduled = await until(lambda: schedules(broker.url), lambda s: s.keys() >= IDS)

        await a_check_ends_during_the_outage(fleet, broker, health)
        shutil.rmtree(tmp_path / "nats" / "jetstream")
        await asyncio.to_thread(broker.restart)
        await asyncio.to_thread(apply_streams, broker.url)
        restarted = monotonic()

        assert await until(lambda: schedules(broker.url), lambda s: s.keys() >= scheduled.keys()) == scheduled
        await fleet.until(lambda f: len(f.asked_since(restarted)) == SERVICES, RECOVERY_SECONDS)
        stored = await until(lambda: stored_changes(broker.url), lambda s: "s-0" in s)
        assert {i: n for i, n in stored.items() if i in IDS} == {"s-0": 1}


async def test_a_silent_bus_holds_nobody_up(broker: Running, database: str, start_health: StartHealth) -> None:
    """NATS is suspended: connected, but silent. The process stays alive and says what is wrong, and recovers."""
    async with running_fleet() as fleet, watching(broker.url) as changes:
        health = await start_health(database, declaration(fleet, SERVICES, INTERVAL_SECONDS))
        await all_healthy(changes)
        broker.signal(signal.SIGSTOP)
        await until(lambda: answer_of(f"{health.url}/readyz"), lambda a: a[0] == 503 and "nats" in a[1])
        for _ in range(5):
            assert (await answer_of(f"{health.url}/healthz"))[0] == 200
            assert (await answer_of(f"{health.url}/metrics"))[0] == 200
        broker.signal(signal.SIGCONT)
        resumed = monotonic()
        await until(lambda: answer_of(f"{health.url}/readyz"), lambda a: a[0] == 200)
        await fleet.until(lambda f: len(f.asked_since(resumed)) == SERVICES, RECOVERY_SECONDS)
        assert health.run.process.poll() is None


def apply_streams(nats_url: str) -> None:
    argv = (sys.executable, "-m", "deploy.nats", "apply", "--url", nats_url)
    subprocess.run(argv, check=True, env=clean_environment(), capture_output=True, timeout=60)
