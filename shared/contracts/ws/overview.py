"""What ws_svc answers."""

from datetime import datetime

from msgspec import Struct

from shared.contracts.wire import Id
from shared.contracts.ws.events import Connection, ConnectionId, FailureKind


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
