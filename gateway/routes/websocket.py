"""WebSocket connections: everything under /api/v1/admin/websocket."""

from typing import Any

from gateway.routes.route import Before, Route
from shared.contracts.ws import procedures as ws

_AT = "/api/v1/admin/websocket"


def _connection(found: Any, _: dict[str, str]) -> Any:
    return next(iter(found["connections"]), None)


WEBSOCKET: tuple[Route, ...] = (
    Route("GET", f"{_AT}/stats", "viewer", ws.GET_STATS, "Connections, messages and errors of all nodes"),
    Route("GET", f"{_AT}/rates", "viewer", ws.GET_RATES, "Messages per second of the last minutes"),
    Route("GET", f"{_AT}/connections", "viewer", ws.LIST_CONNECTIONS, "Open or lately closed connections, paged"),
    Route("GET", f"{_AT}/errors", "viewer", ws.LIST_ERRORS, "The last errors, newest first"),
    Route(
        "POST", f"{_AT}/connections/{{conn_id}}/disconnect", "admin", ws.DISCONNECT, "Close one connection",
        before=Before(ws.LIST_CONNECTIONS, _connection), example={"reason": "An old tab"},
    ),
    Route(
        "POST", f"{_AT}/disconnect", "admin", ws.DISCONNECT_MANY, "Close all connections of a user or an address",
        example={"user": "sam", "dry_run": True},
    ),
)  # fmt: skip
