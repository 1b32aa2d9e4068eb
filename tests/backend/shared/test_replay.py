"""A part of a stream read once, and a reader whose stream was made anew under it."""

import asyncio

import pytest

from deploy.local.program import Running
from deploy.nats import apply
from shared.bus import Bus
from shared.follow import StreamReplacedError
from shared.jetstream import OutboxMessage, api
from tests.backend.shared.conftest import Connect

STREAM = "BELFRY_SAMPLES"
ONE, OTHER = "belfry.samples.latency.one", "belfry.samples.latency.other"


async def put(bus: Bus, *subjects: str) -> None:
    messages = [OutboxMessage(id=f"id-{number}", subject=subject) for number, subject in enumerate(subjects)]
    assert len(await bus.publish_acked(messages)) == len(subjects)


async def test_a_replay_gives_what_is_there_now_or_says_that_it_is_too_much(streams: Running, connect: Connect) -> None:
    bus = await connect()
    assert await bus.replay(STREAM, [ONE], 0, most=10) == []
    await put(bus, *[ONE, OTHER] * 300)

    some = await bus.replay(STREAM, [ONE], after=200, most=200)
    too_many = await bus.replay(STREAM, [ONE], after=0, most=299)
    none = await bus.replay(STREAM, [ONE], after=600, most=10)

    assert some is not None
    assert [message.seq for message in some] == list(range(201, 601, 2))
    assert {message.subject for message in some} == {ONE}
    assert (too_many, none) == (None, [])
    assert (await bus.extent(STREAM)).last == 600


async def test_a_reader_is_told_when_its_stream_was_made_anew(streams: Running, connect: Connect) -> None:
    """It would wait for a place that the new stream reaches some day, and miss all before."""
    bus = await connect()
    await put(bus, *[ONE] * 5)
    before = await bus.extent(STREAM)
    reader = bus.follow(STREAM, [ONE], after=4)
    assert (await anext(reader)).seq == 5
    await api(bus, f"STREAM.DELETE.{STREAM}", {})
    await apply(streams.url)
    await bus.publish_acked([OutboxMessage(id="new", subject=ONE)])

    with pytest.raises(StreamReplacedError):
        async with asyncio.timeout(60):
            await anext(reader)

    assert (await bus.extent(STREAM)).epoch > before.epoch


async def test_a_place_behind_the_end_of_a_stream_means_nothing(streams: Running, connect: Connect) -> None:
    bus = await connect()
    await put(bus, ONE)

    with pytest.raises(StreamReplacedError):
        await anext(bus.follow(STREAM, [ONE], after=2))


async def test_a_reader_is_told_that_there_is_no_more(streams: Running, connect: Connect) -> None:
    """By the server's heartbeats: a server that stands still tells nothing, and time goes on when it does."""
    bus, idle = await connect(), asyncio.Event()
    await put(bus, ONE)
    reader = bus.follow(STREAM, [ONE], 0, idle.set)
    assert (await anext(reader)).seq == 1
    waiting = asyncio.ensure_future(anext(reader))
    async with asyncio.timeout(60):
        await idle.wait()
    await put(bus, ONE, ONE)
    async with asyncio.timeout(60):
        assert (await waiting).seq == 2
