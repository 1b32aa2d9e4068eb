"""Hears what is measured, from the streams: in order, nothing left out, from where the last process had got to.

What is heard waits in the inbox until the evaluator takes it; when the inbox is full, the streams are read no further.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence

import msgspec
import structlog
from msgspec import Struct

from alert_svc.metrics import SAMPLES, UNREADABLE
from alert_svc.sampling import samples_of, subjects
from alert_svc.series import Sample
from alert_svc.store.points import Position
from shared.bus import Bus
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.jetstream import Delivery, JetStreamError, api
from shared.problems import ProblemError

log = structlog.get_logger()

STREAMS = (MEASURES_STREAM, EVENTS_STREAM)
HEARD_OF_OURSELVES = ("belfry.v1.alert.configured.*", "belfry.v1.alert.resolved.*")
MOST_WAITING = 50_000
QUIET_SECONDS = 2.0  # a stream that hands out nothing for so long has nothing more
LOOK_SECONDS, LOOKS_APART = 0.5, 10
RETRY_SECONDS = 1.0
CLOCK_SKEW_SECONDS = 1.0


class Inbox:
    """Samples that wait for the evaluator. `awaken` ends its wait."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self._wake, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()

    async def put(self, samples: Sequence[Sample]) -> None:
        await self._room.wait()
        self._samples += samples
        if len(self._samples) >= MOST_WAITING:
            self._room.clear()
        self._wake.set()

    def take(self) -> list[Sample]:
        samples, self._samples = self._samples, []
        self._wake.clear()
        self._room.set()
        return samples

    def awaken(self) -> None:
        self._wake.set()

    async def wait(self, seconds: float) -> None:
        """Until something is there, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()


class Ear(Struct):
    """How far one stream was heard. `live_since`: all of it, since then; None while it is still catching up."""

    position: Position | None = None
    began_at: float = 0.0
    connection: int = -1
    heard_at: float = 0.0
    live_since: float | None = None


class Listener:
    """Follows the streams as long as `run` runs."""

    def __init__(self, bus: Bus, inbox: Inbox) -> None:
        self._bus, self._inbox = bus, inbox
        self._hooks: dict[str, Callable[[bytes], None]] = {}
        self._ears = {stream: Ear() for stream in STREAMS}
        self._heard_until = 0.0

    def on(self, kind: str, hook: Callable[[bytes], None]) -> None:
        """Call `hook` with the body of every event of a kind (`alert.configured`)."""
        self._hooks[kind] = hook

    def start_from(self, positions: dict[str, Position]) -> None:
        for stream, position in positions.items():
            if stream in self._ears:
                self._ears[stream].position = position

    def positions(self) -> dict[str, Position]:
        return {stream: ear.position for stream, ear in self._ears.items() if ear.position is not None}

    def heard_until(self, now: float) -> float:
        """Up to when everything that was said has been heard: now, or when the bus was lost."""
        if self._bus.state().up and all(self._is_live(ear, now) for ear in self._ears.values()):
            self._heard_until = now
        return self._heard_until

    async def run(self) -> None:
        await asyncio.gather(*(self._keep_following(stream) for stream in STREAMS))

    def _is_live(self, ear: Ear, now: float) -> bool:
        if ear.connection != self._bus.state().reconnects_total:
            return False
        if ear.live_since is None and ear.began_at and now - max(ear.began_at, ear.heard_at) >= QUIET_SECONDS:
            ear.live_since = now
        return ear.live_since is not None

    async def _keep_following(self, stream: str) -> None:
        """Follow, and begin anew when the stream itself is another one."""
        while True:
            try:
                epoch, last = await self._look(stream)
            except (ProblemError, JetStreamError) as error:
                log.info("stream.waiting", stream=stream, reason=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            ear = self._ears[stream]
            if ear.position is None or ear.position.epoch != epoch or ear.position.seq > last:
                ear.position = Position(epoch, 0)
            following = asyncio.create_task(self._follow(stream, ear), name=f"follow {stream}")
            try:
                await self._until_another(stream, epoch)
            finally:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    async def _follow(self, stream: str, ear: Ear) -> None:
        assert ear.position is not None
        filters = [*subjects(stream), *(HEARD_OF_OURSELVES if stream == EVENTS_STREAM else ())]
        ear.began_at, ear.live_since = time.time(), None
        ear.connection = self._bus.state().reconnects_total
        async for delivery in self._bus.follow(stream, filters, ear.position.seq):
            await self._hear(delivery)
            ear.position = Position(ear.position.epoch, delivery.seq)
            ear.heard_at = time.time()
            if ear.live_since is None and delivery.stored_at >= ear.began_at - CLOCK_SKEW_SECONDS:
                ear.live_since = ear.heard_at

    async def _hear(self, delivery: Delivery) -> None:
        if hook := self._hooks.get(".".join(delivery.subject.split(".")[2:4])):
            hook(delivery.data)
        try:
            samples = samples_of(delivery.subject, delivery.data, time.time())
        except msgspec.MsgspecError as error:
            UNREADABLE.inc()
            log.warning("event.unreadable", subject=delivery.subject, reason=str(error)[:200])
            return
        SAMPLES.inc(len(samples))
        await self._inbox.put(samples)

    async def _until_another(self, stream: str, epoch: str) -> None:
        """Returns when the stream was made anew, or the connection: what was said meanwhile is to be heard first."""
        connection = self._bus.state().reconnects_total
        while True:
            for _ in range(LOOKS_APART):
                await asyncio.sleep(LOOK_SECONDS)
                if self._bus.state().reconnects_total != connection:
                    return
            with contextlib.suppress(ProblemError, JetStreamError):
                if (await self._look(stream))[0] != epoch:
                    return

    async def _look(self, stream: str) -> tuple[str, int]:
        """When the stream was made, and its last sequence."""
        answer = await api(self._bus, f"STREAM.INFO.{stream}", {})
        return str(answer["created"]), int(answer["state"]["last_seq"])
