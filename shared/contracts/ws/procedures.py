"""What ws_svc is asked."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import Id, Rpc
from shared.contracts.ws.events import ConnectionId, ConnectionState, WsStats
from shared.contracts.ws.overview import ConnectionList, Disconnected, ErrorList, RateHistory

ConnectionSort = Literal[
    "connected_at", "client_ip", "user", "sent", "received", "pending_bytes", "rtt_ms", "node",
    "-connected_at", "-client_ip", "-user", "-sent", "-received", "-pending_bytes", "-rtt_ms", "-node",
]  # fmt: skip
"""By which column, with `-` from its other end?"""


Reason = Annotated[str, Meta(max_length=120)]


RatesWindow = Annotated[int, Meta(ge=10, le=3600)]


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


GET_STATS = Rpc("belfry.rpc.ws.get_stats", WsStatsQuery, WsStats)


GET_RATES = Rpc("belfry.rpc.ws.get_rates", RateHistoryQuery, RateHistory)


LIST_CONNECTIONS = Rpc("belfry.rpc.ws.list_connections", ConnectionsQuery, ConnectionList)


LIST_ERRORS = Rpc("belfry.rpc.ws.list_errors", ErrorsQuery, ErrorList)


DISCONNECT = Rpc("belfry.rpc.ws.disconnect", Disconnect, Disconnected)


DISCONNECT_MANY = Rpc("belfry.rpc.ws.disconnect_many", DisconnectMany, Disconnected)


RPCS = (GET_STATS, GET_RATES, LIST_CONNECTIONS, LIST_ERRORS, DISCONNECT, DISCONNECT_MANY)
