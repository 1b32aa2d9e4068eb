"""The outbox between a real PostgreSQL and a real nats-server, both of which may die."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.program import Running
from shared import db, outbox
from shared.bus import Bus, Message
from shared.contracts.health.events import ServiceDeclared
from shared.contracts.wire import EVENTS_STREAM
from shared.db import Pool
from shared.jetstream import Delivery, OutboxMessage
from shared.migrations import migrate
from shared.settings import Settings
from shared.timers import TIMERS_STREAM, Timer
from tests.backend.shared.conftest import Connect, until
from tests.fixtures.servers import new_database

SUBJECTS = ["belfry.v1.health.declared.*"]


@pytest.fixture
def shop_database(postgres_url: str) -> Iterator[str]:
    with new_database(postgres_url) as url:
        yield url


@pytest.fixture
async def pool(shop_database: str, tmp_path: Path) -> AsyncIterator[Pool]:
    """A schema that has nothing but an outbox."""
    await migrate(shop_database, "shop_svc", tmp_path)
    async with await db.connect(Settings(service="shop_svc", database_url=shop_database)) as pool:
        yield pool


@pytest.fixture
async def bus(streams: Running, connect: Connect) -> Bus:
    return await connect()


async def add(pool: Pool, versions: Sequence[int], service_id: str = "shop") -> None:
    events = [
        ServiceDeclared(service_id=service_id, change="changed", version=version, actor="me") for version in versions
    ]
    async with pool.acquire() as conn, conn.transaction():
        await outbox.add(conn, events)


async def relay_until_empty(pool: Pool, bus: Bus) -> None:
    for _ in range(1_000):
        await bus.wait_up()
        if not await outbox.relay_once(pool, bus):
            await asyncio.sleep(0.01)
        if not await pool.fetchval("SELECT count(*) FROM outbox WHERE rejected IS NULL"):
            return
    raise AssertionError("not empty")


async def stored(bus: Bus, count: int) -> list[Delivery]:
    found: list[Delivery] = []
    async with asyncio.timeout(60):
        async for message in bus.follow(EVENTS_STREAM, SUBJECTS, 0):
            found.append(message)
            if len(found) == count:
                break
    return found


def versions_of(messages: Sequence[Delivery]) -> list[int]:
    return [int(message.data.split(b'"version":')[1].split(b",")[0]) for message in messages]


async def test_events_are_stored_in_order_as_cloudevents(pool: Pool, bus: Bus) -> None:
    await add(pool, range(1, 701))
    await relay_until_empty(pool, bus)
    messages = await stored(bus, 700)
    assert versions_of(messages) == list(range(1, 701))
    headers = messages[0].headers
    assert headers["ce-id"] == headers["Nats-Msg-Id"]
    assert {name: headers[name] for name in ("ce-specversion", "ce-type", "ce-source", "ce-datacontenttype")} == {
        "ce-specversion": "1.0",
        "ce-type": "health.declared.v1",
        "ce-source": "/belfry/health",
        "ce-datacontenttype": "application/json",
    }


async def test_what_is_rolled_back_is_not_sent(pool: Pool, bus: Bus) -> None:
    class StopError(Exception): ...

    async def change_and_fail() -> None:
        async with pool.acquire() as conn, conn.transaction():
            await outbox.add(conn, [ServiceDeclared(service_id="shop", change="changed", version=1, actor="me")])
            raise StopError

    with pytest.raises(StopError):
        await change_and_fail()
    await add(pool, [2])
    await relay_until_empty(pool, bus)
    assert versions_of(await stored(bus, 1)) == [2]


async def test_300_events_through_a_kill_of_the_broker(pool: Pool, bus: Bus, streams: Running) -> None:
    """All of them, unique, in order: written before, while it is away, and after."""
    done = asyncio.Event()

    async def write() -> None:
        for first in range(0, 300, 10):
            await add(pool, range(first, first + 5), "shop")
            await add(pool, range(first + 5, first + 10), "bakery")
            await asyncio.sleep(0.02)
        done.set()

    async def relay() -> None:
        while True:
            await bus.wait_up()
            await outbox.relay_once(pool, bus)
            await asyncio.sleep(0.005)

    tasks = [asyncio.create_task(write()), asyncio.create_task(relay())]
    await asyncio.sleep(0.2)
    streams.kill()
    await asyncio.sleep(1)
    await asyncio.to_thread(streams.restart)
    await done.wait()
    await relay_until_empty(pool, bus)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    messages = await stored(bus, 300)
    assert versions_of(messages) == list(range(300))
    assert len({message.headers["ce-id"] for message in messages}) == 300


async def test_a_row_whose_acknowledgement_was_lost_is_stored_once(pool: Pool, bus: Bus) -> None:
    """A relay that dies between sending and deleting leaves its rows to the next."""
    await add(pool, [1, 2, 3])
    rows = await pool.fetch("SELECT id::text, subject, headers, body FROM outbox ORDER BY position")
    lost = [OutboxMessage(**dict(row)) for row in rows]
    assert await bus.publish_acked(lost) == [message.id for message in lost]
    await relay_until_empty(pool, bus)
    await add(pool, [4])
    await relay_until_empty(pool, bus)
    assert versions_of(await stored(bus, 4)) == [1, 2, 3, 4]


async def test_two_relays_keep_the_order(pool: Pool, bus: Bus, connect: Connect) -> None:
    other = await connect("gateway")
    await add(pool, range(1_200))
    await asyncio.gather(relay_until_empty(pool, bus), relay_until_empty(pool, other))
    assert versions_of(await stored(bus, 1_200)) == list(range(1_200))


async def test_a_message_that_is_never_taken_steps_aside(pool: Pool, bus: Bus) -> None:
    """It stays with its reason, and does not hold up the others."""
    async with pool.acquire() as conn, conn.transaction():
        await outbox.add_schedule(conn, Timer("health", "bad", 1))
        await conn.execute("""UPDATE outbox SET headers = headers || '{"Nats-Schedule": "nonsense"}'::text::jsonb""")
    await add(pool, [1])
    await relay_until_empty(pool, bus)
    assert versions_of(await stored(bus, 1)) == [1]
    assert "schedule" in await pool.fetchval("SELECT rejected FROM outbox")


async def test_timers_are_set_and_removed_with_the_transaction(pool: Pool, bus: Bus) -> None:
    first, second = Timer("health", "a", 30), Timer("health", "b", 30)
    async with pool.acquire() as conn, conn.transaction():
        await outbox.add_schedule(conn, first)
        await outbox.add_schedule(conn, second)
        await outbox.remove_schedule(conn, first.subject)
        assert await outbox.waiting_subjects(conn) == {first.subject, second.subject}
    await relay_until_empty(pool, bus)
    assert await bus.js_subjects(TIMERS_STREAM, "belfry.schedule.>") == {second.subject}


async def test_nothing_is_stored_while_the_broker_is_away(pool: Pool, bus: Bus, streams: Running) -> None:
    await add(pool, [1])
    streams.kill()
    await until(lambda: not bus.state().up)
    await outbox.relay_once(pool, bus)
    assert await pool.fetchval("SELECT count(*) FROM outbox") == 1
    await asyncio.to_thread(streams.restart)
    await relay_until_empty(pool, bus)
    assert versions_of(await stored(bus, 1)) == [1]


async def test_messages_of_one_subject_are_never_in_flight_together(bus: Bus) -> None:
    """JetStream may refuse one and take the next: of one subject, that would swap them."""
    ids = [str(uuid4()) for _ in range(6)]
    messages = [OutboxMessage(id=id, subject="belfry.v1.health.declared.shop", body=b"{}") for id in ids]
    most = 0

    async def watch(message: Message) -> None:
        nonlocal most
        most = max(most, bus.state().waiting_requests)

    await bus.subscribe("belfry.v1.health.declared.shop", watch)
    assert await bus.publish_acked(messages) == ids
    assert most == 1


async def test_a_subject_without_a_stream_is_tried_again(connect: Connect) -> None:
    bus = await connect()
    assert await bus.publish_acked([OutboxMessage(id="1", subject="belfry.v1.no.stream")]) == []
    assert bus.state().waiting_requests == 0
