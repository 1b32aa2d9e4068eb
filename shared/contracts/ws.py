"""WebSocket connections: what each node that holds sockets says of them, and what the fleet of nodes is asked.

A node is a process that terminates WebSockets: Belfry's gateways, and any other service that reports in this form.
A node that is not Belfry's own has OUTSIDE before its name in every subject."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import MEASURES_STREAM, Event, Id, Rpc

ConnectionState = Literal["open", "closed"]
ConnectionSort = Literal[
    "connected_at", "client_ip", "user", "sent", "received", "pending_bytes", "rtt_ms", "node",
    "-connected_at", "-client_ip", "-user", "-sent", "-received", "-pending_bytes", "-rtt_ms", "-node",
]  # fmt: skip
"""By which column, with `-` from its other end?"""
FailureKind = Literal["handshake", "protocol", "limit", "slow", "send", "authentication", "internal"]
"""Where did it go wrong?"""

ConnectionId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="unique among all nodes")]
Reason = Annotated[str, Meta(max_length=120)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
RatesWindow = Annotated[int, Meta(ge=10, le=3600)]

OUTSIDE = "outside."
"""`belfry.v1.ws.opened.outside.shop-1`, `belfry.node.outside.shop-1.list_connections`: so NATS's permissions see to it
that no outsider speaks for a gateway, or hears what a gateway is told. Names in bodies go without it."""

# --- what a node says ---------------------------------------------------------------------------------------------


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


# --- what ws_svc says ---------------------------------------------------------------------------------------------


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


class RatePoint(Struct, frozen=True, kw_only=True):
    """One second of the fleet; null where nothing was heard."""

    at: datetime
    active: int | None
    msg_in_rate: float | None
    msg_out_rate: float | None
    error_rate: float | None


class RateHistory(Struct, frozen=True, kw_only=True):
    points: list[RatePoint]
    step_seconds: int


class ConnectionList(Struct, frozen=True, kw_only=True):
    """A page of connections over all nodes. `total`: how many match the question. `missing_nodes` did not answer in
    time, so their connections are not among these."""

    connections: list[Connection]
    total: int
    next_cursor: str | None
    missing_nodes: list[str]


class WsError(Struct, frozen=True, kw_only=True):
    """One of the last errors; `meaning` says the code in words."""

    at: datetime
    node: Id
    kind: FailureKind
    code: int
    meaning: str
    message: str
    connection_id: str | None
    user: str | None
    client_ip: str
    reconnects: bool


class ErrorList(Struct, frozen=True, kw_only=True):
    errors: list[WsError]


class Disconnected(Struct, frozen=True, kw_only=True):
    """How many connections were closed, and their ids (at most 1,000 of them); with `dry_run`, how many would be."""

    closed: int
    connection_ids: list[ConnectionId]
    missing_nodes: list[str]


# --- what ws_svc is asked -----------------------------------------------------------------------------------------


class WsStatsQuery(Struct, frozen=True):
    """Nothing to choose."""


class RateHistoryQuery(Struct, frozen=True, kw_only=True):
    window_seconds: RatesWindow = 600


class ConnectionsQuery(Struct, frozen=True, kw_only=True):
    """`search`: a part of the client's address, the user's name or a subscription. `state` closed: the last
    5 minutes."""

    conn_id: ConnectionId | None = None
    state: ConnectionState = "open"
    sort: ConnectionSort = "-connected_at"
    search: Annotated[str, Meta(max_length=100)] = ""
    user: Annotated[str, Meta(max_length=100)] | None = None
    client_ip: Annotated[str, Meta(max_length=64)] | None = None
    node: Id | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=512)] | None = None


class ErrorsQuery(Struct, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


class Disconnect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close one connection with 4503. 404: never heard of; 409: already gone; 503: its node does not answer."""

    conn_id: ConnectionId
    reason: Reason = ""


class DisconnectMany(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Close all connections of a user, or all from an address: exactly one of both. `dry_run` only counts them."""

    user: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    client_ip: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    reason: Reason = ""
    dry_run: bool = False


# --- what a node is asked -----------------------------------------------------------------------------------------

NODE_SUBJECT = "belfry.node.{node}.{action}"
LIST_ACTION, CLOSE_ACTION = "list_connections", "close_connections"
"""Asked with a DEADLINE_HEADER: the epoch in milliseconds from which on nobody waits. Who is late does nothing."""


class NodeConnections(Struct, frozen=True, kw_only=True):
    """The node's own page for a ConnectionsQuery; `total`: how many match, of all pages. A cursor is base64url without
    padding of the JSON array `[value, id]` of the last connection taken. In order of value, then id, or of both from
    their other end; null comes last. Values: times as seconds since 1970, users in lower case, the parts of IPv4
    addresses as three digits."""

    connections: list[Connection]
    total: int


class CloseConnections(Struct, frozen=True, kw_only=True):
    """What a node is told to close with 4503, by any of the three, and on whose behalf; with `dry_run` it only says
    which."""

    connection_ids: list[ConnectionId] = []
    user: str | None = None
    client_ip: str | None = None
    reason: str = ""
    closed_by: str = ""
    dry_run: bool = False


class ClosedConnections(Struct, frozen=True, kw_only=True):
    """All of them, however many."""

    connection_ids: list[ConnectionId]


NODE_EVENTS = (WsOpened, WsClosed, WsFailed, WsMeasured)
EVENTS = (*NODE_EVENTS, WsStatus)
OUTSIDE_SUBJECTS = tuple(event.SUBJECT.format(node=f"{OUTSIDE}*") for event in NODE_EVENTS)

GET_STATS = Rpc("belfry.rpc.ws.get_stats", WsStatsQuery, WsStats)
GET_RATES = Rpc("belfry.rpc.ws.get_rates", RateHistoryQuery, RateHistory)
LIST_CONNECTIONS = Rpc("belfry.rpc.ws.list_connections", ConnectionsQuery, ConnectionList)
LIST_ERRORS = Rpc("belfry.rpc.ws.list_errors", ErrorsQuery, ErrorList)
DISCONNECT = Rpc("belfry.rpc.ws.disconnect", Disconnect, Disconnected)
DISCONNECT_MANY = Rpc("belfry.rpc.ws.disconnect_many", DisconnectMany, Disconnected)

RPCS = (GET_STATS, GET_RATES, LIST_CONNECTIONS, LIST_ERRORS, DISCONNECT, DISCONNECT_MANY)
