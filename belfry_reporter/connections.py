"""The order of connections, the same on every node and where their answers are merged: filter, sort, page, cursor.

A connection is anything with the fields of `Connection` in Belfry's contract, a question anything with those of
`ConnectionsQuery`."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from heapq import nlargest, nsmallest
from operator import attrgetter
from typing import Any, TypeVar

Value = str | float | None
Place = tuple[bool, str | float, str]
"""Where a connection stands: after those that have a value?, the value, the id."""
C = TypeVar("C")


def page_of(connections: Iterable[C], question: Any) -> tuple[list[C], int]:
    """The connections that match, from the cursor on and at most `limit` of them; and how many match of all. Raises
    ValueError for a cursor that is none."""
    found = [connection for connection in connections if matches(connection, question)]
    place = _placing(question.sort)
    start = None if question.cursor is None else place_of(question.cursor, question.sort)
    if question.sort.startswith("-"):
        rest = found if start is None else [each for each in found if place(each) < start]
        return nlargest(question.limit, rest, key=place), len(found)
    rest = found if start is None else [each for each in found if place(each) > start]
    return nsmallest(question.limit, rest, key=place), len(found)


def matches(connection: Any, question: Any) -> bool:
    return (
        question.conn_id in (None, connection.id)
        and question.user in (None, connection.user)
        and question.client_ip in (None, connection.client_ip)
        and question.node in (None, connection.node)
        and (not question.search or _mentions(connection, question.search.lower()))
    )


def cursor_after(connection: Any, sort: str) -> str:
    """What to ask with for those behind this one."""
    place = json.dumps([COLUMNS[sort.removeprefix("-")](connection), connection.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(cursor: str, sort: str) -> Place:
    """Raises ValueError for what is no cursor of this order."""
    try:
        value, id_ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise ValueError("not a cursor") from error
    fits = value is None or isinstance(value, str if sort.removeprefix("-") in TEXTS else int | float)
    if not fits or not isinstance(id_, str):
        raise ValueError("a cursor of another order")
    return _place(value, id_, sort.startswith("-"))


def _placing(sort: str) -> Callable[[Any], Place]:
    value_of, descending = COLUMNS[sort.removeprefix("-")], sort.startswith("-")
    return lambda connection: _place(value_of(connection), connection.id, descending)


def _place(value: Value, id_: str, descending: bool) -> Place:
    """Without a value it comes last, from whichever end."""
    return (not descending, "", id_) if value is None else (descending, value, id_)


def _mentions(connection: Any, word: str) -> bool:
    return (
        word in connection.client_ip
        or word in (connection.user or "").lower()
        or any(word in subscription.lower() for subscription in connection.subscriptions)
    )


def _connected_at(connection: Any) -> float:
    seconds: float = connection.connected_at.timestamp()
    return seconds


def _client_ip(connection: Any) -> str:
    """IPv4 addresses in the order of their numbers."""
    return ".".join(part.zfill(3) for part in connection.client_ip.split("."))


def _user(connection: Any) -> str | None:
    return None if connection.user is None else connection.user.lower()


TEXTS = frozenset({"client_ip", "user", "node"})
COLUMNS: dict[str, Callable[[Any], Value]] = {
    "connected_at": _connected_at,
    "client_ip": _client_ip,
    "user": _user,
    "node": attrgetter("node"),
    "sent": attrgetter("sent"),
    "received": attrgetter("received"),
    "pending_bytes": attrgetter("pending_bytes"),
    "rtt_ms": attrgetter("rtt_ms"),
}
