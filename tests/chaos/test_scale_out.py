"""Two of every service (REPLICAS=3: three) on a cluster of three NATS servers: the server that leads the streams and
one of each service are killed while all of them work. What was promised is looked at from outside."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from operator import eq
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import asyncpg
import pytest

from shared.bus import Bus
from shared.contracts.alerts.deliveries import JOB_STREAM
from shared.contracts.alerts.metrics import MetricSample, MetricSampled
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.contracts.ws.events import WsStatus
from shared.jetstream import Delivery
from shared.timers import TIMERS_STREAM
from tests.chaos.heard import Heard, changes
from tests.chaos.replicas import Replicas, start_of_each
from tests.chaos.returning import Returning
from tests.chaos.sending import Sender
from tests.chaos.targets import Fleet, declaration, running_fleet
from tests.fixtures.house import AT, PIPELINE
from tests.fixtures.live import message_of
from tests.fixtures.nats_cluster import NODES, Cluster, asked, is_whole, lead, running_cluster
from tests.fixtures.processes import StartProcess
from tests.fixtures.providers.web import Providers, running_providers
from tests.fixtures.samples import send_until_stored
from tests.fixtures.waiting import until

SAMPLES_STREAM, DLQ_STREAM = "BELFRY_SAMPLES", "BELFRY_DLQ"
STREAMS = (EVENTS_STREAM, MEASURES_STREAM, SAMPLES_STREAM, TIMERS_STREAM, JOB_STREAM)
REPLICAS = int(os.environ.get("REPLICAS", "2"))
SERVICES, INTERVAL_SECONDS = 30, 15
LATE_SECONDS = 12.0  # for a busy machine; a second slot that is lost makes it fifteen more
FAILING = set(range(0, SERVICES, 3))
RULES = {"load": "scale.load", "errors": "scale.errors"}
TOKEN = "automation-token-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
ALERTS = "/api/v1/admin/alerts"
MOST = 100_000
PATIENCE_SECONDS = 120.0

ACCEPTED = "SELECT count(*) FROM alert.delivery WHERE state = 'accepted'"
COUNTED = """
SELECT coalesce(sum(count), 0)::int FROM latency.histogram_1m JOIN latency.endpoint ON id = endpoint_id
WHERE service = 'shop'
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path / "nats") as found:
        yield found


@pytest.mark.timeout(540)
async def test_a_server_and_one_of_each_service_die_at_work_and_nothing_is_lost_or_doubled(
    cluster: Cluster, database: str, start_process: StartProcess, tmp_path: Path
) -> None:
    """Each event, message and duration counts once, and no service goes unchecked for more than two intervals."""
    ask, doomed = partial(number_of, database), cluster.nodes[NODES[0]]
    async with running_fleet() as fleet, running_providers() as providers, connected(cluster) as (bus, heard):
        await lead(bus, NODES[0], STREAMS)
        replicas = await start_of_each(start_process, REPLICAS, cluster, environment(fleet, database, tmp_path))
        gateways = [gateway.url for gateway in replicas.of("gateway")]
        async with aiohttp.ClientSession() as session, aiohttp.ClientSession(gateways[1], headers=HEADERS) as admin:
            page, sender = Returning(session, gateways, HEADERS), Sender(bus, pace_seconds=0.05)
            await asyncio.wait_for(page.subscribed.wait(), PATIENCE_SECONDS)
            await heard.until_changed("unknown", "healthy", {f"s-{n}" for n in range(SERVICES)})
            await share_the_work(replicas)
            await prepare(admin, providers)
            await say(bus, "load", 20)
            await until(partial(ask, ACCEPTED), partial(eq, 1), PATIENCE_SECONDS)

            began = monotonic()
            fleet.failing |= FAILING
            await asyncio.to_thread(doomed.kill)
            await asyncio.to_thread(replicas.kill_first)
            killed = monotonic()
            await say(bus, "errors", 20)
            await fleet.until(lambda f: len(f.asked_since(killed)) == SERVICES, PATIENCE_SECONDS)
            ended = monotonic()
            await heard.until_changed("healthy", "down", {f"s-{n}" for n in FAILING})
            for rule in RULES:
                await say(bus, rule, 1)
            await until(partial(ask, ACCEPTED), partial(eq, 4), PATIENCE_SECONDS)
            await sender.finish()
            await until(partial(ask, COUNTED), lambda found: found >= sender.acknowledged, PATIENCE_SECONDS)
            await until(partial(left, bus), partial(eq, 0), PATIENCE_SECONDS)
            assert await ask(COUNTED) == sender.acknowledged

            await change_the_chain(admin)
            await asyncio.to_thread(doomed.restart, PATIENCE_SECONDS)
            for stream in STREAMS:
                await until(partial(is_whole, bus, stream), bool, PATIENCE_SECONDS)
            await replicas.others_are_ready()
            stored = await stored_in(bus, EVENTS_STREAM, "belfry.v1.>")
            await until(partial(was_told, page, health_ids(stored)[-1]), bool, PATIENCE_SECONDS)
            await page.stop()

        checked_in_time(fleet, began, ended)
        told_once(stored, heard, page)
        assert Counter(message_in(got.json()) for got in providers.at("/hook")) == {
            (f"alert.{what}", rule): 1 for rule in RULES for what in ("fired", "resolved")
        }
        seconds = [each.headers["ce-id"] for each in await stored_in(bus, MEASURES_STREAM, WsStatus.SUBJECT)]
        assert len(seconds) == len(set(seconds)) > 5
        assert (await asked(bus, f"STREAM.INFO.{DLQ_STREAM}"))["state"]["messages"] == 0


# --- before -------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def connected(cluster: Cluster) -> AsyncIterator[tuple[Bus, Heard]]:
    bus = await Bus.connect(cluster.settings())
    heard = Heard(bus)
    try:
        yield bus, heard
    finally:
        await heard.stop()
        await bus.close()


def environment(fleet: Fleet, database: str, directory: Path) -> dict[str, str]:
    config = directory / "belfry.yaml"
    config.write_text(declaration(fleet, SERVICES, INTERVAL_SECONDS, failure_threshold=1, timeout_seconds=10))
    return {
        "DATABASE_URL": database,
        "BELFRY_CONFIG": str(config),
        "BELFRY_ADMIN_TOKEN": TOKEN,
        "BELFRY_ALERT_ALLOW": "127.0.0.0/8",
    }


async def prepare(admin: aiohttp.ClientSession, providers: Providers) -> None:
    """A channel, and rules that tell it."""
    hook = {"kind": "webhook", "id": "hook", "name": "Hook", "url": f"{providers.url}/hook"}
    await done(admin, "POST", f"{ALERTS}/channels", hook)
    for id, metric in RULES.items():
        rule = {"id": id, "name": id, "metric": metric, "operator": ">", "threshold": 10, "channels": ["hook"]}
        await done(admin, "POST", f"{ALERTS}/rules", {**rule, "duration": 0})


async def done(admin: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> Any:
    async with admin.request(method, path, json=body) as answer:
        found = await answer.json(content_type=None)
        assert answer.status in (200, 201), found
        return found


async def share_the_work(replicas: Replicas) -> None:
    await replicas.have_worked("health_svc", 'belfry_consumer_messages_total{consumer="health_due"')
    await replicas.have_worked("latency_svc", 'belfry_consumer_messages_total{consumer="latency_samples"')


# --- meanwhile ----------------------------------------------------------------------------------------------------


async def say(bus: Bus, rule: str, value: float) -> None:
    """Until it is stored."""
    sample = MetricSample(value=value, labels={"service": "shop"})
    event = MetricSampled(name=RULES[rule], at=datetime.now(UTC), interval_seconds=60, samples=[sample])
    await send_until_stored(bus, message_of(event))


async def change_the_chain(admin: aiohttp.ClientSession) -> None:
    """Saved, and run by the gateways that are left."""
    chain = partial(done, admin, "GET", PIPELINE)
    found = await until(chain, lambda told: len(told["nodes"]) == REPLICAS - 1, PATIENCE_SECONDS)
    settings = {"settings": {"every": found["revision"] + 1}}
    revision = (await done(admin, "PATCH", f"{AT}/access_log", settings))["revision"]
    await done(admin, "POST", f"{PIPELINE}/apply", {"revision": revision})


async def number_of(database: str, query: str) -> int:
    connection = await asyncpg.connect(database)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def left(bus: Bus) -> int:
    """Messages of latencies that are not acknowledged: all others will not come again."""
    info = await asked(bus, f"CONSUMER.INFO.{SAMPLES_STREAM}.latency_samples")
    return int(info["num_pending"] + info["num_ack_pending"]) if info else -1


# --- afterwards ---------------------------------------------------------------------------------------------------


async def stored_in(bus: Bus, stream: str, subject: str) -> list[Delivery]:
    return await bus.replay(stream, [subject], 0, MOST) or []


def health_ids(events: Sequence[Delivery]) -> list[str]:
    """What who hears of health is told."""
    return [event.headers["ce-id"] for event in events if event.subject.startswith("belfry.v1.health.")]


async def was_told(page: Returning, event_id: str) -> bool:
    return event_id in page.told


def checked_in_time(fleet: Fleet, began: float, ended: float) -> None:
    """By one of them, at most once a slot."""
    for number in range(SERVICES):
        gap = fleet.longest_gap_seconds(number, began, ended)
        assert gap <= 2 * INTERVAL_SECONDS + LATE_SECONDS, (number, gap)
        times = sum(began < at < ended for at in fleet.seen[number])
        assert times <= (ended - began) / INTERVAL_SECONDS + 2, (number, times)


def told_once(stored: Sequence[Delivery], heard: Heard, page: Returning) -> None:
    """Each event stands in the stream once; who followed it heard each, in order, and so did the page."""
    ids = [event.headers["ce-id"] for event in stored]
    assert len(ids) == len(set(ids))
    assert [event.headers["ce-id"] for event in heard.events[: len(ids)]] == ids
    expected = {(f"s-{n}", "unknown", "healthy") for n in range(SERVICES)} | {
        (f"s-{n}", "healthy", "down") for n in FAILING
    }
    assert changes(stored) == dict.fromkeys(expected, 1)
    alerts = Counter(event.subject for event in stored)
    assert {alerts[f"belfry.v1.alert.{what}.{rule}"] for rule in RULES for what in ("fired", "resolved")} == {1}
    told = health_ids(stored)
    told = told[told.index(page.told[0]) :]
    assert page.told[: len(told)] == told
    assert set(page.answers) == {True}


def message_in(body: Any) -> tuple[str, str]:
    return body["type"], body["data"]["rule_id"]
