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
from opentelemetry.trace import SpanKind

from alert_svc.metrics import SAMPLES, UNREADABLE
from alert_svc.sampling import samples_of, subjects
from alert_svc.series import Sample
from alert_svc.store.points import Position
from shared import telemetry
from shared.bus import Bus
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.jetstream import Delivery, JetStreamError, api
from shared.metrics import Watched
from shared.problems import ProblemError
from shared.pull import SILENCE_SECONDS

log = structlog.get_logger()

STREAMS = (MEASURES_STREAM, EVENTS_STREAM)
HEARD_OF_OURSELVES = ("belfry.v1.alert.configured.*", "belfry.v1.alert.resolved.*")
MOST_WAITING = 50_000
LOOK_SECONDS = 5.0
SETTLE_SECONDS = 1.0
RETRY_SECONDS = 1.0


class Inbox:
    """Samples that wait for the evaluator. `awaken` ends its wait."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self._wake, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()

    def queue(self) -> Watched:
        """When it is full, the streams wait."""
        return Watched(name="alert_samples", depth=lambda: len(self._samples), limit=lambda: MOST_WAITING)

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
    """How far one stream was heard. `heard_until`: everything that was said before this epoch in seconds."""

    position: Position | None = None
    heard_until: float = 0.0
    told_at: float = 0.0
    told_until: float = 0.0
    settled_at: float = 0.0

    def hear(self, now: float, until: float) -> None:
        """The stream was heard up to a moment. After a silence, of the bus or of this process, that is believed only
        after a while: what was said meanwhile is about to come. By then the moment before is believed in any case."""
        if now - self.told_at > SILENCE_SECONDS:
            self.heard_until = max(self.heard_until, self.told_until)
            self.settled_at = now + SETTLE_SECONDS
        self.told_at, self.told_until = now, until
        if now >= self.settled_at:
            self.heard_until = max(self.heard_until, until)


class Listener:
    """Follows the streams as long as `run` runs."""

    def __init__(self, bus: Bus, inbox: Inbox) -> None:
        self._bus, self._inbox = bus, inbox
        self._hooks: dict[str, Callable[[bytes], None]] = {}
        self._ears = {stream: Ear() for stream in STREAMS}

    def on(self, kind: str, hook: Callable[[bytes], None]) -> None:
        """Call `hook` with the body of every event of a kind (`alert.configured`)."""
        self._hooks[kind] = hook

    def start_from(self, positions: dict[str, Position]) -> None:
        for stream, position in positions.items():
            if stream in self._ears:
                self._ears[stream].position = position

    def positions(self) -> dict[str, Position]:
        return {stream: ear.position for stream, ear in self._ears.items() if ear.position is not None}

    def heard_until(self) -> float:
        """Up to when everything that was said has been heard: it stands still while the bus is away, and follows what
        is read while there is something to catch up with."""
        return min(ear.heard_until for ear in self._ears.values())

    async def run(self) -> None:
        await asyncio.gather(*(self._keep_following(stream) for stream in STREAMS))

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
            await self._hear_stream(stream, ear)

    async def _hear_stream(self, stream: str, ear: Ear) -> None:
        """Returns when the stream was made anew or has lost its end: following it may notice that, or looking at it."""
        assert ear.position is not None
        either = (
            asyncio.create_task(self._follow(stream, ear), name=f"follow {stream}"),
            asyncio.create_task(self._until_another(stream, ear.position.epoch), name=f"look after {stream}"),
        )
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in either:
                task.cancel()
            ended = await asyncio.gather(*either, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                log.warning("stream.lost", stream=stream, reason=repr(fault)[:200])

    async def _follow(self, stream: str, ear: Ear) -> None:
        assert ear.position is not None
        filters = [*subjects(stream), *(HEARD_OF_OURSELVES if stream == EVENTS_STREAM else ())]

        def hear_nothing() -> None:
            ear.hear(time.time(), time.time())

        async for delivery in self._bus.follow(stream, filters, ear.position.seq, hear_nothing):
            await self._hear(delivery)
            ear.position, now = Position(ear.position.epoch, delivery.seq), time.time()
            ear.hear(now, min(delivery.stored_at, now) if delivery.left else now)

    async def _hear(self, delivery: Delivery) -> None:
        kind = ".".join(delivery.subject.split(".")[2:4])
        if hook := self._hooks.get(kind):
            with telemetry.span(f"receive {kind}", SpanKind.CONSUMER, delivery.headers.get("traceparent")):
                hook(delivery.data)
        try:
            samples = samples_of(delivery.subject, delivery.data, time.time())
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            UNREADABLE.inc()
            log.warning("event.unreadable", subject=delivery.subject, reason=str(error)[:200])
            return
        SAMPLES.inc(len(samples))
        await self._inbox.put(samples)

    async def _until_another(self, stream: str, epoch: str) -> None:
        """Returns when the stream was made anew."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(ProblemError, JetStreamError):
                if (await self._look(stream))[0] != epoch:
                    return

    async def _look(self, stream: str) -> tuple[str, int]:
        """When the stream was made, and its last sequence."""
        answer = await api(self._bus, f"STREAM.INFO.{stream}", {})
        return str(answer["created"]), int(answer["state"]["last_seq"])
