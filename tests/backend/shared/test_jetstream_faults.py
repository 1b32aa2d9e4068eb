"""What nats-py does wrong with streams and buckets, and that the bus does not. Numbers are the faults'."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.program import Running
from deploy.nats import apply
from deploy.nats.streams import nanoseconds
from shared.bus import Bus
from shared.jetstream import Delivery, OutboxMessage, api
from shared.timers import TIMERS_STREAM, Timer
from tests.backend.shared.conftest import Connect, until

STREAM = "BELFRY_SAMPLES"


SUBJECT = "belfry.samples.latency.shop"


async def put(bus: Bus, *bodies: bytes) -> None:
    messages = [OutboxMessage(id=f"id-{body.decode()}", subject=SUBJECT, body=body) for body in bodies]
    assert await bus.publish_acked(messages) == [message.id for message in messages]


def numbers(count: int, first: int = 0) -> list[bytes]:
    return [str(number).encode() for number in range(first, first + count)]


@asynccontextmanager
async def following(bus: Bus, after: int = 0) -> AsyncIterator[list[Delivery]]:
    found: list[Delivery] = []

    async def follow() -> None:
        async for message in bus.follow(STREAM, [SUBJECT], after):
            found.append(message)

    task = asyncio.create_task(follow())
    yield found
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def durable(bus: Bus, name: str = "worker", ack_wait_seconds: float = 30) -> str:
    config = {"durable_name": name, "ack_policy": "explicit", "ack_wait": nanoseconds(ack_wait_seconds)}
    await api(bus, f"CONSUMER.CREATE.{STREAM}.{name}", {"stream_name": STREAM, "config": config})
    return name


async def test_a_pull_does_not_stall_while_messages_come(streams: Running, connect: Connect) -> None:
    """Fault 11: nats-py's fetch() may wait its whole timeout although a message is there."""
    bus = await connect()
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            await message.ack()
            got.put_nowait(message.data)

    bus.consume(STREAM, await durable(bus), take, batch=20, concurrency=2)
    for body in numbers(100):
        await put(bus, body)
        assert await asyncio.wait_for(got.get(), 9) == body  # one stall of a poll is longer


async def test_a_backlog_comes_in_full_lists_to_a_bounded_number_of_handlers(
    streams: Running, connect: Connect
) -> None:
    """Faults 11 and 13."""
    bus = await connect()
    await put(bus, *numbers(500))
    sizes: list[int] = []
    running = most = 0
    all_busy = asyncio.Event()

    async def take(messages: list[Delivery]) -> None:
        nonlocal running, most
        running, sizes[len(sizes) :] = running + 1, [len(messages)]
        most = max(most, running)
        if most == 3:
            all_busy.set()
        await all_busy.wait()
        await asyncio.sleep(0.02)
        for message in messages:
            await message.ack()
        running -= 1

    bus.consume(STREAM, await durable(bus), take, batch=50, concurrency=3)
    await until(lambda: sum(sizes) == 500)
    assert max(sizes) == 50
    assert len(sizes) <= 20
    assert most == 3


async def test_a_worker_goes_on_after_the_broker_was_killed(streams: Running, connect: Connect) -> None:
    """Fault 11: and after its pull was lost with the connection."""
    bus = await connect()
    got: list[bytes] = []

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            got.append(message.data)
            await message.ack()

    bus.consume(STREAM, await durable(bus), take)
    await put(bus, b"before")
    await until(lambda: got == [b"before"])
    streams.kill()
    await until(lambda: not bus.state().up)
    await asyncio.to_thread(streams.restart)
    await bus.wait_up()
    await until_stored(bus, b"after")
    await until(lambda: got[-1] == b"after")
    assert bus.state().reconnects_total == 1


async def test_a_worker_goes_on_after_the_store_was_lost(streams: Running, connect: Connect, tmp_path: Path) -> None:
    """Streams and consumers are made anew by the one command; nobody needs to be restarted."""
    bus = await connect()
    due: list[str] = []

    async def take(messages: list[Delivery]) -> None:
        for message in messages:
            due.append(message.subject)
            await message.ack()

    bus.consume(TIMERS_STREAM, "health_due", take)
    streams.kill()
    await until(lambda: not bus.state().up)
    shutil.rmtree(tmp_path / "nats" / "jetstream")
    await asyncio.to_thread(streams.restart)
    await apply(streams.url)
    await bus.wait_up()
    timer = Timer("health", "shop", 1)
    assert await bus.publish_acked([OutboxMessage(id="1", subject=timer.subject, headers=timer.headers)]) == ["1"]
    await until(lambda: due[-1:] == [timer.target])


async def test_what_a_failed_handler_did_not_settle_comes_again(streams: Running, connect: Connect) -> None:
    bus = await connect()
    await put(bus, b"1", b"2")
    calls: list[list[tuple[bytes, int]]] = []

    async def fail_once(messages: list[Delivery]) -> None:
        calls.append([(message.data, message.deliveries) for message in messages])
        await messages[0].ack()
        if len(calls) == 1:
            raise RuntimeError("after the first")

    bus.consume(STREAM, await durable(bus), fail_once, concurrency=1)
    await until(lambda: len(calls) == 2)
    assert calls == [[(b"1", 1), (b"2", 1)], [(b"2", 2)]]


async def test_nak_brings_a_message_again_after_its_delay(streams: Running, connect: Connect) -> None:
    bus = await connect()
    await put(bus, b"1")
    at: list[float] = []

    async def take(messages: list[Delivery]) -> None:
        at.append(asyncio.get_running_loop().time())
        await (messages[0].nak(0.5) if len(at) == 1 else messages[0].ack())

    bus.consume(STREAM, await durable(bus), take)
    await until(lambda: len(at) == 2)
    assert 0.4 < at[1] - at[0] < 25  # by itself it would come after 30 s


async def test_a_stopped_consumption_takes_no_more(streams: Running, connect: Connect) -> None:
    bus = await connect()
    got: list[Delivery] = []

    async def take(messages: list[Delivery]) -> None:
        got.extend(messages)
        for message in messages:
            await message.ack()

    name = await durable(bus)
    consumption = bus.consume(STREAM, name, take)
    await put(bus, b"1")
    await until(lambda: len(got) == 1)
    async with asyncio.timeout(60):
        await consumption.stop()
    await put(bus, b"2")
    state = await api(bus, f"CONSUMER.INFO.{STREAM}.{name}", {})
    assert (len(got), state["num_pending"], state["num_ack_pending"]) == (1, 1, 0)


async def test_an_ordered_reader_misses_nothing_and_repeats_nothing(streams: Running, connect: Connect) -> None:
    """Fault 18: through a kill of the broker, from the middle of a stream."""
    bus = await connect()
    await put(bus, *numbers(1_200))
    async with following(bus, after=100) as found:
        await until(lambda: len(found) == 1_100)
        streams.kill()
        await until(lambda: not bus.state().up)
        await asyncio.to_thread(streams.restart)
        await bus.wait_up()
        for body in numbers(10, first=1_200):
            await until_stored(bus, body)
        await until(lambda: len(found) == 1_110)
    assert [message.seq for message in found] == list(range(101, 1_211))
    assert [message.data for message in found] == numbers(1_110, first=100)


async def test_an_ordered_reader_notices_that_its_consumer_is_gone(streams: Running, connect: Connect) -> None:
    """Fault 18: nats-py did not reset on missed heartbeats."""
    bus = await connect()
    await put(bus, *numbers(3))
    async with following(bus) as found:
        await until(lambda: len(found) == 3)
        for name in (await api(bus, f"CONSUMER.NAMES.{STREAM}", {}))["consumers"]:
            await api(bus, f"CONSUMER.DELETE.{STREAM}.{name}", {})
        await put(bus, *numbers(3, first=3))
        await until(lambda: len(found) == 6)
    assert [message.data for message in found] == numbers(6)


async def until_stored(bus: Bus, body: bytes) -> None:
    """JetStream may take a moment after its server is back."""
    message = OutboxMessage(id=f"id-{body.decode()}", subject=SUBJECT, body=body)
    for _ in range(10):
        if await bus.publish_acked([message]):
            return
    raise AssertionError("not stored")
