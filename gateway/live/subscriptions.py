"""Topics that a client comes to hear: from now on, or from where it was, with nothing missing and nothing twice."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import structlog
from msgspec import Struct

from gateway.live import frames
from gateway.live.client import Client
from gateway.live.fanout import Fanout
from gateway.live.frames import Item
from gateway.live.topics import BITS
from gateway.single_flight import SingleFlight
from shared.contracts.live import Subscribe, Subscribed, Topic, Unsubscribe

log = structlog.get_logger(__name__)

MOST_MISSED = 1_000
CATCH_UP_SECONDS = 15.0  # three NATS servers of which one is lost elect another leader within ten
REPLAYS_AT_ONCE = 4


class Replayed(Struct, frozen=True):
    """The events behind a place, all of them up to `last`."""

    items: list[Item]
    last: int


Replay = Callable[[Topic, int, int], Coroutine[Any, Any, Replayed | None]]
"""Takes topic, offset and the most there may be; None when the stream has not all of them."""
Spawn = Callable[[Client, int, Coroutine[Any, Any, None]], None]


class Subscriptions:
    """`replay` reads the stream; `spawn` runs what a client waits for."""

    def __init__(self, fanout: Fanout, replay: Replay, spawn: Spawn) -> None:
        self._fanout, self._replay, self._spawn = fanout, replay, spawn
        self._flights: SingleFlight[Replayed | None] = SingleFlight()
        self._places = asyncio.Semaphore(REPLAYS_AT_ONCE)

    def subscribe(self, client: Client, id: int, wanted: Subscribe) -> None:
        self._fanout.soon(partial(self._start, client, id, wanted))

    def unsubscribe(self, client: Client, id: int, unwanted: Unsubscribe) -> None:
        def leave() -> None:
            self._fanout.move(client, client.topics & ~BITS[unwanted.topic])
            self._fanout.send(client, frames.frame(id=id, unsubscribed=unwanted))

        self._fanout.soon(leave)

    def _start(self, client: Client, id: int, wanted: Subscribe) -> None:
        if wanted.offset is None:
            self._serve(client, id, wanted.topic, None, [])
        elif wanted.epoch != self._fanout.epoch:
            self._serve(client, id, wanted.topic, wanted.offset, None)
        elif (missed := self._remembered(wanted.topic, wanted.offset)) is not None:
            self._serve(client, id, wanted.topic, wanted.offset, missed)
        else:
            self._spawn(client, id, self._catch_up(client, id, wanted.topic, wanted.offset, wanted.epoch))

    def _remembered(self, topic: Topic, offset: int) -> list[Item] | None:
        """What came behind `offset`, when this process knows."""
        served = self._fanout.served
        return self._fanout.ring.between(offset, served, BITS[topic], MOST_MISSED) if offset <= served else None

    async def _catch_up(self, client: Client, id: int, topic: Topic, offset: int, epoch: str) -> None:
        """For who was away longer than we remember, or was told more by another gateway than we have heard yet."""
        replayed: Replayed | None = None
        ahead = offset > self._fanout.served
        if ahead:
            await self._fanout.reached(offset, CATCH_UP_SECONDS)
        else:
            replayed = await self._flights.ask((topic, offset), partial(self._read, topic, offset))

        def serve() -> None:
            missed = self._remembered(topic, offset) if ahead else self._joined(topic, replayed)
            self._serve(client, id, topic, offset, missed if epoch == self._fanout.epoch else None)

        self._fanout.soon(serve)

    async def _read(self, topic: Topic, offset: int) -> Replayed | None:
        async with self._places:
            return await self._replay(topic, offset, MOST_MISSED)

    def _joined(self, topic: Topic, replayed: Replayed | None) -> list[Item] | None:
        """What was read, up to where clients are served, and what came since."""
        served = self._fanout.served
        if replayed is None:
            return None
        read = [item for item in replayed.items if item.offset <= min(served, replayed.last)]
        since = self._fanout.ring.between(replayed.last, served, BITS[topic], MOST_MISSED)
        return read if served <= replayed.last else None if since is None else read + since

    def _serve(self, client: Client, id: int, topic: Topic, offset: int | None, missed: list[Item] | None) -> None:
        """From here on the client hears the topic: behind `offset`, when it asked for that and nothing is missing
        (None), else from now on."""
        if not client.open:
            return
        fanout, recovered = self._fanout, missed is not None
        fanout.totals.recovered_total += recovered and offset is not None
        fanout.totals.unrecovered_total += not recovered
        start = fanout.served if offset is None or not recovered else offset
        fanout.move(client, client.topics | BITS[topic])
        answer = Subscribed(topic=topic, recovered=recovered, offset=start, epoch=fanout.epoch)
        fanout.send(client, frames.frame(id=id, subscribed=answer))
        for frame, messages in frames.batches(missed or []):
            fanout.send(client, frame, messages)
