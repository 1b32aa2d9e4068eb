"""Reading a part of a stream once: what it holds now, behind a place."""

import secrets
from collections.abc import Sequence
from contextlib import suppress

from shared.follow import FollowBus, consumer_of
from shared.interest import Mailbox
from shared.jetstream import Delivery, api
from shared.problems import ProblemError, unavailable
from shared.pull import HEARTBEAT, SILENCE_SECONDS, pull_request

WAIT_SECONDS = 5.0


async def replay(bus: FollowBus, stream: str, filters: Sequence[str], after: int, most: int) -> list[Delivery] | None:
    """The messages with a sequence above `after`, in order; None when there are more than `most`. Raises
    JetStreamError, ProblemError 503."""
    name = f"replay_{secrets.token_hex(8)}"
    made = await api(bus, f"CONSUMER.CREATE.{stream}.{name}", consumer_of(stream, name, filters, after))
    waiting: int = made["num_pending"]
    if not 0 < waiting <= most:
        return None if waiting else []
    mailbox = await bus.mailbox()
    try:
        pull = pull_request(waiting, WAIT_SECONDS)
        await bus.send(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}", pull, reply=mailbox.address(name))
        return await _taken(bus, mailbox, f"$JS.ACK.{stream}.{name}.", waiting)
    finally:
        await bus.unsubscribe(mailbox)
        with suppress(ProblemError):  # it would go by itself, later
            await bus.send(f"$JS.API.CONSUMER.DELETE.{stream}.{name}", b"")


async def _taken(bus: FollowBus, mailbox: Mailbox, prefix: str, count: int) -> list[Delivery]:
    found: list[Delivery] = []
    while len(found) < count:
        message = await mailbox.take(SILENCE_SECONDS)
        if message is None:
            raise unavailable("nats", "The stream fell silent")
        if message.reply.startswith(prefix):
            found.append(Delivery(bus, message))
        elif (message.headers or {}).get("Status") != HEARTBEAT:
            raise unavailable("nats", (message.headers or {}).get("Description", "The reader was ended"))
    return found
