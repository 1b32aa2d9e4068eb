"""What travels over `/api/v1/ws`: JSON text frames, one object each, between the gateway and its clients.

The client sends commands with an `id`, each answered once with that `id`; what has no `id` comes by itself."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct

from shared.contracts.wire import Role

Topic = Literal["health", "latency", "alerts", "pipeline", "ws"]
TOPICS: tuple[Topic, ...] = ("health", "latency", "alerts", "pipeline", "ws")
Delivery = Literal["state", "event", "log"]
"""What may be left out for a slow client? `state`: all but the newest of each key; `event`: nothing, it is told to
resync instead; `log`: the oldest."""

CommandId = Annotated[int, Meta(ge=1, le=2**53)]
Epoch = Annotated[str, Meta(max_length=64)]
Offset = Annotated[int, Meta(ge=0, le=2**53)]

PROTOCOL = "belfry.v1"  # offered as Sec-WebSocket-Protocol; a client that offers none is served the same
PING_SECONDS = 25
OFFSET_HEADER = "Belfry-Offset"
"""On every answer of a read: `<epoch>:<offset>`, from where to subscribe so that nothing after the answer is missed."""


class WsTicket(Struct, frozen=True, kw_only=True):
    """Lets one connection in, once, as who asked for it and from the same origin: `/api/v1/ws?ticket=...`."""

    ticket: str
    expires_in_seconds: int


# --- from the client ----------------------------------------------------------------------------------------------


class Subscribe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hear a topic: from now on, or after `offset` of `epoch`."""

    topic: Topic
    offset: Offset | None = None
    epoch: Epoch = ""


class Unsubscribe(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    topic: Topic


class Refresh(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new ticket of the same user before the session of the old one ends."""

    ticket: Annotated[str, Meta(min_length=16, max_length=128)]


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Exactly one of the three; an empty object is the answer to a ping."""

    id: CommandId | None = None
    subscribe: Subscribe | None = None
    unsubscribe: Unsubscribe | None = None
    refresh: Refresh | None = None


# --- from the gateway ---------------------------------------------------------------------------------------------


class Connected(Struct, frozen=True, kw_only=True):
    """The first frame. `topics`: what this role may hear; `expires_at`: when the session ends, unless refreshed."""

    connection_id: str
    node: str
    user: str
    role: Role
    topics: list[Topic]
    epoch: str
    ping_seconds: int = PING_SECONDS
    expires_at: datetime | None = None


class Subscribed(Struct, frozen=True, kw_only=True):
    """Everything of the topic behind `offset` follows. `recovered`: that is the offset asked for; false: something may
    be missing in between, load anew."""

    topic: Topic
    recovered: bool
    offset: int
    epoch: str


class Refreshed(Struct, frozen=True, kw_only=True):
    """The session now ends then; null: it does not end by itself."""

    expires_at: datetime | None


class Pushed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message: `kind` as the CloudEvents type without version (`health.changed`), `data` its body. Events have the
    `offset` and `event_id` (the ce-id); states have the `key` they replace."""

    topic: Topic
    kind: str
    data: Raw
    offset: int | None = None
    event_id: str = ""
    key: str = ""


class Lag(Struct, frozen=True, kw_only=True):
    """The client reads too slowly: what waits, and what was left out since it connected."""

    pending_bytes: int
    dropped: int
    conflated: int


class Resync(Struct, frozen=True, kw_only=True):
    """Events of a topic were left out: load anew, then subscribe again from the offset."""

    topic: Topic
    reason: str
    offset: int
    epoch: str


class CommandError(Struct, frozen=True, kw_only=True):
    """Why a command was refused; the connection lives on. `status` as in HTTP."""

    status: int
    message: str


class Disconnecting(Struct, frozen=True, kw_only=True):
    """Comes before the close frame, which some proxies hide. Come again after `after_ms`, or never."""

    code: int
    reason: str
    reconnect: bool
    after_ms: int = 0


class Frame(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One frame from the gateway; only one of the fields is set, and none for a ping."""

    id: int | None = None
    connected: Connected | None = None
    subscribed: Subscribed | None = None
    unsubscribed: Unsubscribe | None = None
    refreshed: Refreshed | None = None
    error: CommandError | None = None
    batch: list[Pushed] | None = None
    lag: Lag | None = None
    resync: Resync | None = None
    disconnect: Disconnecting | None = None


class CloseCode(Struct, frozen=True):
    """A close code of ours, in words, and whether the client should come again."""

    code: int
    reason: str
    reconnect: bool


SHUTDOWN = CloseCode(4001, "The gateway is stopping", True)
SERVER_ERROR = CloseCode(4004, "The gateway failed", True)
EXPIRED = CloseCode(4005, "The session has ended", True)
SLOW = CloseCode(4008, "The client reads too slowly", True)
LOST_PLACE = CloseCode(4010, "The gateway has lost its place in the stream", True)
MOVE = CloseCode(4011, "The gateway asks to connect anew", True)
NO_PONG = CloseCode(4012, "The client did not answer a ping", True)
TOO_MANY_COMMANDS = CloseCode(4013, "Too many commands", True)
BAD_TICKET = CloseCode(4500, "The ticket is unknown, used or too old", False)
BAD_REQUEST = CloseCode(4501, "A frame could not be understood", False)
KICKED = CloseCode(4503, "An admin closed the connection", False)
TOO_MANY_CONNECTIONS = CloseCode(4504, "Too many connections", False)
REVOKED = CloseCode(4507, "The right to be connected was withdrawn", False)
TOO_MANY_ERRORS = CloseCode(4509, "Too many bad commands", False)

CLOSE_CODES = (
    SHUTDOWN, SERVER_ERROR, EXPIRED, SLOW, LOST_PLACE, MOVE, NO_PONG, TOO_MANY_COMMANDS,
    BAD_TICKET, BAD_REQUEST, KICKED, TOO_MANY_CONNECTIONS, REVOKED, TOO_MANY_ERRORS,
)  # fmt: skip
