"""Single connections: listed and closed by the nodes that hold them, asked all at once."""

from belfry_reporter.connections import place_of
from shared.contracts.wire import FieldError
from shared.contracts.ws import procedures as contract
from shared.contracts.ws.nodes import CLOSE_ACTION, LIST_ACTION, CloseConnections, ClosedConnections, NodeConnections
from shared.contracts.ws.overview import ConnectionList, Disconnected
from shared.problems import conflict, invalid, invalid_field, not_found, unavailable
from shared.rpc import Caller
from ws_svc.nodes import ask_nodes
from ws_svc.room import Room
from ws_svc.websocket_manager import (
    disconnected,
    fate_of,
    merged,
    page_of_closed,
    question_to_nodes,
    shown_name,
    shown_names,
)

LIST_SECONDS = 0.3
CLOSE_SECONDS = 1.0


async def list_connections(room: Room, request: contract.ConnectionsQuery, caller: Caller) -> ConnectionList:
    """A node that does not answer at once is left out and named, so that one that hangs holds up nobody."""
    _check_cursor(request)
    if request.state == "closed":
        return page_of_closed(request, room.registry.closed(room.now()))
    nodes = [node for node in room.pool.whom_to_ask(room.now()) if request.node in (None, shown_name(node))]
    question = question_to_nodes(request)
    pages, missing = await ask_nodes(room.bus, nodes, LIST_ACTION, question, NodeConnections, LIST_SECONDS)
    return merged(request, pages, missing)


async def disconnect(room: Room, request: contract.Disconnect, caller: Caller) -> Disconnected:
    """Every node is told, for only the one that holds the connection knows it for sure."""
    command = CloseConnections(connection_ids=[request.conn_id], reason=request.reason, closed_by=caller.actor)
    answers, missing = await _close(room, command)
    match fate_of(request.conn_id, answers, missing, room.registry.owner_of(request.conn_id)):
        case "closed":
            return Disconnected(closed=1, connection_ids=[request.conn_id], missing_nodes=[])
        case "gone":
            raise conflict(f"Connection {request.conn_id} is closed already")
        case "unknown":
            raise not_found(f"There is no connection {request.conn_id}, and none was heard of")
        case "not answered":
            raise _nobody_answered(missing)


async def disconnect_many(room: Room, request: contract.DisconnectMany, caller: Caller) -> Disconnected:
    """What the nodes that answer have closed; 503 when none does."""
    if (request.user is None) == (request.client_ip is None):
        raise invalid([FieldError(field, "give either user or client_ip") for field in ("user", "client_ip")])
    command = CloseConnections(
        user=request.user,
        client_ip=request.client_ip,
        reason=request.reason,
        closed_by=caller.actor,
        dry_run=request.dry_run,
    )
    answers, missing = await _close(room, command)
    if missing and not answers:
        raise _nobody_answered(missing)
    return disconnected(answers, missing)


async def _close(room: Room, command: CloseConnections) -> tuple[dict[str, ClosedConnections], list[str]]:
    nodes = room.pool.whom_to_ask(room.now())
    return await ask_nodes(room.bus, nodes, CLOSE_ACTION, command, ClosedConnections, CLOSE_SECONDS)


def _nobody_answered(missing: list[str]) -> Exception:
    names = shown_names(missing)
    return unavailable(names[0], f"No answer in time from {', '.join(names)}. The connection may still be open")


def _check_cursor(query: contract.ConnectionsQuery) -> None:
    if query.cursor is not None:
        try:
            place_of(query.cursor, query.sort)
        except ValueError:
            raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew") from None
