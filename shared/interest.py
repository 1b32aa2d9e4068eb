"""Interest in a subject, made again on every new connection."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from typing import Protocol

from msgspec import Struct
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription as NatsSubscription
from nats.errors import Error as NatsError
from opentelemetry.trace import SpanKind

from shared.lane import Lane
from shared.telemetry import span

NO_RESPONDERS = "503"


class Limits(Protocol):
    """What one subscription may keep for its handler before messages are dropped and counted."""

    @property
    def pending_messages(self) -> int: ...

    @property
    def pending_message_bytes(self) -> int: ...


class Message(Struct, frozen=True):
    """What a subscription's handler gets; `reply` is empty when no answer is awaited."""

    subject: str
    data: bytes
    headers: dict[str, str]
    reply: str


MessageHandler = Callable[[Message], Awaitable[None]]


class Interest:
    """What is subscribed; `receive` is awaited for each message, in order."""

    def __init__(self, subject: str, queue: str, limits: Limits) -> None:
        self.subject = subject
        self._queue, self._limits = queue, limits
        self._current: NatsSubscription | None = None

    async def start(self, client: Client) -> None:
        self._current = await client.subscribe(
            self.subject,
            queue=self._queue,
            cb=self.receive,
            pending_msgs_limit=self._limits.pending_messages,
            pending_bytes_limit=self._limits.pending_message_bytes,
        )

    async def stop(self, deadline_seconds: float) -> None:
        """Take no more; return when what was taken is done, at the latest at the deadline."""
        current, self._current = self._current, None
        if current is not None:
            with contextlib.suppress(NatsError):  # the connection may be gone, and the interest with it
                await current.unsubscribe()

    @property
    def pending(self) -> int:
        """Messages that came and wait to be received."""
        return self._current.pending_msgs if self._current is not None else 0

    async def receive(self, message: Msg) -> None:
        raise NotImplementedError


class Subscription(Interest):
    """Hands each message to a lane of handlers."""

    def __init__(self, subject: str, queue: str, handler: MessageHandler, concurrency: int, limits: Limits) -> None:
        super().__init__(subject, queue, limits)
        self._lane = Lane(subject, concurrency, handler)

    async def receive(self, message: Msg) -> None:
        await self._lane.enter(Message(message.subject, message.data, message.headers or {}, message.reply))

    async def stop(self, deadline_seconds: float) -> None:
        """Also those that wait for a place are still served: who asked us will not ask another."""
        current, self._current = self._current, None
        if current is not None:
            draining: asyncio.Task[None] = asyncio.create_task(current.drain())  # type: ignore[no-untyped-call]
            await asyncio.wait({draining}, timeout=deadline_seconds)
            draining.cancel()
            await asyncio.gather(draining, return_exceptions=True)
        await self._lane.finish(deadline_seconds)


class Overheard(Interest):
    """Tells the subject of each message at once: for what neither waits nor fails, and would be a task for each."""

    def __init__(self, subject: str, hear: Callable[[str], None], limits: Limits) -> None:
        super().__init__(subject, "", limits)
        self._hear = hear

    async def receive(self, message: Msg) -> None:
        self._hear(message.subject)


class Mailbox(Interest):
    """An inbox of which answers are taken one by one."""

    def __init__(self, prefix: str, limits: Limits) -> None:
        super().__init__(f"{prefix}.*", "", limits)
        self._prefix = prefix
        self._letters: asyncio.Queue[Msg | None] = asyncio.Queue(maxsize=limits.pending_messages)
        self._connections = 0

    async def start(self, client: Client) -> None:
        await super().start(client)
        self._connections += 1
        if self._connections > 1:
            self.wake()  # what was asked over the old connection is not answered any more

    def address(self, token: str) -> str:
        """A reply subject of this mailbox."""
        return f"{self._prefix}.{token}"

    async def receive(self, message: Msg) -> None:
        await self._letters.put(message)

    async def take(self, timeout_seconds: float) -> Msg | None:
        """The next message; None when there was none in time, or when woken."""
        with contextlib.suppress(asyncio.QueueEmpty):
            return self._letters.get_nowait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                return await self._letters.get()
        return None

    async def within(self, seconds: float) -> AsyncIterator[Msg]:
        """The messages that come within `seconds`; ends at once when nobody serves the subject that was asked."""
        until = monotonic() + seconds
        while message := await self.take(until - monotonic()):
            if nobody_answers(message):
                return
            yield message

    def wake(self) -> None:
        """End the wait of whoever takes now."""
        if self._letters.empty():
            self._letters.put_nowait(None)


def nobody_answers(message: Msg) -> bool:
    """NATS's own answer when a subject has no subscriber."""
    return not message.data and (message.headers or {}).get("Status") == NO_RESPONDERS


def traced_by(subject: str, handler: MessageHandler) -> MessageHandler:
    """The same handler, in a span below the sender's where the message names one."""

    async def handle(message: Message) -> None:
        if traceparent := message.headers.get("traceparent"):
            with span(f"receive {subject}", SpanKind.CONSUMER, traceparent):
                await handler(message)
        else:
            await handler(message)

    return handle
