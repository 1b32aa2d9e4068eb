"""Every transition of an alert becomes one incident's beginning or end, and is queued once to each channel, whoever
dies."""

import asyncio
import random
from collections import Counter
from typing import Any

import asyncpg
import msgspec
import pytest

from deploy.local.program import Running
from shared.contracts.alerts.deliveries import JOB_STREAM, DeliveryJob
from shared.contracts.alerts.rules import AlertRuleSpec
from tests.chaos.weather import METRICS, Weather, say, speaker
from tests.fixtures.jetstream import jetstream
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.waiting import until

KILLS = 10
CHANNELS = ("ops", "phone")


class Store:
    """What alert_svc has in PostgreSQL, asked and prepared as its owner would."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def sql(self, query: str, *args: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self._url, server_settings={"search_path": "alert"})
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *args)
            return found
        finally:
            await connection.close()

    async def prepare(self, *specs: AlertRuleSpec) -> None:
        for channel in CHANNELS:
            await self.sql(
                "INSERT INTO channel (id, kind, name, config, source, updated_by) "
                "VALUES ($1, 'webhook', $1, '{}', 'api', 'a')",
                channel,
            )
        for spec in specs:
            await self.sql(
                "INSERT INTO rule (id, spec, source, created_by, updated_by) "
                "VALUES ($1, $2::text::jsonb, 'api', 'a', 'a')",
                spec.id,
                msgspec.json.encode(spec).decode(),
            )
        await self.sql(
            "INSERT INTO rule_version (rule_id, version, change, spec, changed_by) VALUES ('x', 1, 'added', '{}', 'a')"
        )

    async def counts(self) -> tuple[int, int]:
        """Incidents ever, and open ones."""
        [row] = await self.sql("SELECT count(*), count(*) FILTER (WHERE resolved_at IS NULL) FROM incident")
        return int(row[0]), int(row[1])


async def jobs(nats_url: str) -> list[DeliveryJob]:
    """Every delivery that waits for a sender."""
    async with jetstream(nats_url) as js:
        info = await js.stream_info(JOB_STREAM)
        first, last = info.state.first_seq, info.state.last_seq
        found = [await js.get_msg(JOB_STREAM, seq) for seq in range(first, last + 1)]
    return [msgspec.json.decode(message.data or b"", type=DeliveryJob) for message in found]


@pytest.mark.timeout(540)
async def test_two_replicas_and_their_servers_die_at_random_and_each_transition_is_queued_once(
    broker: Running, storage: Running, start_process: StartProcess
) -> None:
    """SIGKILL of both replicas in turn, of nats-server and of PostgreSQL; values go on being said meanwhile."""
    env = {"NATS_URL": broker.url, "DATABASE_URL": storage.url, "BELFRY_ALERT_SEND": "false"}
    store, chance = Store(storage.url), random.Random(5)
    rules = [
        AlertRuleSpec(
            id=f"rule-{n}", name=f"Rule {n}", metric=f"chaos.m{n}", operator=">", threshold=10, channels=list(CHANNELS)
        )
        for n in range(METRICS)
    ]
    await store.prepare(*rules)
    both: list[ServiceProcess] = [await asyncio.to_thread(start_process, "alert_svc", env) for _ in range(2)]
    async with speaker(broker.url) as bus:
        weather = Weather(bus, 3)
        running = asyncio.create_task(weather.run())
        for kill in range(KILLS):
            await asyncio.sleep(chance.uniform(0, 1.0))
            server = {2: broker, 4: storage, 6: broker, 8: storage}.get(kill)
            if server is not None:
                server.kill()
                await asyncio.to_thread(server.restart)
            victim = kill % 2
            both[victim].kill()
            both[victim] = await asyncio.to_thread(start_process, "alert_svc", env)
        await weather.finish(running)
    rises = sum(weather.rises.values())
    assert rises > 30

    await until(store.counts, lambda found: found == (rises, 0), 90)
    per_rule = await store.sql("SELECT rule_id, count(*) AS n FROM incident GROUP BY rule_id")
    assert {row["rule_id"]: row["n"] for row in per_rule} == dict(weather.rises)
    [sent] = await store.sql("SELECT count(*) AS n, count(DISTINCT key) AS keys FROM delivery")
    assert (sent["n"], sent["keys"]) == (rises * 2 * len(CHANNELS),) * 2
    told = await store.sql("SELECT id::text AS id FROM delivery")
    waiting = await until(lambda: jobs(broker.url), lambda found: len(found) >= len(told), 60)
    assert Counter(job.delivery_id for job in waiting) == Counter(row["id"] for row in told)


@pytest.mark.timeout(300)
async def test_what_is_pending_fires_to_the_moment_though_its_process_died(
    broker: Running, storage: Running, start_process: StartProcess
) -> None:
    """Its first breach and its duration are what count, not who was alive; what was said meanwhile is heard.
    Who recovered in time does not fire, although its duration was over when a process was there again."""
    env = {"NATS_URL": broker.url, "DATABASE_URL": storage.url, "BELFRY_ALERT_SEND": "false"}
    store = Store(storage.url)
    slow = AlertRuleSpec(id="slow", name="Slow", metric="pending.m", operator=">", threshold=10, duration=12)
    away = AlertRuleSpec(id="away", name="Away", metric="away.m", operator=">", threshold=10, channels=["ops"])
    calm = AlertRuleSpec(id="calm", name="Calm", metric="calm.m", operator=">", threshold=10, duration=10)
    await store.prepare(slow, away, calm)
    process: ServiceProcess = await asyncio.to_thread(start_process, "alert_svc", env)
    async with speaker(broker.url) as bus:
        began = await say(bus, "pending.m", 50.0)
        recovers = await say(bus, "calm.m", 50.0) + 8
        pending = "SELECT 1 FROM alert WHERE rule_id IN ('slow', 'calm') AND memory ->> 'state' = 'pending'"
        await until(lambda: store.sql(pending), lambda rows: len(rows) == 2)
        process.kill()
        await say(bus, "calm.m", 1.0, recovers)
        rose = await say(bus, "away.m", 50.0)
        fell = await say(bus, "away.m", 1.0)
        await asyncio.to_thread(start_process, "alert_svc", env)
        fired = await until(
            lambda: store.sql("SELECT rule_id, started_at, fired_at, resolved_at FROM incident ORDER BY rule_id"),
            lambda rows: len(rows) == 2,
            60,
        )
    missed, late = fired
    assert late["started_at"].timestamp() == began
    assert late["fired_at"].timestamp() == pytest.approx(began + 12, abs=1e-5)
    assert (missed["fired_at"].timestamp(), missed["resolved_at"].timestamp()) == (rose, fell)
    keys = await store.sql("SELECT split_part(key, ':', 2) AS what FROM delivery ORDER BY 1")
    assert [row["what"] for row in keys] == ["fired", "resolved"]
