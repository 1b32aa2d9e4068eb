"""A node: the WebSocket connections of one process, what is said of them, and what is asked about them."""

import asyncio
import re
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from belfry_reporter.connections import page_of

OUTSIDE = "outside."  # before the name of a node that is not Belfry's own, in subjects
KEPT_EVENTS = 10_000
LAGGING_BYTES = 256 * 1024
AT_ONCE = 1_000
KICKED_CODE, KICKED_REASON = 4503, "An admin closed the connection"
OUTSIDE_OF_TOKENS = re.compile(r"[^a-z0-9_-]+")

encode = msgspec.json.Encoder().encode


class Connection(Struct, kw_only=True):
    """One WebSocket, as Belfry's contract has it. Whoever holds the socket counts here."""

    id: str
    node: str
    service: str
    client_ip: str
    user: str | None
    agent: str
    connected_at: datetime
    subscriptions: list[str]
    received: int = 0
    sent: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    pending_bytes: int = 0
    lagging: bool = False
    dropped: int = 0
    conflated: int = 0
    rtt_ms: float | None = None
    last_activity_at: datetime | None = None
    expires_at: datetime | None = None
    closed_at: datetime | None = None
    close_code: int | None = None
    close_reason: str = ""
    closed_by: str | None = None


class Question(Struct, kw_only=True):
    """Which connections Belfry asks for."""

    conn_id: str | None = None
    sort: str = "-connected_at"
    search: str = ""
    user: str | None = None
    client_ip: str | None = None
    node: str | None = None
    limit: int = 50
    cursor: str | None = None


class Command(Struct, kw_only=True):
    """What Belfry tells to close, and on whose behalf."""

    connection_ids: list[str] = []
    user: str | None = None
    client_ip: str | None = None
    reason: str = ""
    closed_by: str = ""
    dry_run: bool = False


class Socket(Struct):
    """A connection, and the two things that only its holder can do. `close(code, reason)` starts to close and returns
    at once; `pending_bytes()` are those that wait because the client reads slowly."""

    connection: Connection
    close: Callable[[int, str], None]
    pending_bytes: Callable[[], int]


class Word(Struct, frozen=True):
    """Something to be said: an event's kind and its body."""

    kind: str
    body: bytes


SUMMED = ("received", "sent", "received_bytes", "sent_bytes", "dropped", "conflated")


class Node:
    """The sockets of a process, within one event loop. `name`: what no other process is called, by default new at each
    start; `max_connections` 0: no limit is known. What is to be said waits in `words`, at most KEPT_EVENTS, the oldest
    dropped first and counted."""

    def __init__(self, service: str, name: str = "", max_connections: int = 0, place: str = OUTSIDE) -> None:
        self.service = service
        self.name = token_of(name) or f"{token_of(service)[:40] or 'node'}-{secrets.token_hex(4)}"
        self.place = place + self.name
        self.max_connections = max_connections
        self.sockets: dict[str, Socket] = {}
        self.words: deque[Word] = deque()
        self.news = asyncio.Event()
        self.dropped_words_total = 0
        self._started_at = datetime.now(UTC)
        self._opened = self._closed = self._failed = 0
        self._ended = dict.fromkeys(SUMMED, 0)

    # --- what the holder of the sockets says ----------------------------------------------------------------------

    def connection(self, client_ip: str, user: str | None, agent: str, subscriptions: Iterable[str]) -> Connection:
        return Connection(
            id=secrets.token_hex(10),
            node=self.name,
            service=self.service,
            client_ip=client_ip,
            user=user,
            agent=agent,
            connected_at=datetime.now(UTC),
            subscriptions=list(subscriptions),
        )

    def opened(self, socket: Socket) -> None:
        self.sockets[socket.connection.id] = socket
        self._opened += 1
        self._say("opened", {"node": self.name, "connection": socket.connection})

    def closed(self, connection: Connection, code: int, reason: str = "") -> None:
        """Once for each; what a command said of why it was closed stands."""
        if self.sockets.pop(connection.id, None) is None:
            return
        connection.closed_at = datetime.now(UTC)
        if connection.close_code is None:
            connection.close_code, connection.close_reason = code, reason
        self._closed += 1
        for field in SUMMED:
            self._ended[field] += getattr(connection, field)
        self._say("closed", {"node": self.name, "connection": connection})

    def failed(self, kind: str, code: int, message: str, client_ip: str, connection: Connection | None = None) -> None:
        """`kind`: handshake, protocol, limit, slow, send, authentication or internal; `code`: what was answered."""
        self._failed += 1
        body = {
            "node": self.name,
            "at": datetime.now(UTC),
            "kind": kind,
            "code": code,
            "message": message[:500],
            "connection_id": connection and connection.id,
            "user": connection and connection.user,
            "client_ip": client_ip,
        }
        self._say("failed", body)

    # --- what Belfry hears and asks -------------------------------------------------------------------------------

    async def measured(self, stopping: bool = False) -> Word:
        """How it stands now. Many sockets are looked at by and by, so that the loop is never held for long."""
        sums, lagging, pending = dict(self._ended), 0, 0
        for number, socket in enumerate(list(self.sockets.values())):
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            connection = socket.connection
            connection.pending_bytes = socket.pending_bytes()
            connection.lagging = connection.pending_bytes > LAGGING_BYTES
            lagging += connection.lagging
            pending += connection.pending_bytes
            for field in SUMMED:
                sums[field] += getattr(connection, field)
        body = {
            "node": self.name,
            "service": self.service,
            "at": datetime.now(UTC),
            "started_at": self._started_at,
            "active": len(self.sockets),
            "max": self.max_connections,
            "lagging": lagging,
            "pending_bytes": pending,
            "opened_total": self._opened,
            "closed_total": self._closed,
            "failed_total": self._failed,
            "slow_closed_total": 0,
            "stopping": stopping,
            **{f"{field}_total": count for field, count in sums.items()},
        }
        return Word("measured", encode(body))

    async def answer(self, action: str, body: bytes) -> bytes | None:
        """The answer to a question; None to one that is not understood. Raises ValueError for a bad one."""
        if action == "list_connections":
            question = msgspec.json.decode(body, type=Question)
            held = [socket.connection for socket in self.sockets.values()]
            found, total = await asyncio.to_thread(page_of, held, question)  # the loop goes on meanwhile
            return encode({"connections": found, "total": total})
        if action == "close_connections":
            return encode({"connection_ids": self.close(msgspec.json.decode(body, type=Command))})
        return None

    def close(self, command: Command) -> list[str]:
        """Start to close what the command means; returns the ids."""
        meant = [socket for socket in self.sockets.values() if _is_meant(socket.connection, command)]
        for socket in [] if command.dry_run else meant:
            socket.connection.close_code, socket.connection.closed_by = KICKED_CODE, command.closed_by
            socket.connection.close_reason = command.reason
            socket.close(KICKED_CODE, command.reason or KICKED_REASON)
        return [socket.connection.id for socket in meant]

    def _say(self, kind: str, body: dict[str, Any]) -> None:
        try:
            word = Word(kind, encode(body))
        except (TypeError, ValueError, OverflowError):  # something odd was set on a connection: not worth a failure
            self.dropped_words_total += 1
            return
        if len(self.words) == KEPT_EVENTS:
            self.words.popleft()
            self.dropped_words_total += 1
        self.words.append(word)
        self.news.set()


def token_of(name: str) -> str:
    """The name as it may stand in a subject."""
    return OUTSIDE_OF_TOKENS.sub("-", name.lower()).strip("-_")[:63]


def _is_meant(connection: Connection, command: Command) -> bool:
    return (
        connection.id in command.connection_ids
        or (command.user is not None and connection.user == command.user)
        or (command.client_ip is not None and connection.client_ip == command.client_ip)
    )
