"""The message bus: publish, subscribe and ask, over a connection that comes and goes."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial

from msgspec import Struct
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError

from shared import tls
from shared.bus_state import BusState, state_of
from shared.connection import Address
from shared.contracts.wire import Event
from shared.envelope import Envelope, seal
from shared.event_queue import EventQueue
from shared.follow import Extent, extent_of, follow
from shared.interest import (
    Interest,
    Mailbox,
    Message,
    MessageHandler,
    Overheard,
    Subscription,
    nobody_answers,
    traced_by,
)
from shared.jetstream import Delivery, OutboxMessage, purge, store, subjects
from shared.keyvalue import KeyValue
from shared.link import Link, LinkOptions
from shared.metrics import Watched
from shared.problems import ProblemError, too_large, unavailable
from shared.pull import BatchHandler, Consumption
from shared.replay import replay
from shared.requests import Requests, service_of_subject
from shared.settings import Settings
from shared.telemetry import current_traceparent, is_exporting

__all__ = ["Bus", "BusOptions", "Message", "MessageHandler", "Reply"]


class BusOptions(LinkOptions, frozen=True, kw_only=True):
    """`queue_limit`: events kept while NATS does not take them, the oldest dropped first. `start_seconds`: how long
    `connect` waits for NATS before it goes on without. `pending_*`: what one subscription keeps for its handler."""

    queue_limit: int = 20_000
    start_seconds: float = 5.0
    close_seconds: float = 3.0
    pending_messages: int = 8_192
    pending_message_bytes: int = 16 * 1024 * 1024


class Reply(Struct, frozen=True):
    """An answer: body and headers, not parsed."""

    data: bytes
    headers: dict[str, str]


class Bus:
    """Nothing here waits for NATS longer than it says. Make one with `await Bus.connect(settings)`."""

    def __init__(self, settings: Settings, options: BusOptions) -> None:
        self._settings = settings
        self._options = options
        address = Address(
            urls=[url.strip() for url in settings.nats_url.split(",")],
            name=f"{settings.service}-{settings.instance}",
            inbox_prefix=f"_INBOX_{settings.service}",
            seed_file=settings.nats_seed_file,
            tls=tls.of_bus(settings),
        )
        self._link = Link(address, options, self)
        self._interests: list[Interest] = []
        self._listeners: list[Callable[[], Awaitable[None]]] = []
        self._consumptions: list[Consumption] = []
        self._requests = Requests(f"_INBOX_{settings.service}.{secrets.token_hex(8)}")
        self._queue = EventQueue(options.queue_limit, self._link, self._send_envelope)
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def connect(cls, settings: Settings, options: BusOptions | None = None) -> "Bus":
        """A bus that goes on trying to connect in the background; returns at the latest after `start_seconds`."""
        options = options or BusOptions()
        bus = cls(settings, options)
        bus._link.start()
        bus._spawn(bus._queue.run(), "bus publisher")
        await bus._link.wait_up(options.start_seconds)
        return bus

    # --- events ---------------------------------------------------------------------------------------------------

    def publish(self, event: Event, id: str = "") -> None:
        """Queue an event to be sent, at most once. Never waits and never fails: when the queue is full, the oldest
        event is dropped and counted."""
        self.publish_raw(seal(event, id or secrets.token_hex(12), current_traceparent()))

    def publish_raw(self, envelope: Envelope) -> None:
        """As `publish`, of something that is not an event."""
        self._queue.put(envelope)

    async def publish_acked(self, messages: Sequence[OutboxMessage]) -> list[str]:
        """Store messages in their streams, in order. Returns the ids JetStream has; the rest may be tried again."""
        return (await store(self, messages)).stored

    # --- listening ------------------------------------------------------------------------------------------------

    async def subscribe(
        self,
        subject: str,
        handler: MessageHandler,
        queue: str | None = None,
        concurrency: int = 16,
        traced: bool = True,
    ) -> Subscription:
        """Call `handler` for each message, up to `concurrency` at a time; with `queue`, share them with its members.
        `traced`: within a span below the one that sent the message."""
        traced_handler = traced_by(subject, handler) if traced and is_exporting() else handler
        subscription = Subscription(subject, queue or "", traced_handler, concurrency, self._options)
        await self._listen(subscription)
        return subscription

    async def overhear(self, subject: str, hear: Callable[[str], None]) -> None:
        """Call `hear` with the subject of each message, one after the other; it must neither wait nor fail."""
        await self._listen(Overheard(subject, hear, self._options))

    async def mailbox(self) -> Mailbox:
        """An inbox for many answers: pass its `.subject` with any last token as `reply`."""
        mailbox = Mailbox(f"_INBOX_{self._settings.service}.{secrets.token_hex(8)}", self._options)
        await self._listen(mailbox)
        return mailbox

    async def unsubscribe(self, interest: Interest) -> None:
        """Take no more, and let the handlers that run end within the deadline."""
        if interest in self._interests:
            self._interests.remove(interest)
        await interest.stop(self._options.close_seconds)

    def consume(
        self, stream: str, durable: str, handler: BatchHandler, batch: int = 100, concurrency: int = 4
    ) -> Consumption:
        """Pull from a durable consumer that exists already. `handler` gets lists of 1 to `batch` messages, up to
        `concurrency` lists at a time, and acknowledges each message itself."""
        consumption = Consumption(self, stream, durable, handler, batch, concurrency)
        self._consumptions.append(consumption)
        consumption.start()
        return consumption

    def follow(
        self,
        stream: str,
        filters: Sequence[str],
        after: int | datetime,
        when_idle: Callable[[], None] = lambda: None,
    ) -> AsyncIterator[Delivery]:
        """Every message of a stream above the sequence `after`, or stored since then, in order, each once, without
        end. `when_idle` is called each second while there is no more. Raises StreamReplacedError when `after` means
        nothing any more."""
        return follow(self, stream, filters, after, when_idle)

    async def replay(self, stream: str, filters: Sequence[str], after: int, most: int) -> list[Delivery] | None:
        """The messages that a stream holds now above the sequence `after`; None when they are more than `most`."""
        return await replay(self, stream, filters, after, most)

    async def extent(self, stream: str) -> Extent:
        """How far a stream reaches. Raises JetStreamError, ProblemError 503."""
        return await extent_of(self, stream)

    def on_connect(self, listener: Callable[[], Awaitable[None]]) -> None:
        """Call `listener` after every new connection: what was heard before may have gaps."""
        self._listeners.append(listener)

    # --- asking ---------------------------------------------------------------------------------------------------

    async def request(self, subject: str, data: bytes, headers: dict[str, str], deadline_seconds: float) -> Reply:
        """Ask and wait. Raises ProblemError 503: at once when nobody serves the subject or NATS is away, else at the
        deadline; 413 when `data` is more than NATS takes."""
        message = await self.ask(subject, data, headers, deadline_seconds)
        return Reply(message.data, message.headers or {})

    async def request_many(self, subject: str, wait_seconds: float, data: bytes = b"") -> list[Reply]:
        """Ask everyone, and return what was answered within `wait_seconds`; at once when nobody hears it."""
        mailbox = await self.mailbox()
        try:
            await self.send(subject, data, reply=mailbox.address("1"))
            return [Reply(answer.data, answer.headers or {}) async for answer in mailbox.within(wait_seconds)]
        finally:
            await self.unsubscribe(mailbox)

    async def ask(self, subject: str, data: bytes, headers: dict[str, str] | None, deadline_seconds: float) -> Msg:
        """As `request`, with the message as it came. Leaves nothing behind when it fails."""
        message = await self._requests.answer_to(partial(self.send, subject, data, headers), deadline_seconds)
        if message is None:
            raise unavailable(service_of_subject(subject), f"No answer within {deadline_seconds:g} s")
        if nobody_answers(message):
            raise unavailable(service_of_subject(subject), "No instance answers")
        return message

    async def send(self, subject: str, data: bytes, headers: dict[str, str] | None = None, reply: str = "") -> None:
        """Send now, for answers and acknowledgements. Raises ProblemError 503, and 413 when `data` is too large."""
        client = self._link.client()
        try:
            await client.publish(subject, data, reply=reply, headers=headers)
        except MaxPayloadError as error:
            raise too_large(client.max_payload) from error
        except NatsError as error:
            raise unavailable("nats", f"The message bus did not take the message: {error}") from error

    # --- JetStream ------------------------------------------------------------------------------------------------

    async def js_purge(self, stream: str, subject: str) -> int:
        """Remove every message of a subject from a stream; returns how many there were."""
        return await purge(self, stream, subject)

    async def js_subjects(self, stream: str, filter: str) -> set[str]:
        """The subjects of a stream that match `filter` and hold a message."""
        return await subjects(self, stream, filter)

    def kv(self, bucket: str) -> KeyValue:
        return KeyValue(self, bucket)

    # --- state ----------------------------------------------------------------------------------------------------

    def state(self) -> BusState:
        return state_of(self._link, self._queue, len(self._requests))

    def queues(self) -> list[Watched]:
        """What waits to be sent, and what the fullest subscription keeps for its handler."""
        limit, kept = self._options.queue_limit, self._options.pending_messages
        return [
            Watched(
                name="bus_events",
                depth=lambda: len(self._queue),
                limit=lambda: limit,
                dropped=lambda: self._queue.dropped,
            ),
            Watched(
                name="bus_subscription",
                depth=lambda: max((interest.pending for interest in self._interests), default=0),
                limit=lambda: kept,
                dropped=lambda: self._link.slow_drops,
            ),
        ]

    async def rtt(self, deadline_seconds: float = 2.0) -> float:
        """Milliseconds to NATS and back. Raises ProblemError 503."""
        rtt_ms = await self._link.ping(deadline_seconds)
        if rtt_ms is None:
            raise unavailable("nats", f"NATS did not answer a ping within {deadline_seconds:g} s")
        return rtt_ms

    async def wait_up(self, timeout_seconds: float | None = None) -> bool:
        return await self._link.wait_up(timeout_seconds)

    async def close(self) -> None:
        """Take no more, let handlers end, send what is queued, each within the deadline. Safe in every state."""
        deadline = self._options.close_seconds
        await asyncio.gather(*(consumption.stop(deadline) for consumption in self._consumptions))
        await asyncio.gather(*(interest.stop(deadline) for interest in list(self._interests)))
        if self._link.state == "up":
            await self._queue.emptied(deadline)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._link.close(deadline)

    # --- the link's listener --------------------------------------------------------------------------------------

    async def came_up(self, client: Client) -> None:
        await client.subscribe(self._requests.subject, cb=self._requests.receive)
        for interest in self._interests:
            await interest.start(client)
        for listener in self._listeners:
            self._spawn(listener(), "bus listener")

    def went_down(self) -> None:
        self._requests.fail(unavailable("nats", "The connection to the message bus was lost"))

    # --- inside ---------------------------------------------------------------------------------------------------

    async def _listen(self, interest: Interest) -> None:
        """Start now when connected, and on every connection to come; on return the server has it, when it answers."""
        self._interests.append(interest)
        with contextlib.suppress(ProblemError, NatsError):
            await interest.start(self._link.client())
            await self.rtt()

    async def _send_envelope(self, envelope: Envelope) -> None:
        await self.send(envelope.subject, envelope.body, envelope.headers)

    def _spawn(self, work: Awaitable[None], name: str) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name=name)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
