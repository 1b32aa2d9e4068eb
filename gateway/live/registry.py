"""Who is connected, who was until lately, and how many more may come."""

from collections import Counter, deque
from collections.abc import Iterator

from msgspec import Struct

from gateway.live.client import Client
from shared.contracts.ws.events import Connection
from shared.contracts.ws.nodes import CloseConnections

CLOSED_SECONDS = 300
CLOSED_KEPT = 1_000


class Limits(Struct, frozen=True, kw_only=True):
    """How many connections at a time."""

    total: int
    per_user: int
    per_ip: int


class Registry:
    """Clients by their ids, and counts by user and address."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._clients: dict[str, Client] = {}
        self._users: Counter[str] = Counter()
        self._addresses: Counter[str] = Counter()
        self._closed: deque[tuple[float, Connection]] = deque(maxlen=CLOSED_KEPT)
        self.opened_total = self.closed_total = 0

    def __len__(self) -> int:
        return len(self._clients)

    def __iter__(self) -> Iterator[Client]:
        """As they are now: who comes or goes meanwhile does not disturb."""
        return iter(list(self._clients.values()))

    def refusal(self, user: str, client_ip: str) -> str:
        """Why one more connection is too many; empty when it is not."""
        if len(self._clients) >= self.limits.total:
            return f"This gateway holds at most {self.limits.total} connections"
        if self._users[user] >= self.limits.per_user:
            return f"{user} may have at most {self.limits.per_user} connections"
        if self._addresses[client_ip] >= self.limits.per_ip:
            return f"{client_ip} may have at most {self.limits.per_ip} connections"
        return ""

    def add(self, client: Client) -> None:
        self._clients[client.id] = client
        self._users[client.user] += 1
        self._addresses[client.client_ip] += 1
        self.opened_total += 1

    def remove(self, client: Client, as_it_was: Connection, now: float) -> None:
        del self._clients[client.id]
        for counts, key in ((self._users, client.user), (self._addresses, client.client_ip)):
            counts[key] -= 1
            if not counts[key]:
                del counts[key]
        self.closed_total += 1
        self._closed.append((now, as_it_was))

    def closed(self, now: float) -> list[Connection]:
        """Those of the last minutes."""
        return [connection for at, connection in self._closed if now - at <= CLOSED_SECONDS]

    def chosen(self, command: CloseConnections) -> list[Client]:
        """The clients that are meant: by any of the three."""
        ids = set(command.connection_ids)
        return [
            client
            for client in self._clients.values()
            if client.id in ids
            or (command.user is not None and client.user == command.user)
            or (command.client_ip is not None and client.client_ip == command.client_ip)
        ]
