"""What this node tells of its WebSockets, for ws_svc and who else listens: at most once, and never too much."""

from datetime import UTC, datetime

from msgspec import Struct, structs

from shared.bus import Bus
from shared.contracts.ws.events import Connection, FailureKind, WsClosed, WsFailed, WsMeasured, WsOpened

PER_SECOND = 500


class Node(Struct, frozen=True):
    """Who speaks: the process, and the service it is a replica of."""

    id: str
    service: str
    started_at: datetime


class Figures(Struct, frozen=True, kw_only=True):
    """What is said every second, and shown at /metrics."""

    active: int
    max: int
    lagging: int
    pending_bytes: int
    opened_total: int
    closed_total: int
    received_total: int
    sent_total: int
    received_bytes_total: int
    sent_bytes_total: int
    failed_total: int
    dropped_total: int
    conflated_total: int
    slow_closed_total: int


class Report:
    """At most PER_SECOND things a second are told one by one: the figures hold them all, and a node can be asked."""

    def __init__(self, bus: Bus, node: Node) -> None:
        self._bus, self.node = bus, node
        self.left = PER_SECOND
        self.untold_total = self.failed_total = 0

    def opened(self, connection: Connection) -> None:
        self._tell(WsOpened(node=self.node.id, connection=connection))

    def closed(self, connection: Connection) -> None:
        self._tell(WsClosed(node=self.node.id, connection=connection))

    def failed(
        self, kind: FailureKind, code: int, message: str, *, connection: Connection | None = None, client_ip: str = "",
        user: str | None = None, reconnects: bool = False,
    ) -> None:  # fmt: skip
        """With the connection, or from where it did not become one."""
        self.failed_total += 1
        self._tell(
            WsFailed(
                node=self.node.id,
                at=datetime.now(UTC),
                kind=kind,
                code=code,
                message=message,
                connection_id=connection.id if connection else None,
                user=connection.user if connection else user,
                client_ip=connection.client_ip if connection else client_ip,
                reconnects=reconnects,
            )
        )

    def measured(self, figures: Figures, stopping: bool = False) -> None:
        """Every second; `stopping` is the last word."""
        self.left = PER_SECOND
        values = structs.asdict(figures)
        node, now = self.node, datetime.now(UTC)
        said = {"node": node.id, "service": node.service, "at": now, "started_at": node.started_at}
        self._bus.publish(WsMeasured(**said, **values, stopping=stopping))  # type: ignore[arg-type]

    def _tell(self, event: WsOpened | WsClosed | WsFailed) -> None:
        if self.left:
            self.left -= 1
            self._bus.publish(event)
        else:
            self.untold_total += 1
