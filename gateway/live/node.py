"""What this process answers when the fleet of nodes is asked about its connections, or told to close some."""

import asyncio
from functools import partial
from time import time

from belfry_reporter.connections import page_of
from gateway.live.hub import Hub
from shared.contracts.live import KICKED
from shared.contracts.wire import Rpc
from shared.contracts.ws.events import Connection
from shared.contracts.ws.nodes import (
    CLOSE_ACTION,
    LIST_ACTION,
    NODE_SUBJECT,
    CloseConnections,
    ClosedConnections,
    NodeConnections,
)
from shared.contracts.ws.procedures import ConnectionsQuery
from shared.problems import invalid_field
from shared.rpc import Caller, Handler

YIELD_EVERY = 500


def endpoints(hub: Hub) -> list[tuple[Rpc, Handler]]:
    """This node's own subjects."""
    node = hub.report.node.id
    listing = Rpc(NODE_SUBJECT.format(node=node, action=LIST_ACTION), ConnectionsQuery, NodeConnections)
    closing = Rpc(NODE_SUBJECT.format(node=node, action=CLOSE_ACTION), CloseConnections, ClosedConnections)
    return [(listing, partial(list_connections, hub)), (closing, partial(close_connections, hub))]


async def list_connections(hub: Hub, query: ConnectionsQuery, caller: Caller) -> NodeConnections:
    try:
        connections, total = page_of(await _asked_for(hub, query), query)
    except ValueError:
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew") from None
    return NodeConnections(connections=connections, total=total)


async def _asked_for(hub: Hub, query: ConnectionsQuery) -> list[Connection]:
    if query.state == "closed":
        return hub.registry.closed(time())
    found = []
    for client in hub.registry:
        found.append(hub.described(client))
        if len(found) % YIELD_EVERY == 0:
            await asyncio.sleep(0)  # messages go on meanwhile
    return found


async def close_connections(hub: Hub, command: CloseConnections, caller: Caller) -> ClosedConnections:
    """Those that were open, and are closed now."""
    chosen = hub.registry.chosen(command)
    if not command.dry_run:
        for client in chosen:
            hub.dismiss(client, KICKED, command.reason, by=command.closed_by or caller.actor)
    return ClosedConnections(connection_ids=[client.id for client in chosen])
