"""What was said of single connections lately: who was heard of, who closed and why, and what went wrong."""

from collections import deque
from typing import Any

from shared.contracts.ws.events import Connection, WsFailed
from shared.contracts.ws.overview import WsError
from ws_svc.meanings import meaning_of

CLOSED_SECONDS = 300
MOST_CLOSED = 5_000
MOST_ERRORS = 100
MOST_HEARD = 50_000
LONGEST_MESSAGE = 500


class Registry:
    """Bounded memories; the oldest goes first. Nodes go by their names in subjects."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._closed: dict[str, tuple[float, Connection]] = {}
        self._errors: deque[WsError] = deque(maxlen=MOST_ERRORS)

    def hear_opened(self, node: str, connection: Connection) -> None:
        if connection.id not in self._owners:
            self._owners[connection.id] = node
            _keep_newest(self._owners, MOST_HEARD)

    def hear_closed(self, node: str, connection: Connection, heard_at: float) -> None:
        """Only from the node that opened it."""
        self.hear_opened(node, connection)
        if self._owners[connection.id] == node:
            self._closed[connection.id] = heard_at, connection
            _keep_newest(self._closed, MOST_CLOSED)

    def hear_failed(self, failed: WsFailed) -> None:
        self._errors.append(
            WsError(
                at=failed.at,
                node=failed.node,
                kind=failed.kind,
                code=failed.code,
                meaning=meaning_of(failed.code),
                message=failed.message[:LONGEST_MESSAGE],
                connection_id=failed.connection_id,
                user=failed.user,
                client_ip=failed.client_ip,
                reconnects=failed.reconnects,
            )
        )

    def owner_of(self, connection_id: str) -> str | None:
        """The node that said it opened this connection; None when it was never heard of, or long ago."""
        return self._owners.get(connection_id)

    def closed(self, now: float) -> list[Connection]:
        """Those of the last minutes."""
        return [connection for heard_at, connection in self._closed.values() if now - heard_at <= CLOSED_SECONDS]

    def errors(self, limit: int) -> list[WsError]:
        """The last ones, newest first."""
        return list(self._errors)[: -limit - 1 : -1]


def _keep_newest(kept: dict[str, Any], most: int) -> None:
    if len(kept) > most:
        del kept[next(iter(kept))]
