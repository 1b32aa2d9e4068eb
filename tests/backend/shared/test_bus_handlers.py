"""Handlers of subscriptions: side by side within a bound, none in the way of another. Numbers are faults of nats-py."""

import asyncio

from shared.bus import BusOptions, Message
from shared.envelope import Envelope
from tests.backend.shared.conftest import Connect, until


async def test_a_flooded_subscription_does_not_delay_another(connect: Connect) -> None:
    """Faults 12 and 14: nats-py awaits error_cb for each dropped message inside its read loop, and drops only after
    128 MiB. Ours keeps little for a stuck handler, counts what it drops, and others do not notice."""
    options = BusOptions(pending_messages=10, close_seconds=0.5)
    bus, sender = await connect(options=options), await connect("gateway")
    stuck, heard = asyncio.Event(), asyncio.Event()

    async def wait(message: Message) -> None:
        await stuck.wait()

    async def hear(message: Message) -> None:
        heard.set()

    await bus.subscribe("flood", wait, concurrency=2)
    await bus.subscribe("other", hear)
    await bus.rtt(30)
    for _ in range(5_000):
        sender.publish_raw(Envelope("flood", {}, b"x"))
    sender.publish_raw(Envelope("other", {}, b"x"))
    async with asyncio.timeout(60):
        await heard.wait()
    assert bus.state().slow_dropped_total == 5_000 - 10 - 2 - 1  # kept, in work, waiting for a place
    stuck.set()


async def test_handlers_run_side_by_side_within_their_bound(connect: Connect) -> None:
    """Fault 13: nats-py runs one callback at a time."""
    bus = await connect()
    running = most = done = 0

    async def work(message: Message) -> None:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        done += 1

    await bus.subscribe("work", work, concurrency=8)
    for _ in range(40):
        bus.publish_raw(Envelope("work", {}, b""))
    await until(lambda: done == 40)
    assert most == 8


async def test_a_handler_that_fails_keeps_nobody_else(connect: Connect) -> None:
    bus = await connect()
    heard: list[bytes] = []

    async def fail_once(message: Message) -> None:
        if message.data == b"bad":
            raise RuntimeError("bad")
        heard.append(message.data)

    await bus.subscribe("mixed", fail_once, concurrency=1)
    for body in (b"bad", b"good"):
        bus.publish_raw(Envelope("mixed", {}, body))
    await until(lambda: bool(heard))
    assert heard == [b"good"]
