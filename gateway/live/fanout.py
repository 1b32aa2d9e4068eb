"""The fan-out: what was heard on the bus goes to every client that wants it, a frame per tick.

The floor of its cost is the system call of each write. So there is nothing else per client: no task, no queue, no
encoding. Clients that hear the same topics share one frame, and what happens within a tick shares one write."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from time import monotonic, time

from msgspec import Struct
from prometheus_client import Histogram

from gateway.live import frames
from gateway.live.client import EVENT_BYTES, HARD_BYTES, Client, Group
from gateway.live.frames import Item
from gateway.live.ring import Ring
from gateway.live.slow import hold, released
from gateway.live.topics import BITS, Told, topics_in
from shared.contracts.live import SLOW, CloseCode, Lag, Resync, Topic
from shared.metrics import round_of

YIELD_EVERY = 500
RECENT_EVENTS = 2_000
RECENT_BYTES = 8 * 1024 * 1024
LOGS_PER_TICK = 100
LEFT_OUT = "This client reads too slowly"
MADE_ANEW = "The stream of events was made anew"

DELAY = Histogram(
    "belfry_ws_delivery_delay_seconds",
    "From storing an event to having written it to the last client",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


class Totals(Struct, kw_only=True):
    """Since the process started. `sent` are messages, of which a frame may hold many; `recovered` are subscriptions
    that went on from where the client was, `unrecovered` those that could not; `unreadable` came over the bus."""

    sent_total: int = 0
    sent_bytes_total: int = 0
    frames_total: int = 0
    dropped_total: int = 0
    conflated_total: int = 0
    resyncs_total: int = 0
    recovered_total: int = 0
    unrecovered_total: int = 0
    unreadable_total: int = 0


class Fanout:
    """`epoch` is empty until the stream was read; up to `heard` events came in, up to `served` clients have them."""

    def __init__(self, tick_seconds: float, dismiss: Callable[[Client, CloseCode], None]) -> None:
        self._tick, self._dismiss = tick_seconds, dismiss
        self.epoch = ""
        self.heard = self.served = 0
        self.ring = Ring(RECENT_EVENTS, RECENT_BYTES)
        self.totals = Totals()
        self.behind: dict[Client, None] = {}
        self._groups: dict[int, Group] = {}
        self._pending: dict[str | int, Item] = {}
        self._logs: deque[str | int] = deque()
        self._numbers = count()
        self.begun, self._filled, self._moved = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._last_tick = 0.0
        self._delivering = False
        self._waiting: deque[Callable[[], None]] = deque()

    # --- from the bus -------------------------------------------------------------------------------------------------

    async def begin(self, epoch: str, start: int, items: Iterable[Item], heard: int) -> None:
        """From here on, with what came last. Clients of a stream that is no more have lost their places."""
        self.begun.clear()
        self.soon(partial(self._begin, epoch, start, items, heard))
        await self.begun.wait()

    def _begin(self, epoch: str, start: int, items: Iterable[Item], heard: int) -> None:
        replaced, self.epoch = self.epoch, epoch
        self._pending = {key: item for key, item in self._pending.items() if item.delivery != "event"}
        self.ring.begin(start, items)
        self.heard = self.served = heard
        self.begun.set()
        if replaced:
            for mask, group in list(self._groups.items()):
                for client in list(group.clients):
                    self.resync(client, mask, MADE_ANEW, heard)

    def wants(self, told: Told) -> bool:
        """Is it worth encoding? Events are kept for those who come back."""
        return told.delivery == "event" or any(mask & BITS[told.topic] for mask in self._groups)

    def take(self, item: Item) -> None:
        """To be told with the next tick. Of states only the newest of a key, of logs only the last ones."""
        key: str | int = item.key
        if item.delivery == "event":
            self.ring.add(item)
            self.heard = item.offset
        if item.delivery == "state":
            self._pending.pop(key, None)
        else:
            key = next(self._numbers)
        self._pending[key] = item
        if item.delivery == "log":
            self._logs.append(key)
            if len(self._logs) > LOGS_PER_TICK:
                self.totals.dropped_total += self._pending.pop(self._logs.popleft(), None) is not None
        self._filled.set()

    def pass_over(self, offset: int) -> None:
        """An event that no client hears: it still moves the place."""
        self.heard = offset
        self._filled.set()

    # --- clients ------------------------------------------------------------------------------------------------------

    def soon(self, work: Callable[[], None]) -> None:
        """Now, or behind the delivery that runs: nobody joins or leaves in the middle of one."""
        if self._delivering:
            self._waiting.append(work)
        else:
            work()

    def move(self, client: Client, topics: int) -> None:
        """From now on the client hears these topics."""
        group = client.group
        if group is not None:
            group.leave(client)
            if not group.clients:
                del self._groups[client.topics]
        client.topics = topics
        if topics:
            self._groups.setdefault(topics, Group()).join(client)

    def forget(self, client: Client) -> None:
        self.move(client, 0)
        self.behind.pop(client, None)
        client.held.clear()

    def send(self, client: Client, frame: bytes, messages: int = 1) -> None:
        """Something for one client alone."""
        if client.open:
            client.write(frame, messages)
            self._count(1, messages, len(frame))

    def place(self, age_seconds: float) -> str:
        """As the header says it: up to where everything was heard so many seconds ago; empty before the start."""
        return f"{self.epoch}:{self.ring.offset_before(monotonic() - age_seconds)}" if self.epoch else ""

    async def reached(self, offset: int, seconds: float) -> bool:
        """True once clients have everything up to `offset`; False when that takes longer."""
        try:
            async with asyncio.timeout(seconds):
                while self.served < offset:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    def resync(self, client: Client, topics: int, reason: str, offset: int) -> None:
        """Events of these topics are missing from `offset` on: the client must come again for them."""
        self.move(client, client.topics & ~topics)
        for topic in topics_in(topics):
            self.totals.resyncs_total += 1
            self.send(client, _resync(topic, reason, offset, self.epoch))

    # --- slow clients -------------------------------------------------------------------------------------------------

    def fell_behind(self, client: Client) -> None:
        client.behind_since = monotonic()
        self.behind[client] = None

    def caught_up(self, client: Client) -> None:
        client.behind_since = None
        self.behind.pop(client, None)
        held, warned, client.warned = released(client), client.warned, False
        for frame, messages in frames.batches(held):
            self.send(client, frame, messages)
        if warned:
            self.send(client, _lag(client))

    def _hold(self, client: Client, items: list[Item], served: int) -> None:
        events = [item for item in items if item.delivery == "event"]
        if events and client.pending_bytes < EVENT_BYTES:
            self.send(client, frames.batch(events), len(events))
            items = [item for item in items if item.delivery != "event"]
        before = client.dropped, client.conflated
        broken = hold(client, items)
        self.totals.dropped_total += client.dropped - before[0]
        self.totals.conflated_total += client.conflated - before[1]
        if not client.warned:
            client.warned = True
            self.send(client, _lag(client))
        if broken:
            self.resync(client, broken, LEFT_OUT, served)
        if client.pending_bytes > HARD_BYTES:
            self._dismiss(client, SLOW)

    # --- ticks --------------------------------------------------------------------------------------------------------

    async def tick(self) -> None:
        """Wait for something to tell, at least until a tick after the last time, and tell it."""
        await self._filled.wait()
        await asyncio.sleep(max(0.0, self._last_tick + self._tick - monotonic()))
        self._filled.clear()
        self._last_tick = monotonic()
        self._delivering = True
        try:
            with round_of("live_tick"):
                await self._deliver()
        finally:
            self._delivering = False
            self._moved.set()
            self._moved = asyncio.Event()
            while self._waiting:
                self._waiting.popleft()()

    async def _deliver(self) -> None:
        items, self._pending = list(self._pending.values()), {}
        self._logs.clear()
        served, self.served = self.served, self.heard
        told = 0
        for item in items:
            told |= item.bit
        addressed, written = self._addressed(items, told), 0
        for clients, chosen, frame in addressed:
            messages, size, missed = len(chosen), len(frame), 0
            for first in range(0, len(clients), YIELD_EVERY):
                some = clients[first : first + YIELD_EVERY]
                for client in some:
                    direct = client.direct
                    if direct is not None:
                        direct.write(frame)
                    else:
                        missed += 1
                        client.count(-messages, -size)
                        if client.open:
                            self._hold(client, chosen, served)
                written += len(some)
                if written >= YIELD_EVERY:
                    written = 0
                    await asyncio.sleep(0)
            self._count(len(clients) - missed, messages, size)
        if addressed:
            DELAY.observe(max(0.0, time() - items[0].stored_at))

    def _addressed(self, items: list[Item], told: int) -> list[tuple[list[Client], list[Item], bytes]]:
        """Who gets which items, as a frame. All are counted now: who falls behind may change its group meanwhile."""
        found = []
        for mask, group in self._groups.items():
            if mask & told:
                chosen = [item for item in items if item.bit & mask]
                frame = frames.batch(chosen)
                group.sent += len(chosen)
                group.sent_bytes += len(frame)
                found.append((list(group.clients), chosen, frame))
        return found

    def _count(self, clients: int, messages: int, size: int) -> None:
        self.totals.frames_total += clients
        self.totals.sent_total += clients * messages
        self.totals.sent_bytes_total += clients * size


def _resync(topic: Topic, reason: str, offset: int, epoch: str) -> bytes:
    return frames.frame(resync=Resync(topic=topic, reason=reason, offset=offset, epoch=epoch))


def _lag(client: Client) -> bytes:
    lag = Lag(pending_bytes=client.pending_bytes, dropped=client.dropped, conflated=client.conflated)
    return frames.frame(lag=lag)
