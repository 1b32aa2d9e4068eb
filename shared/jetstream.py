"""JetStream over the bus: storing messages in order, and the few calls of its API that Belfry makes."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace
from nats.aio.msg import Msg

from shared.problems import ProblemError, unavailable

log = structlog.get_logger(__name__)

WINDOW = 256
ATTEMPTS = 3
RETRY_SECONDS = 0.25
ACK_SECONDS = 3.0
API_SECONDS = 5.0
NANOSECONDS = 1_000_000_000
STORE_FULL = 10077  # comes as a 400, yet passes when the stream has room again


class Asks(Protocol):
    """The part of the bus that is used here."""

    async def ask(self, subject: str, data: bytes, headers: dict[str, str] | None, deadline_seconds: float) -> Msg: ...


class Sends(Protocol):
    """The part of the bus that acknowledges."""

    async def send(self, subject: str, data: bytes, headers: dict[str, str] | None = None, reply: str = "") -> None: ...


class OutboxMessage(Struct, frozen=True, kw_only=True):
    """A message to be stored exactly once: `id` becomes `Nats-Msg-Id` and is the same for every attempt."""

    id: str
    subject: str
    body: bytes = b""
    headers: dict[str, str] = {}


class Delivery:
    """A message from a stream: `seq` is its place there, `deliveries` how often it was handed out, 1 at first,
    `stored_at` the epoch in seconds since when it waits, `left` how many the consumer still has to hand out."""

    __slots__ = ("_bus", "_reply", "data", "deliveries", "headers", "left", "seq", "settled", "stored_at", "subject")

    def __init__(self, bus: Sends, message: Msg) -> None:
        self._bus, self._reply = bus, message.reply
        self.subject, self.data, self.headers = message.subject, message.data, message.headers or {}
        self.deliveries, self.seq, self.stored_at, self.left = place_of(message.reply)
        self.settled = False

    async def ack(self) -> None:
        """Done. When NATS is away, or goes away with it, the message comes again: handlers are idempotent."""
        await self._settle(b"+ACK")

    async def nak(self, delay_seconds: float = 0) -> None:
        """Again, after `delay_seconds`."""
        await self._settle(b'-NAK {"delay": %d}' % round(delay_seconds * NANOSECONDS))

    async def working(self) -> None:
        """Not done yet: start the time to acknowledge anew."""
        with contextlib.suppress(ProblemError):
            await self._bus.send(self._reply, b"+WPI")

    async def _settle(self, word: bytes) -> None:
        self.settled = True
        with contextlib.suppress(ProblemError):
            await self._bus.send(self._reply, word)


def place_of(reply: str) -> tuple[int, int, float, int]:
    """Deliveries, stream sequence, epoch of storing and how many are left, from
    `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<seq>.<consumer seq>.<nanoseconds>.<left>...`."""
    parts = reply.split(".")
    first = 4 if len(parts) == 9 else 6
    return int(parts[first]), int(parts[first + 1]), int(parts[first + 3]) / NANOSECONDS, int(parts[first + 4])


class ApiError(Struct, frozen=True):
    code: int = 0
    err_code: int = 0
    description: str = ""


class PubAck(Struct, frozen=True):
    """JetStream's answer to a message: where it is, or why not."""

    stream: str = ""
    seq: int = 0
    duplicate: bool = False
    error: ApiError | None = None


class Stored(Struct, frozen=True):
    """`stored`: ids JetStream has. `rejected`: ids it will never take, and why. The rest may be tried again.
    `duplicates`: how many of those it has it had before."""

    stored: list[str]
    rejected: dict[str, str]
    duplicates: int = 0


class JetStreamError(Exception):
    """JetStream refused; `err_code` says why."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(f"{error.description} ({error.err_code})")
        self.code, self.err_code = error.code, error.err_code


async def store(bus: Asks, messages: Sequence[OutboxMessage]) -> Stored:
    """Publish in windows and wait for the acknowledgements. Stops at the first message that could not be stored, so
    that messages of one subject keep their order."""
    stored: list[str] = []
    rejected: dict[str, str] = {}
    duplicates = 0
    for window in windows(messages):
        answers = await _store_window(bus, window)
        stored += [id for id, ack in answers.items() if ack.error is None]
        duplicates += sum(ack.duplicate for ack in answers.values())
        rejected |= {id: ack.error.description for id, ack in answers.items() if ack.error is not None}
        if len(answers) < len(window):
            break
    return Stored(stored, rejected, duplicates)


def windows(messages: Sequence[OutboxMessage]) -> Iterator[list[OutboxMessage]]:
    """Runs of at most WINDOW messages with no subject twice: what is in flight together may be stored in any order."""
    window: list[OutboxMessage] = []
    subjects: set[str] = set()
    for message in messages:
        if len(window) == WINDOW or message.subject in subjects:
            yield window
            window, subjects = [], set()
        window.append(message)
        subjects.add(message.subject)
    if window:
        yield window


async def _store_window(bus: Asks, window: list[OutboxMessage]) -> dict[str, PubAck]:
    """The final answers by id: stored, or refused for ever. A message without one may be tried again."""
    answers: dict[str, PubAck] = {}
    for attempt in range(ATTEMPTS):
        if attempt:
            await asyncio.sleep(RETRY_SECONDS)
        left = [message for message in window if message.id not in answers]
        acks = await asyncio.gather(*(_store_one(bus, message) for message in left))
        found = {message.id: ack for message, ack in zip(left, acks, strict=True) if ack is not None}
        answers |= {id: replace(ack, duplicate=ack.duplicate and not attempt) for id, ack in found.items()}
        if len(answers) == len(window):
            break
    return answers


async def _store_one(bus: Asks, message: OutboxMessage) -> PubAck | None:
    try:
        return await publish(bus, message.subject, message.body, {**message.headers, "Nats-Msg-Id": message.id})
    except JetStreamError as error:
        final = error.code == 400 and error.err_code != STORE_FULL
        log.warning("bus.not_stored", subject=message.subject, id=message.id, reason=str(error), final=final)
        return PubAck(error=ApiError(error.code, error.err_code, str(error))) if final else None
    except ProblemError as error:
        if error.problem.status == 413:
            return PubAck(error=ApiError(413, 0, error.problem.detail))
        return None


async def publish(bus: Asks, subject: str, body: bytes, headers: dict[str, str]) -> PubAck:
    """Store one message. Raises JetStreamError when refused, ProblemError 503 when nobody answered."""
    answer = await bus.ask(subject, body, headers, ACK_SECONDS)
    ack: PubAck = _decoded(answer.data, PubAck)
    if ack.error is not None:
        raise JetStreamError(ack.error)
    return ack


async def api(bus: Asks, subject: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A call of `$JS.API`. Raises JetStreamError, ProblemError 503."""
    data = msgspec.json.encode(body) if body else b""
    message = await bus.ask(f"$JS.API.{subject}", data, None, API_SECONDS)
    answer: dict[str, Any] = _decoded(message.data, dict[str, Any])
    if "error" in answer:
        raise JetStreamError(msgspec.convert(answer["error"], ApiError))
    return answer


async def purge(bus: Asks, stream: str, subject: str) -> int:
    """Remove every message of a subject from a stream; returns how many there were."""
    answer = await api(bus, f"STREAM.PURGE.{stream}", {"filter": subject})
    return int(answer.get("purged", 0))


async def subjects(bus: Asks, stream: str, filter: str) -> set[str]:
    """The subjects of a stream that match `filter` and hold a message."""
    found: set[str] = set()
    while True:
        answer = await api(bus, f"STREAM.INFO.{stream}", {"subjects_filter": filter, "offset": len(found)})
        page: dict[str, int] = answer["state"].get("subjects") or {}
        found |= page.keys()
        if not page or len(found) >= answer.get("total", 0):
            return found


def _decoded(data: bytes, type_: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.MsgspecError as error:
        raise unavailable("nats", f"JetStream's answer cannot be read: {error}") from error
