"""What is stored, on a real database: totals are those of the rows, and what comes again counts once."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from prometheus_client import REGISTRY

from latency_svc.roster import EndpointKey, Roster
from latency_svc.rows import Row
from latency_svc.store.endpoints import Names, save_endpoints
from latency_svc.store.histograms import read_packed, save_rows
from latency_svc.store.partitions import keep_partitions
from latency_svc.store.totals import forget_totals, list_totals
from latency_svc.upkeep import KNOWN, LATELY, read_endpoints
from latency_svc.windows import Span
from latency_svc.writer import Writer
from shared import db
from shared.db import Pool
from shared.jetstream import Delivery
from tests.backend.latency_svc.samples import NOON, histogram_of
from tests.fixtures.samples import counted, sample_batch

pytestmark = pytest.mark.integration

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STORED_NS = time.time_ns()
BODY = msgspec.msgpack.encode(sample_batch([0.1] * 10))
KEYS = [EndpointKey(service, "GET", f"/{n}") for service in ("shop", "bank") for n in range(3)]


@pytest.fixture
async def pool(service_settings: Callable[..., Any]) -> AsyncIterator[Pool]:
    pool = await db.connect(service_settings("latency_svc"))
    yield pool
    await pool.close()


async def test_totals_are_those_of_the_rows(pool: Pool) -> None:
    """R2.2.1: of all writers, after any overwriting, over minutes and hours together."""

    def row(place: int, count: int, writer: str = "a", minute: int = 0) -> Row:
        return Row(NOON + minute * MINUTE, ids[place], writer, histogram_of(np.full(count, 0.1)))

    names, spans = Names(), [Span("1h", NOON - HOUR, NOON), Span("1m", NOON, NOON + 2 * MINUTE)]
    async with pool.acquire() as conn, conn.transaction():
        await keep_partitions(conn, NOON)
        assert await list_totals(conn, names, spans) == []
        ids = [id_ for _, id_ in sorted(await save_endpoints(conn, KEYS), key=lambda each: KEYS.index(each[0]))]
        await save_rows(conn, "1m", [row(0, 3), row(1, 5), row(4, 9)])
        await save_rows(conn, "1m", [row(0, 4), row(0, 6, "b"), row(5, 1, "c", minute=1), row(1, 7, "d", minute=2)])
        await save_rows(conn, "1h", [row(place, 2, "rollup", minute=-60) for place in (0, 5)])

        found = await list_totals(conn, names, spans)
        assert [(total.key, total.count) for total in found] == [
            (KEYS[0], 12), (KEYS[4], 9), (KEYS[1], 5), (KEYS[5], 3),
        ]  # fmt: skip
        rows = await read_packed(conn, spans)
        assert {t.endpoint_id: t.count for t in found} == {
            id_: sum(row.count for row in rows if row.endpoint_id == id_) for id_ in {row.endpoint_id for row in rows}
        }
        assert [total.key for total in await list_totals(conn, names, spans, "bank")] == [KEYS[4], KEYS[5]]
        assert await list_totals(conn, names, []) == []

        await forget_totals(conn, NOON + timedelta(hours=48) + MINUTE)
        assert [(total.key, total.count) for total in await list_totals(conn, names, spans)] == [
            (KEYS[5], 3), (KEYS[0], 2),
        ]  # fmt: skip


async def test_endpoints_without_requests_of_late_count_no_more(pool: Pool) -> None:
    """A cap is filled by what is in use, not by all that ever was."""
    now = datetime.now(UTC)
    times = [now, now - HOUR, now - 8 * 24 * HOUR]
    async with pool.acquire() as conn, conn.transaction():
        await keep_partitions(conn, now, now - 9 * 24 * HOUR)
        ids = dict(await save_endpoints(conn, KEYS[:3]))
        for key, at in zip(KEYS, times, strict=False):
            await save_rows(conn, "1m" if at == now else "1h", [Row(at, ids[key], "a", histogram_of(np.ones(1)))])

    for back, expected in ((KNOWN, KEYS[:2]), (LATELY, KEYS[:1])):
        roster = Roster()
        await read_endpoints(pool, roster, Names(), back)
        assert dict(zip(roster.keys, roster.ids, strict=True)) == {key: ids[key] for key in expected}


class Acknowledged:
    """Who hands messages out: what was acknowledged to it, by reply subject."""

    def __init__(self) -> None:
        self.replies: list[str] = []

    async def send(self, subject: str, data: bytes, headers: dict[str, str] | None = None, reply: str = "") -> None:
        assert data == b"+ACK"
        self.replies.append(subject)

    def delivery(self, place: int, deliveries: int = 1) -> Delivery:
        """The message at a place of the stream, handed out for the so-manieth time."""
        reply = f"$JS.ACK.BELFRY_SAMPLES.latency_samples.{deliveries}.{place}.1.{STORED_NS}.0"
        return Delivery(self, Msg(Client(), "belfry.samples.latency.shop", reply, BODY))


async def test_a_message_that_is_handed_out_again_counts_once(pool: Pool, database: str) -> None:
    """While it is held, after it was stored, and by whoever holds it: each time it is acknowledged, once it counts."""
    async with pool.acquire() as conn, conn.transaction():
        await keep_partitions(conn, datetime.now(UTC))
    server, told = Acknowledged(), duplicates()
    first, other = Writer(pool, Roster()), Writer(pool, Roster())

    await first.take([server.delivery(1)])
    await first.take([server.delivery(1, deliveries=2)])
    await first.flush()
    assert (await counted(database), len(server.replies), duplicates() - told) == (10, 1, 0)

    await first.take([server.delivery(1, deliveries=3)])
    await other.take([server.delivery(1, deliveries=4), server.delivery(2)])
    await other.flush()
    await first.flush()
    assert (await counted(database), len(server.replies), duplicates() - told) == (20, 4, 2)


def duplicates() -> float:
    return REGISTRY.get_sample_value("belfry_latency_messages_duplicate_total") or 0.0
