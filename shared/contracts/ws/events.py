"""What a node and ws_svc say of WebSocket connections."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import MEASURES_STREAM, Event, Id

ConnectionState = Literal["open", "closed"]


FailureKind = Literal["handshake", "protocol", "limit", "slow", "send", "authentication", "internal"]
"""Where did it go wrong?"""


ConnectionId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="unique among all nodes")]


Count = Annotated[int, Meta(ge=0, le=2**53)]


OUTSIDE = "outside."
"""`belfry.v1.ws.opened.outside.shop-1`, `belfry.node.outside.shop-1.list_connections`: so NATS's permissions see to it
that no outsider speaks for a gateway, or hears what a gateway is told. Names in bodies go without it."""


class Connection(Struct, frozen=True, kw_only=True):
    """One WebSocket connection. Counts are messages since it opened. `pending_bytes` wait because the client reads
    slowly; `lagging` while they are more than the node's soft limit; `dropped` and `conflated` count what it missed.
    `rtt_ms`: of the last ping. `close_code`, `close_reason` and `closed_by` (a user's name) once it is closed."""

    id: ConnectionId
    node: Id
    service: str
    client_ip: str
    user: str | None
    agent: str
    connected_at: datetime
    subscriptions: list[str]
    received: int = 0
    sent: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    pending_bytes: int = 0
    lagging: bool = False
    dropped: int = 0
    conflated: int = 0
    rtt_ms: float | None = None
    last_activity_at: datetime | None = None
    expires_at: datetime | None = None
    closed_at: datetime | None = None
    close_code: int | None = None
    close_reason: str = ""
    closed_by: str | None = None


class WsOpened(Event, frozen=True, kw_only=True):
    """A connection was opened."""

    SUBJECT: ClassVar[str] = "belfry.v1.ws.opened.{node}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    node: Id
    connection: Connection


class WsClosed(Event, frozen=True, kw_only=True):
    """A connection was closed; `connection` as it was in the end, with its close code and reason."""

    SUBJECT: ClassVar[str] = "belfry.v1.ws.closed.{node}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    node: Id
    connection: Connection


class WsFailed(Event, frozen=True, kw_only=True):
    """Something went wrong with a connection, or before there was one (`connection_id` is null then). `code`: the close
    code or HTTP status that was answered; `reconnects`: whether the client was told to come again."""

    SUBJECT: ClassVar[str] = "belfry.v1.ws.failed.{node}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    node: Id
    at: datetime
    kind: FailureKind
    code: int
    message: str
    connection_id: str | None = None
    user: str | None = None
    client_ip: str = ""
    reconnects: bool = False


class WsMeasured(Event, frozen=True, kw_only=True):
    """Said by each node every second. Totals count since `started_at`, so that a lost message costs nothing. `max` 0:
    no limit is known. `stopping`: its last word; a node that ends without it counts as missing for a while."""

    SUBJECT: ClassVar[str] = "belfry.v1.ws.measured.{node}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    node: Id
    service: str
    at: datetime
    started_at: datetime
    active: Count
    max: Count
    lagging: Count
    pending_bytes: Count
    opened_total: Count
    closed_total: Count
    received_total: Count
    sent_total: Count
    received_bytes_total: Count
    sent_bytes_total: Count
    failed_total: Count
    dropped_total: Count
    conflated_total: Count
    slow_closed_total: Count
    stopping: bool = False


class Rates(Struct, frozen=True, kw_only=True):
    """Per second, over the last `window_seconds`; null until so much is known."""

    window_seconds: int
    msg_in_rate: float | None
    msg_out_rate: float | None
    opened_rate: float | None
    closed_rate: float | None
    error_rate: float | None


class WsNode(Struct, frozen=True, kw_only=True):
    """One node, as last heard; `answers` is false when it has been silent for some seconds. `outside`: not Belfry's."""

    node: Id
    service: str
    active: int
    max: int
    lagging: int
    pending_bytes: int
    msg_in_rate: float | None
    msg_out_rate: float | None
    error_rate: float | None
    started_at: datetime
    at: datetime
    answers: bool
    outside: bool = False


class WsStats(Struct, frozen=True, kw_only=True):
    """The whole fleet. Rates are per second over 10 s, `rates` also over 1 and 60 s; totals are of all nodes heard of,
    over their restarts. `active_pct` is of the nodes that have a limit; `alert_pct`: from where on the pool counts as
    filling up. `missing_nodes` were heard lately and are silent now: their connections do not count."""

    active: int
    max: int
    active_pct: float | None
    msg_in_rate: float | None
    msg_out_rate: float | None
    error_rate: float | None
    rates: list[Rates]
    lagging: int
    pending_bytes: int
    opened_total: int
    closed_total: int
    failed_total: int
    dropped_total: int
    conflated_total: int
    slow_closed_total: int
    nodes: list[WsNode]
    missing_nodes: list[str]
    alert_pct: float
    at: datetime


class WsStatus(Event, frozen=True, kw_only=True):
    """The fleet's figures, every second; without `nodes` when there are more than 50."""

    SUBJECT: ClassVar[str] = "belfry.v1.ws.status.fleet"
    STREAM: ClassVar[str] = MEASURES_STREAM

    stats: WsStats


NODE_EVENTS = (WsOpened, WsClosed, WsFailed, WsMeasured)


OUTSIDE_SUBJECTS = tuple(event.SUBJECT.format(node=f"{OUTSIDE}*") for event in NODE_EVENTS)
