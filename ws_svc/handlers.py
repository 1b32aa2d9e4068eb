"""What the nodes say, read from the stream: all of the last hour first, so that a restart forgets nothing."""

from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from shared.contracts.wire import MEASURES_STREAM, Event
from shared.contracts.ws.events import NODE_EVENTS, OUTSIDE_SUBJECTS, WsClosed, WsFailed, WsMeasured, WsOpened
from shared.follow import StreamReplacedError
from shared.jetstream import Delivery
from ws_svc import metrics
from ws_svc.room import Room
from ws_svc.websocket_manager import shown_name

log = structlog.get_logger()

SUBJECTS = (*(event.SUBJECT.format(node="*") for event in NODE_EVENTS), *OUTSIDE_SUBJECTS)
LARGEST_EVENT_BYTES = 16 * 1024  # what is kept in memory is bounded by this, too


async def hear(room: Room) -> None:
    """Without end. A stream that was made anew is read from its start; what was heard before stays."""
    while True:
        try:
            await hear_stream(room)
        except StreamReplacedError:
            log.warning("ws.stream_replaced")


async def hear_stream(room: Room) -> None:
    """What cannot be understood is counted and left out. Raises StreamReplacedError."""
    async for message in room.bus.follow(MEASURES_STREAM, SUBJECTS, after=0):
        *_, kind, node = message.subject.split(".", 4)
        try:
            outcome = take(room, kind, node, message)
        except Exception:
            log.exception("ws.event_failed", subject=message.subject)
            outcome = "failed"
        metrics.HEARD.labels(kind, outcome).inc()
        if not message.left:
            room.caught_up.set()


def take(room: Room, kind: str, node: str, message: Delivery) -> str:
    """Returns what became of the message: `taken`, or `refused`."""
    type_, heard = HEARERS[kind]
    event = understood(type_, node, message.data)
    return "taken" if event is not None and heard(room, node, event, message.stored_at) else "refused"


def understood(type_: type[Event], node: str, body: bytes) -> Any:
    """The event; None for what is none, is too large, or speaks for another node."""
    if len(body) > LARGEST_EVENT_BYTES:
        return None
    try:
        event: Any = msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    names = {event.node, event.connection.node} if isinstance(event, WsOpened | WsClosed) else {event.node}
    return event if names == {shown_name(node)} else None


def hear_opened(room: Room, node: str, event: WsOpened, heard_at: float) -> bool:
    room.registry.hear_opened(node, event.connection)
    return True


def hear_closed(room: Room, node: str, event: WsClosed, heard_at: float) -> bool:
    room.registry.hear_closed(node, event.connection, heard_at)
    return True


def hear_failed(room: Room, node: str, event: WsFailed, heard_at: float) -> bool:
    room.registry.hear_failed(event)
    return True


def hear_measured(room: Room, node: str, event: WsMeasured, heard_at: float) -> bool:
    return room.pool.hear(node, event, heard_at)


HEARERS: dict[str, tuple[type[Event], Callable[[Room, str, Any, float], bool]]] = {
    "opened": (WsOpened, hear_opened),
    "closed": (WsClosed, hear_closed),
    "failed": (WsFailed, hear_failed),
    "measured": (WsMeasured, hear_measured),
}
