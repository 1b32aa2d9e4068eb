"""Pulling from a durable consumer: lists of messages to a bounded number of handlers, with no call that can stall.

nats-py's own fetch() may wait its whole timeout although a message is there, so the pull requests are made here: a long
poll for one message, guarded by the server's heartbeats, then whatever else is ready.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Protocol

import msgspec
import structlog
from nats.aio.msg import Msg
from opentelemetry.trace import SpanKind

from shared import telemetry
from shared.interest import Interest, Mailbox, nobody_answers
from shared.jetstream import NANOSECONDS, Delivery
from shared.metrics import BATCH_SECONDS, CONSUMED, CONSUMER_LEFT, PULL_ERRORS, REDELIVERED
from shared.problems import ProblemError

log = structlog.get_logger(__name__)

POLL_SECONDS = 10.0
HEARTBEAT_SECONDS = 1.0
SILENCE_SECONDS = 2.5 * HEARTBEAT_SECONDS  # longer, and nobody will answer this pull any more
ANSWER_SECONDS = 2.0
REST_SECONDS = 1.0
STOP_SECONDS = 3.0
LONGEST_NAK_SECONDS = 30.0
HEARTBEAT = "100"
ENDED = ("404", "408")  # nothing there, or the poll expired: as it should be


class PullBus(Protocol):
    """The part of the bus that is used here."""

    async def send(self, subject: str, data: bytes, headers: dict[str, str] | None = None, reply: str = "") -> None: ...

    async def mailbox(self) -> Mailbox: ...

    async def unsubscribe(self, interest: Interest) -> None: ...


BatchHandler = Callable[[list[Delivery]], Awaitable[None]]


class Consumption:
    """Workers that pull and handle, each one list at a time, until `stop`."""

    def __init__(
        self, bus: PullBus, stream: str, durable: str, handler: BatchHandler, batch: int, concurrency: int
    ) -> None:
        self._bus, self._handler, self._batch = bus, handler, batch
        self._pull_subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._durable = durable
        self._concurrency = concurrency
        self._numbers = count(1)
        self._mailboxes: list[Mailbox] = []
        self._workers: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self.failed = 0

    def start(self) -> None:
        self._workers = [
            asyncio.create_task(self._work(), name=f"pull {self._durable}") for _ in range(self._concurrency)
        ]

    async def stop(self, deadline_seconds: float = STOP_SECONDS) -> None:
        """Take no more, and let the handlers that run end within the deadline."""
        self._stopping.set()
        for mailbox in self._mailboxes:
            mailbox.wake()
        if self._workers:
            _, late = await asyncio.wait(self._workers, timeout=deadline_seconds)
            for worker in late:
                worker.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        while self._mailboxes:
            await self._bus.unsubscribe(self._mailboxes.pop())

    async def _work(self) -> None:
        mailbox = await self._bus.mailbox()
        self._mailboxes.append(mailbox)
        full = True
        while not self._stopping.is_set():
            try:
                messages = await self._pull(mailbox, full)
            except ProblemError:
                PULL_ERRORS.labels(self._durable).inc()
                await self._rest()
                continue
            full = len(messages) == self._batch
            if self._stopping.is_set():
                await self._give_back(messages, delay_seconds=0)
            elif messages:
                await self._handle(messages)

    async def _pull(self, mailbox: Mailbox, backlog: bool) -> list[Delivery]:
        """1 to `batch` messages as soon as there are any, or none after the poll's time. With a backlog the first
        question is for all of them."""
        found = await self._ask(mailbox, self._batch, 0) if backlog else []
        if not found:
            found = await self._ask(mailbox, 1, POLL_SECONDS)
            if found and self._batch > 1:
                with contextlib.suppress(ProblemError):  # what was found is not lost with the connection
                    found += await self._ask(mailbox, self._batch - 1, 0)
        return found

    async def _ask(self, mailbox: Mailbox, batch: int, poll_seconds: float) -> list[Delivery]:
        """One pull request and its answers. Ends when complete, when the server ends it, or when it falls silent."""
        number = str(next(self._numbers))
        await self._bus.send(self._pull_subject, pull_request(batch, poll_seconds), reply=mailbox.address(number))
        patience = SILENCE_SECONDS if poll_seconds else ANSWER_SECONDS
        found: list[Delivery] = []
        while len(found) < batch:
            message = await mailbox.take(patience)
            if message is None:
                break
            status = (message.headers or {}).get("Status")
            if message.reply.startswith("$JS.ACK."):
                found.append(Delivery(self._bus, message))
            elif status != HEARTBEAT and message.subject == mailbox.address(number):
                if status not in ENDED:
                    await self._refused(message)
                break
        return found

    async def _refused(self, message: Msg) -> None:
        PULL_ERRORS.labels(self._durable).inc()
        reason = "Nobody leads it" if nobody_answers(message) else (message.headers or {}).get("Description", "")
        log.warning("bus.pull_refused", consumer=self._durable, reason=reason)
        await self._rest()

    async def _handle(self, messages: list[Delivery]) -> None:
        started = time.perf_counter()
        CONSUMER_LEFT.labels(self._durable).set(messages[-1].left)
        REDELIVERED.labels(self._durable).inc(sum(message.deliveries > 1 for message in messages))
        try:
            await self._traced(messages)
            CONSUMED.labels(self._durable, "ok").inc(len(messages))
            BATCH_SECONDS.labels(self._durable).observe(time.perf_counter() - started)
        except Exception:
            self.failed += 1
            CONSUMED.labels(self._durable, "failed").inc(len(messages))
            log.exception("bus.batch_failed", consumer=self._durable, messages=len(messages))
            delay = min(LONGEST_NAK_SECONDS, 2.0 ** max(message.deliveries for message in messages))
            await self._give_back([message for message in messages if not message.settled], delay)

    async def _traced(self, messages: list[Delivery]) -> None:
        """The handler, within a span for those that belong to a trace."""
        traceparents = [traceparent for each in messages if (traceparent := each.headers.get("traceparent"))]
        if traceparents and telemetry.is_exporting():
            with telemetry.span_of_batch(f"receive {self._durable}", SpanKind.CONSUMER, traceparents):
                await self._handler(messages)
        else:
            await self._handler(messages)

    async def _give_back(self, messages: list[Delivery], delay_seconds: float) -> None:
        for message in messages:
            await message.nak(delay_seconds)

    async def _rest(self) -> None:
        """A moment before the next try; none when stopping."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(REST_SECONDS):
                await self._stopping.wait()


def pull_request(batch: int, poll_seconds: float) -> bytes:
    """Ask for up to `batch` messages: wait for them up to `poll_seconds`, or 0 for what is there now."""
    if not poll_seconds:
        return msgspec.json.encode({"batch": batch, "no_wait": True})
    expires, heartbeat = round(poll_seconds * NANOSECONDS), round(HEARTBEAT_SECONDS * NANOSECONDS)
    return msgspec.json.encode({"batch": batch, "expires": expires, "idle_heartbeat": heartbeat})
