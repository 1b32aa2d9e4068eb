"""All nodes as one: their pages put together in one order, and what became of a command to close."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from msgspec.structs import replace

from belfry_reporter.connections import cursor_after, page_of
from shared.contracts.ws.events import OUTSIDE, Connection
from shared.contracts.ws.nodes import ClosedConnections, NodeConnections
from shared.contracts.ws.overview import ConnectionList, Disconnected
from shared.contracts.ws.procedures import ConnectionsQuery

LARGEST_PAGE = 200
MOST_IDS = 1_000

Fate = Literal["closed", "gone", "unknown", "not answered"]


def question_to_nodes(query: ConnectionsQuery) -> ConnectionsQuery:
    """Each node is asked for one connection more than is shown, which tells whether there is another page."""
    return replace(query, limit=min(query.limit + 1, LARGEST_PAGE))


def merged(query: ConnectionsQuery, pages: Mapping[str, NodeConnections], missing: Iterable[str]) -> ConnectionList:
    """One page out of those of all nodes, by their names. What a node says beside the question does not count."""
    found = [
        connection
        for name, page in pages.items()
        for connection in page.connections[:LARGEST_PAGE]
        if connection.node == shown_name(name)
    ]
    full = any(len(page.connections) >= LARGEST_PAGE for page in pages.values())
    return _listed(query, found, sum(page.total for page in pages.values()), full, missing)


def page_of_closed(query: ConnectionsQuery, closed: Sequence[Connection]) -> ConnectionList:
    _, total = page_of(closed, query)
    return _listed(query, closed, total, False, [])


def fate_of(
    connection_id: str, answers: Mapping[str, ClosedConnections], missing: Collection[str], owner: str | None
) -> Fate:
    """What became of a connection that all nodes were told to close. `owner`: the node that once opened it."""
    if any(connection_id in answer.connection_ids for answer in answers.values()):
        return "closed"
    if owner is None:
        return "not answered" if missing else "unknown"
    return "not answered" if owner in missing else "gone"


def disconnected(answers: Mapping[str, ClosedConnections], missing: Iterable[str]) -> Disconnected:
    ids = sorted({id_ for answer in answers.values() for id_ in answer.connection_ids})
    return Disconnected(closed=len(ids), connection_ids=ids[:MOST_IDS], missing_nodes=shown_names(missing))


def shown_name(name: str) -> str:
    """A node as people know it."""
    return name.removeprefix(OUTSIDE)


def shown_names(names: Iterable[str]) -> list[str]:
    return sorted({shown_name(name) for name in names})


def _listed(
    query: ConnectionsQuery, connections: Iterable[Connection], total: int, full: bool, missing: Iterable[str]
) -> ConnectionList:
    found, _ = page_of(connections, replace(query, limit=query.limit + 1))
    shown = found[: query.limit]
    more = bool(shown) and (full or len(found) > len(shown))
    return ConnectionList(
        connections=shown,
        total=total,
        next_cursor=cursor_after(shown[-1], query.sort) if more else None,
        missing_nodes=shown_names(missing),
    )
