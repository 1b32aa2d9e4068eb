"""PostgreSQL or health_svc itself dies, and nothing that was measured is lost, doubled or made up."""

import asyncio
from time import monotonic
from typing import Any

import asyncpg
import msgspec
import nats

from deploy.local.program import Running
from shared.bus import Bus
from shared.contracts.health.history import UptimeHistory
from shared.contracts.health.procedures import GET_HISTORY, HistoryQuery
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.chaos.changes import Changes, watching
from tests.chaos.conftest import StartHealth, answer_of
from tests.chaos.targets import Fleet, declaration, running_fleet
from tests.fixtures.jetstream import stored_changes
from tests.fixtures.processes import StartProcess
from tests.fixtures.waiting import until

SERVICES = 20
IDS = {f"s-{n}" for n in range(SERVICES)}
TOKEN = "bf_token_of_the_outage_tests_0123456789"
BOARD = "/api/v1/admin/health/services"


async def test_a_killed_database_costs_no_run_and_no_change(
    broker: Running, storage: Running, start_health: StartHealth, start_process: StartProcess
) -> None:
    """Checks go on while PostgreSQL is away, their results are recorded afterwards, and each transition is told once.
    Meanwhile the board is a 503 that names postgres, and a heartbeat is kept."""
    async with running_fleet() as fleet, watching(broker.url) as changes:
        health = await start_health(storage.url, declaration(fleet, SERVICES, 2, failure_threshold=2))
        env = {"NATS_URL": broker.url, "DATABASE_URL": storage.url, "BELFRY_ADMIN_TOKEN": TOKEN}
        gateway = await asyncio.to_thread(start_process, "gateway", env)
        await changes.until(lambda c: c.count("unknown", "healthy").keys() >= IDS, 60)
        assert (await board(gateway.url))[0] == 200

        storage.kill()
        killed = monotonic()
        fleet.failing |= set(range(SERVICES))
        await until(lambda: answer_of(f"{health.url}/readyz"), lambda a: a[0] == 503 and "postgres" in a[1])
        assert (await answer_of(f"{health.url}/healthz"))[0] == 200
        await until(lambda: board(gateway.url), lambda answer: answer[0] == 503)
        going_on = asyncio.create_task(fleet.until(lambda f: asked_often(f, killed), 60))
        while not going_on.done():
            status, problem = await board(gateway.url)
            assert (status, problem.get("service")) == (503, "postgres"), problem
        await going_on
        await beat(broker.url, "late")
        await asyncio.to_thread(storage.restart)

        await changes.until(lambda c: c.count("unknown", "healthy")["late"] == 1, 60)
        await changes.until(lambda c: c.count("healthy", "down").keys() >= IDS, 60)
        await until(lambda: answer_of(f"{health.url}/readyz"), lambda a: a[0] == 200)
        await until(lambda: board(gateway.url), lambda answer: answer[0] == 200)
        fleet.failing.clear()
        await changes.until(lambda c: c.count("down", "healthy").keys() >= IDS, 60)
        assert {i: n for i, n in (await stored_changes(broker.url)).items() if i in IDS} == dict.fromkeys(IDS, 3)
        assert await recorded_runs(storage.url) >= sum(len(seen) for seen in fleet.seen.values()) - SERVICES


async def test_only_worker_killed_leaves_a_gap_not_an_outage(
    broker: Running, database: str, start_health: StartHealth
) -> None:
    """While nobody checks nothing is known: the gap is unknown time. Afterwards each service is checked, spread out."""
    async with running_fleet() as fleet, watching(broker.url) as changes:
        declared = declaration(fleet, SERVICES, 10, failure_threshold=1)
        quick = declaration(fleet, 1, 1).replace("s-0", "quick").replace("/s/0", "/unseen").replace("services:\n", "")
        first = await start_health(database, declared + quick)
        await changes.until(lambda c: c.count("unknown", "healthy").keys() >= IDS | {"quick"}, 60)
        first.kill()
        await asyncio.sleep(13)  # nobody checks for longer than an interval, and than `quick` stays known
        await start_health(database, declared + quick)
        restarted = monotonic()
        await changes.until(lambda c: c.count("unknown", "healthy")["quick"] == 2, 60)
        await fleet.until(lambda f: len(f.asked_since(restarted)) == SERVICES, 60)
        assert fleet.busiest_second(restarted) <= SERVICES * 0.8  # all at once would be a burst
        history = await history_of(broker.url, "quick")
        today = history.days[-1]
        assert today.down_seconds == 0
        assert today.unknown_seconds > 3
        assert history.uptime_pct == 100
        assert changes.count("healthy", "unknown")["quick"] == 1
        await changes.until(each_that_was_lost_was_found, 60)


def each_that_was_lost_was_found(changes: Changes) -> bool:
    """On a busy machine the start takes so long that more of them are not known any more."""
    lost, found = changes.count("healthy", "unknown"), changes.count("unknown", "healthy")
    return all(found[service_id] == 1 + lost[service_id] for service_id in IDS)


def asked_often(fleet: Fleet, since: float) -> bool:
    return all(fleet.asked_since(since)[n] >= 3 for n in range(SERVICES))


async def board(gateway_url: str) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    status, body = await answer_of(gateway_url + BOARD, headers)
    return status, msgspec.json.decode(body)


async def beat(nats_url: str, service_id: str) -> None:
    client = await nats.connect(nats_url)
    await client.publish(f"belfry.heartbeat.{service_id}", b"")
    await client.close()


async def recorded_runs(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        count: int = await connection.fetchval("SELECT count(*) FROM health.check_run WHERE service_id LIKE 's-%'")
        return count
    finally:
        await connection.close()


async def history_of(nats_url: str, service_id: str) -> UptimeHistory:
    bus = await Bus.connect(Settings(service="gateway", nats_url=nats_url))
    try:
        reply = await call(bus, GET_HISTORY, HistoryQuery(service_id=service_id, days=1), Caller(actor="ana"), 30)
        return msgspec.json.decode(reply.data, type=UptimeHistory)
    finally:
        await bus.close()
