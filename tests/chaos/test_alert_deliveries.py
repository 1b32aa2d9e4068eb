"""Messages arrive whoever dies: each at least once, and twice only where it was cut off, marked as such."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from msgspec import json

from alert_svc.samples import sample_of_channel
from deploy.local.program import Running
from shared.bus import Bus
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import WebhookChannel
from shared.contracts.alerts.requests import CreateChannel
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.providers.web import Misbehaviour, answers, running_providers, slams
from tests.fixtures.waiting import until

MESSAGES, KILLS = 180, 6
CHANNELS = ("good", "flaky", "mute")
WEATHER: tuple[Misbehaviour, ...] = (answers(204), answers(204), answers(503), answers(429, Retry_After="0"), slams)

MESSAGE = """
INSERT INTO alert.delivery (id, key, channel_id, channel_name, kind, reason, message, steps, next_at)
SELECT gen_random_uuid(), '0:' || n || ':' || c || ':0.0', c, c, 'webhook', 'fired', $1::text::jsonb,
    jsonb_build_array(jsonb_build_object('state', 'queued', 'at', now(), 'detail', '')), now()
FROM unnest($2::int[]) AS n, unnest($3::text[]) AS c
"""
STATES = "SELECT id::text AS id, channel_id, state, possible_duplicate FROM alert.delivery"


@pytest.mark.timeout(300)
async def test_two_replicas_die_at_random_while_they_send_and_nothing_is_lost(
    broker: Running, storage: Running, start_process: StartProcess
) -> None:
    """SIGKILL of each replica in turn, of nats-server and of PostgreSQL, while one receiver answers, one fails now and
    then and one is mute for a while: every message arrives; one that arrives twice was cut off, and says so."""
    env = {"NATS_URL": broker.url, "DATABASE_URL": storage.url, "BELFRY_ALERT_ALLOW": "127.0.0.0/8"}
    both: list[ServiceProcess] = [await asyncio.to_thread(start_process, "alert_svc", env) for _ in range(2)]
    chance = random.Random(7)

    async def slowly(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(chance.uniform(0, 0.2))
        return await (chance.choice(WEATHER) if "flaky" in request.path else WEATHER[0])(request)

    async with running_providers() as providers:
        providers.always |= {"/hook/mute": providers.hang, "/hook": slowly}
        await add_channels(broker.url, providers.url)
        for kill in range(KILLS):
            each = MESSAGES // KILLS
            await sql(storage.url, MESSAGE, SAMPLE, list(range(kill * each, (kill + 1) * each)), CHANNELS)
            await asyncio.sleep(chance.uniform(0, 0.6))
            server = {1: broker, 4: storage}.get(kill)
            if server is not None:
                server.kill()
                await asyncio.to_thread(server.restart)
            both[kill % 2].kill()
            both[kill % 2] = await asyncio.to_thread(start_process, "alert_svc", env)
        providers.always.clear()  # all is well again
        providers.going.set()
        rows = await until(
            lambda: sql(storage.url, STATES), lambda found: all(row["state"] == "accepted" for row in found), 200
        )
        arrived = Counter(got.headers["webhook-id"] for got in providers.received)
        good = Counter(got.headers["webhook-id"] for got in providers.at("/hook/good"))
    assert Counter(row["channel_id"] for row in rows) == dict.fromkeys(CHANNELS, MESSAGES)
    assert {row["id"] for row in rows} == arrived.keys()
    marked = {row["id"] for row in rows if row["possible_duplicate"]}
    assert {id for id, times in good.items() if times > 1} <= marked
    assert marked  # somebody died in the middle of sending


SAMPLE = json.encode(sample_of_channel("chaos", "ana", datetime(2026, 3, 1, tzinfo=UTC))).decode()


async def add_channels(nats_url: str, url: str) -> None:
    """As the gateway does."""
    bus = await Bus.connect(Settings(service="gateway", nats_url=nats_url))
    for id in CHANNELS:
        spec = WebhookChannel(id=id, name=id, url=f"{url}/hook/{id}")
        request = CreateChannel(channel=spec)
        await call(bus, alert.CREATE_CHANNEL, request, Caller(actor="ana", role="admin"), 30.0)
    await bus.close()


async def sql(url: str, query: str, *args: Any) -> Sequence[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        found: Sequence[asyncpg.Record] = await connection.fetch(query, *args)
        return found
    finally:
        await connection.close()
