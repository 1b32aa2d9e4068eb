"""WebSocket connections: what each node that holds sockets says of them, and what the fleet of nodes is asked.

A node is a process that terminates WebSockets: Belfry's gateways, and any other service that reports in this form.
A node that is not Belfry's own has OUTSIDE before its name in every subject."""

from shared.contracts.ws.events import NODE_EVENTS, WsStatus
from shared.contracts.ws.procedures import RPCS

__all__ = ["EVENTS", "RPCS"]

EVENTS = (*NODE_EVENTS, WsStatus)
