"""Reading a stream in order, from any place in it, over every loss of the connection.

nats-py's ordered push consumer notices a lost connection by two missed heartbeats of 5 s. This one pulls: it starts a
new consumer behind the last message it saw, at once after a reconnect, after 2.5 s of silence, or after a gap.
"""

import re
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog
from msgspec import Struct
from nats.aio.msg import Msg

from shared.interest import Mailbox
from shared.jetstream import NANOSECONDS, Asks, Delivery, JetStreamError, api
from shared.metrics import FOLLOW_RESTARTS, FOLLOWED
from shared.problems import ProblemError, unavailable
from shared.pull import ENDED, HEARTBEAT, POLL_SECONDS, SILENCE_SECONDS, PullBus, pull_request

log = structlog.get_logger(__name__)

BATCH = 500
INACTIVE_SECONDS = 30
REST_SECONDS = 1.0
_NO_DIGIT = re.compile(r"\D")


class Extent(Struct, frozen=True):
    """How far a stream reaches: sequences `first` to `last`, `first` being one more than `last` when it is empty.
    `epoch` is another one when the stream was made anew under its name."""

    epoch: str
    first: int
    last: int


class StreamReplacedError(Exception):
    """The stream was made anew, or lost its end: places in the old one mean nothing any more."""


class FollowBus(Asks, PullBus, Protocol):
    """The part of the bus that is used here."""

    async def wait_up(self, timeout_seconds: float | None = None) -> bool: ...


async def follow(
    bus: FollowBus,
    stream: str,
    filters: Sequence[str],
    after: int | datetime,
    when_idle: Callable[[], None] = lambda: None,
) -> AsyncIterator[Delivery]:
    """Every message of the stream with a sequence above `after`, or stored since then, in order, each once, without
    end. Nothing is acknowledged. What the stream has dropped meanwhile is skipped. `when_idle` is called again and
    again, each second, while the stream has no more. Raises StreamReplacedError."""
    mailbox = await bus.mailbox()
    epoch, read = "", FOLLOWED.labels(stream)
    try:
        while True:
            name = f"follow_{secrets.token_hex(8)}"
            try:
                await api(bus, f"CONSUMER.CREATE.{stream}.{name}", consumer_of(stream, name, filters, after))
                epoch = _still_the_same(await extent_of(bus, stream), epoch, after)
                async for message in _read(bus, mailbox, stream, name, when_idle):
                    after = message.seq
                    read.inc()
                    yield message
            except (ProblemError, JetStreamError) as error:
                log.warning("bus.follow_waiting", stream=stream, reason=str(error))
                await mailbox.take(REST_SECONDS)
            FOLLOW_RESTARTS.labels(stream).inc()
            await bus.wait_up()
    finally:
        await bus.unsubscribe(mailbox)


async def _read(
    bus: FollowBus, mailbox: Mailbox, stream: str, name: str, when_idle: Callable[[], None]
) -> AsyncIterator[Delivery]:
    """The messages of one consumer, until it falls silent or something of it is missing."""
    expected = 1
    while True:
        await bus.send(
            f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}", pull_request(BATCH, POLL_SECONDS), reply=mailbox.address(name)
        )
        while True:
            message = await mailbox.take(SILENCE_SECONDS)
            if message is None:
                return
            if not message.reply.startswith(f"$JS.ACK.{stream}.{name}."):
                status = (message.headers or {}).get("Status")
                if message.subject != mailbox.address(name):
                    continue
                if status == HEARTBEAT:
                    when_idle()
                    continue
                if status in ENDED:
                    break
                raise unavailable("nats", (message.headers or {}).get("Description", "The reader was ended"))
            if _consumer_sequence(message) != expected:
                return
            expected += 1
            yield Delivery(bus, message)
            if (expected - 1) % BATCH == 0:
                break


async def extent_of(bus: Asks, stream: str) -> Extent:
    """Raises JetStreamError, ProblemError 503."""
    answer = await api(bus, f"STREAM.INFO.{stream}", {})
    state = answer["state"]
    return Extent(_NO_DIGIT.sub("", answer["created"]), max(1, state["first_seq"]), state["last_seq"])


def _still_the_same(extent: Extent, epoch: str, after: int | datetime) -> str:
    """The epoch. Raises StreamReplacedError."""
    if (epoch and extent.epoch != epoch) or (isinstance(after, int) and extent.last < after):
        raise StreamReplacedError(extent.epoch)
    return extent.epoch


def consumer_of(stream: str, name: str, filters: Sequence[str], after: int | datetime) -> dict[str, Any]:
    if isinstance(after, datetime):
        start: dict[str, Any] = {"deliver_policy": "by_start_time", "opt_start_time": after.isoformat()}
    else:
        start = {"deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
    return {
        "stream_name": stream,
        "config": {
            "name": name,
            **start,
            "filter_subjects": list(filters),
            "ack_policy": "none",
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": INACTIVE_SECONDS * NANOSECONDS,
        },
    }


def _consumer_sequence(message: Msg) -> int:
    parts = message.reply.split(".")
    return int(parts[6 if len(parts) == 9 else 8])
