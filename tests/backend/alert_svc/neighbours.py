"""Someone who answers for health_svc, with a board and a map that a test may change."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from shared.bus import Bus
from shared.contracts.health import procedures as health
from shared.contracts.health.board import Board, ServiceCard
from shared.contracts.health.events import HealthChanged
from shared.contracts.health.graph import DependencyMap, GraphEdge, GraphNode
from shared.contracts.health.services import Source
from shared.contracts.wire import Nothing
from shared.rpc import Caller, serve
from shared.settings import Settings


class Fleet(Struct):
    """Statuses by service; what each requires; who is in maintenance, until when."""

    bus: Bus
    statuses: dict[str, str]
    needs: dict[str, list[str]]
    maintenance: dict[str, datetime]

    async def board(self, request: Nothing, caller: Caller) -> Board:
        cards = [_card(id, status, self.maintenance.get(id)) for id, status in self.statuses.items()]
        return Board(
            services=cards, counts={}, generated_at=datetime.now(UTC), checking=True, last_recorded_at=None, config=None
        )

    async def map(self, request: Nothing, caller: Caller) -> DependencyMap:
        nodes = [_node(id, status) for id, status in self.statuses.items()]
        edges = [
            GraphEdge(source=source, target=target, kind="required", impaired=False)
            for source, targets in self.needs.items()
            for target in targets
        ]
        return DependencyMap(nodes=nodes, edges=edges, cycles=[], root_causes=[])

    def change(self, service_id: str, status: Any) -> None:
        """As health_svc says it."""
        before, self.statuses[service_id] = self.statuses[service_id], status
        now = datetime.now(UTC)
        self.bus.publish(
            HealthChanged(
                service_id=service_id, name=service_id, group="Shop", from_status=before, to_status=status,  # type: ignore[arg-type]
                started_at=now, confirmed_at=now, reason="as the test says",
                maintenance=service_id in self.maintenance,
            )
        )  # fmt: skip


@asynccontextmanager
async def fleet(nats_url: str, services: Sequence[str], needs: dict[str, list[str]]) -> AsyncIterator[Fleet]:
    settings = Settings(service="health_svc", nats_url=nats_url)
    bus = await Bus.connect(settings)
    found = Fleet(bus, dict.fromkeys(services, "healthy"), needs, {})
    handlers = [(health.LIST_SERVICES, found.board), (health.GET_DEPENDENCIES, found.map)]
    serving = await serve(bus, settings, handlers, {})
    try:
        yield found
    finally:
        await serving.stop()
        await bus.close()


def _card(id: str, status: Any, maintenance_until: datetime | None) -> ServiceCard:
    return ServiceCard(
        id=id, name=id, group="Shop", kinds=["http"], status=status, effective=status, overlays=[], at_risk=False,
        root_causes=[], reason="", affected=[], since=None, last_check=None, next_check=None, interval_seconds=30,
        duration_ms=None, uptime_pct=99.5, coverage_pct=100, recent=[], fail_rate_1h_pct=1.5, dependencies=[], tags=[],
        source=Source(kind="api"), public=False, maintenance_until=maintenance_until, incident_id=None,
        last_beat_at=datetime.now(UTC),
    )  # fmt: skip


def _node(id: str, status: Any) -> GraphNode:
    return GraphNode(
        id=id, name=id, group="Shop", status=status, effective=status, overlays=[], at_risk=False,
        root_causes=[], is_root_cause=False, reason="", known=True,
    )  # fmt: skip
