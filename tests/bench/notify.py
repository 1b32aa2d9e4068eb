"""Sending: 300 webhooks to a receiver that takes 200 ms for each, by alert_svc as it runs, and by Apprise beside it."""

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec import json

from alert_svc.samples import sample_of_channel
from shared.bus import Bus
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.channels import WebhookChannel
from shared.contracts.alerts.deliveries import JOB_SUBJECT
from shared.contracts.alerts.requests import CreateChannel
from shared.envelope import Envelope
from shared.rpc import Caller, call
from shared.settings import Settings
from tests.bench.figures import Figure, against, within
from tests.bench.stage import Servers, servers, service
from tests.fixtures.waiting import until

MESSAGES = 300
RECEIVER_SECONDS = 0.2
ROUNDS = 3

INSERT = """
INSERT INTO alert.delivery (id, key, channel_id, channel_name, kind, reason, message, next_at)
SELECT gen_random_uuid(), $3 || ':' || n || ':ops:0.0', 'ops', 'ops', 'webhook', 'fired', $1::text::jsonb, now()
FROM generate_series(1, $2::int) AS n
"""
OPEN = "SELECT count(*) FROM alert.delivery WHERE finished_at IS NULL"


class Receiver:
    """Counts what has been answered."""

    def __init__(self) -> None:
        self.answered = 0
        self._wanted = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(RECEIVER_SECONDS)
        async with self._wanted:
            self.answered += 1
            self._wanted.notify_all()
        return web.Response(status=204)

    async def until(self, number: int) -> None:
        async with self._wanted:
            await self._wanted.wait_for(lambda: self.answered >= number)


def measure_notify() -> dict[str, Figure]:
    with TemporaryDirectory() as folder, servers(Path(folder)) as stores:
        env = {
            "NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_ALERT_ALLOW": "127.0.0.0/8",
        }  # fmt: skip
        with service("alert_svc", Path(folder), env):
            accepted, recorded, apprise = asyncio.run(_measure(stores))
    return {
        "webhooks_300": within(accepted, "s", at_most=2.0),
        "webhooks_300_recorded": within(recorded, "s", at_most=2.5),
        "webhooks_per_second": against(
            MESSAGES / accepted, "/s", "apprise", MESSAGES / apprise, at_least=1, note="the best of three rounds each"
        ),
    }


async def _measure(stores: Servers) -> tuple[float, float, float]:
    """Seconds until all were accepted, until that was recorded, and those of Apprise: the best of the rounds."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{rest:.*}", receiver.take)
    async with TestServer(app) as server:
        url = str(server.make_url("/hook"))
        bus = await Bus.connect(Settings(service="gateway", nats_url=stores.nats.url))
        request = CreateChannel(channel=WebhookChannel(id="ops", name="ops", url=url))
        await call(bus, alert.CREATE_CHANNEL, request, Caller(actor="bench", role="admin"), 30.0)
        rounds = [await _round(stores, bus, receiver, number) for number in range(ROUNDS)]
        apprise = [await asyncio.to_thread(_with_apprise, url) for _ in range(ROUNDS)]
        await bus.close()
    return min(first for first, _ in rounds), min(second for _, second in rounds), min(apprise)


async def _round(stores: Servers, bus: Bus, receiver: Receiver, number: int) -> tuple[float, float]:
    message = json.encode(sample_of_channel("bench", "bench", datetime.now(UTC))).decode()
    connection = await asyncpg.connect(stores.postgres.url)
    try:
        before = receiver.answered
        await connection.execute(INSERT, message, MESSAGES, str(number))
        began = time.perf_counter()
        bus.publish_raw(_job())
        await receiver.until(before + MESSAGES)
        accepted = time.perf_counter() - began
        await until(lambda: connection.fetchval(OPEN), lambda left: not left)
        return accepted, time.perf_counter() - began
    finally:
        await connection.close()


def _job() -> Envelope:
    """What the outbox would send."""
    return Envelope(JOB_SUBJECT.format(kind="webhook", delivery_id="bench"), {}, b"{}")


def _with_apprise(url: str) -> float:
    """Seconds of 300 notifications at once, in a process of its own, without its start."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.notify_apprise", url, str(MESSAGES)], capture_output=True, check=True
    )
    return float(done.stdout)
