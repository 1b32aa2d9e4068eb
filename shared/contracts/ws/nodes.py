"""What a node is asked."""

from msgspec import Struct

from shared.contracts.ws.events import Connection, ConnectionId

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
