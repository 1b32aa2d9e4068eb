"""WebSocket connections: everything under /api/v1/admin/websocket."""

from gateway.routes.route import Route
from shared.contracts import ws

_AT = "/api/v1/admin/websocket"

WEBSOCKET: tuple[Route, ...] = (
    Route("GET", f"{_AT}/stats", "viewer", ws.GET_STATS, "Connections, messages and errors of all nodes"),
    Route("GET", f"{_AT}/rates", "viewer", ws.GET_RATES, "Messages per second of the last minutes"),
    Route("GET", f"{_AT}/connections", "viewer", ws.LIST_CONNECTIONS, "Open or lately closed connections, paged"),
    Route("GET", f"{_AT}/errors", "viewer", ws.LIST_ERRORS, "The last errors, newest first"),
    Route("POST", f"{_AT}/connections/{{conn_id}}/disconnect", "admin", ws.DISCONNECT, "Close one connection"),
    Route("POST", f"{_AT}/disconnect", "admin", ws.DISCONNECT_MANY, "Close all connections of a user or an address"),
)
