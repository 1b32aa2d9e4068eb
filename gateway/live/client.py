"""One connected client: who it is, what it hears, how it keeps up."""

import asyncio
from datetime import UTC, datetime
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Protocol

from gateway.auth.identity import Identity
from gateway.live.frames import Item
from gateway.live.socket import Ended, Socket
from gateway.live.topics import topics_in
from shared.contracts.ws.events import Connection

SOFT_BYTES = 256 * 1024  # from here on states wait and logs are left out
EVENT_BYTES = 512 * 1024  # from here on events are left out too, and the client is told to resync
HARD_BYTES = 1024 * 1024  # and here it ends
KERNEL_BYTES = 64 * 1024  # by itself it would take megabytes for a client that does not read, before we notice


class Owner(Protocol):
    """Who is told what happens to a client."""

    def opened(self, client: "Client") -> None: ...

    def received(self, client: "Client", message: bytes, is_text: bool) -> None: ...

    def fell_behind(self, client: "Client") -> None: ...

    def caught_up(self, client: "Client") -> None: ...

    def ended(self, client: "Client", how: Ended) -> None: ...

    def gone(self, socket: Socket) -> None: ...


class Group:
    """Clients that hear the same topics. `sent`, `sent_bytes`: what went to all of them. A client counts only what is
    different for itself: to count at each is memory that is far away, for each write of thousands."""

    __slots__ = ("clients", "sent", "sent_bytes")

    def __init__(self) -> None:
        self.clients: dict[Client, None] = {}
        self.sent = self.sent_bytes = 0

    def join(self, client: "Client") -> None:
        self.clients[client] = None
        client.group = self
        client.count(-self.sent, -self.sent_bytes)

    def leave(self, client: "Client") -> None:
        del self.clients[client]
        client.group = None
        client.count(self.sent, self.sent_bytes)


class Client:
    """`topics`: what it hears, as a mask; `group`: with whom. `direct`: its transport while it keeps up, for frames to
    go straight to; `open`: it was not told to go. `behind_since` (monotonic): it reads too slowly since then; `warned`:
    and was told so. `held`: the newest state of each key, until it keeps up. `busy`: how many of its commands are not
    answered yet. Other times are epochs in seconds."""

    __slots__ = (
        "_owner", "_sent", "_sent_bytes", "agent", "allowance", "allowed_at", "bad_commands", "behind_since", "busy",
        "client_ip", "conflated", "connected_at", "direct", "dropped", "expires_at", "group", "heard_at", "held", "id",
        "identity", "open", "origin", "received_bytes", "received_messages", "rtt_seconds", "socket", "topics",
        "transport", "warned",
    )  # fmt: skip

    transport: asyncio.Transport
    socket: Socket

    def __init__(
        self, owner: Owner, id: str, identity: Identity, *, origin: str, client_ip: str, agent: str, now: float
    ) -> None:
        self._owner = owner
        self.id, self.origin, self.client_ip, self.agent = id, origin, client_ip, agent
        self.connected_at = self.heard_at = now
        self.belongs_to(identity)
        self.open = self.warned = False
        self.direct: asyncio.Transport | None = None
        self.topics = self.received_messages = self.received_bytes = self._sent = self._sent_bytes = 0
        self.dropped = self.conflated = self.bad_commands = self.busy = 0
        self.allowance = self.allowed_at = 0.0
        self.behind_since: float | None = None
        self.rtt_seconds: float | None = None
        self.held: dict[str, Item] = {}
        self.group: Group | None = None

    def belongs_to(self, identity: Identity) -> None:
        self.identity = identity
        self.expires_at = None if identity.expires_at is None else identity.expires_at.timestamp()

    @property
    def user(self) -> str:
        return self.identity.user_name

    @property
    def sent(self) -> int:
        """Messages."""
        return self._sent + (self.group.sent if self.group else 0)

    @property
    def sent_bytes(self) -> int:
        return self._sent_bytes + (self.group.sent_bytes if self.group else 0)

    @property
    def pending_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    def write(self, frame: bytes, messages: int = 1) -> None:
        """Send, however slowly the client reads: for what it must be told."""
        self.transport.write(frame)
        self.count(messages, len(frame))

    def count(self, messages: int, size: int) -> None:
        """What it got, or did not get, beside its group."""
        self._sent += messages
        self._sent_bytes += size

    # --- what its socket tells ---

    def opened(self, socket: Socket) -> None:
        self.socket, self.transport = socket, socket.transport
        self.transport.set_write_buffer_limits(SOFT_BYTES, SOFT_BYTES // 2)
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)
        self.open, self.direct = True, self.transport
        self._owner.opened(self)

    def received(self, message: bytes, is_text: bool) -> None:
        self.received_messages += 1
        self.received_bytes += len(message)
        self._owner.received(self, message, is_text)

    def paused(self) -> None:
        self.direct = None
        self._owner.fell_behind(self)

    def resumed(self) -> None:
        self.direct = self.transport if self.open else None
        self._owner.caught_up(self)

    def ended(self, how: Ended) -> None:
        self._owner.ended(self, how)

    def gone(self) -> None:
        self._owner.gone(self.socket)


def described(client: Client, node: str, service: str) -> Connection:
    """As the contract shows it, now."""
    return Connection(
        id=client.id,
        node=node,
        service=service,
        client_ip=client.client_ip,
        user=client.user,
        agent=client.agent,
        connected_at=_time(client.connected_at),
        subscriptions=[str(topic) for topic in topics_in(client.topics)],
        received=client.received_messages,
        sent=client.sent,
        received_bytes=client.received_bytes,
        sent_bytes=client.sent_bytes,
        pending_bytes=client.pending_bytes,
        lagging=client.behind_since is not None,
        dropped=client.dropped,
        conflated=client.conflated,
        rtt_ms=None if client.rtt_seconds is None else round(client.rtt_seconds * 1000, 1),
        last_activity_at=_time(client.heard_at),
        expires_at=None if client.expires_at is None else _time(client.expires_at),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
