"""What the board, the map and the details show: pure assembly of values that were read before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from health_svc.dependencies import Edge, Propagation, propagate
from health_svc.fail_rate import fail_rate_pct
from health_svc.health_check import displayed
from health_svc.reasons import reason_of
from health_svc.store.services import Monitored
from health_svc.uptime import Totals, coverage_pct, uptime_pct
from shared.contracts.checks import kind_of
from shared.contracts.health.board import ServiceCard
from shared.contracts.health.services import Overlay, Status

SEVERITY: dict[Status, int] = {"down": 0, "degraded": 1, "unknown": 2, "healthy": 4}
MAINTENANCE_RANK = 3


class Facts(Struct, frozen=True, kw_only=True):
    """All that the board is made of, read at `now`."""

    now: datetime
    services: Sequence[Monitored]
    maintenance_until: Mapping[str, datetime]
    incidents: Mapping[str, str]
    totals: Mapping[str, Totals]


class View(Struct, frozen=True, kw_only=True):
    """The board's cards by id with the propagation they come from."""

    cards: dict[str, ServiceCard]
    propagation: Propagation
    edges: list[Edge]


def build(facts: Facts) -> View:
    """Displayed status of each service, spread over the dependencies, as cards."""
    shown = {m.spec.id: _displayed(m, facts) for m in facts.services}
    edges = [Edge(m.spec.id, d.id, d.kind) for m in facts.services for d in m.spec.dependencies]
    own = {service_id: status for service_id, (status, _) in shown.items()}
    spread = propagate(own, edges, facts.maintenance_until.keys())
    down = {m.spec.id: m.spec.name or m.spec.id for m in facts.services if own[m.spec.id] == "down"}
    cards = {m.spec.id: _card(m, shown[m.spec.id], spread, facts, down) for m in facts.services}
    return View(cards=cards, propagation=spread, edges=edges)


def in_order(cards: Mapping[str, ServiceCard]) -> list[ServiceCard]:
    """Failing first: down, degraded, unknown, maintenance, at risk, healthy; then by name."""
    return sorted(cards.values(), key=lambda c: (_rank(c), not c.at_risk, c.name.lower(), c.id))


def counts(cards: Mapping[str, ServiceCard]) -> dict[str, int]:
    """How many services show each status; one in maintenance counts as that."""
    tally = Counter("maintenance" if "maintenance" in c.overlays else c.effective for c in cards.values())
    words = ("down", "degraded", "unknown", "maintenance", "healthy")
    return {
        "all": len(cards),
        **{word: tally[word] for word in words},
        "at_risk": sum(c.at_risk for c in cards.values()),
    }


def _displayed(m: Monitored, facts: Facts) -> tuple[Status, list[Overlay]]:
    return displayed(
        m.state,
        facts.now,
        interval_seconds=m.spec.interval_seconds,
        timeout_seconds=m.spec.timeout_seconds,
        paused=m.spec.paused,
        in_maintenance=m.spec.id in facts.maintenance_until,
    )


def _card(
    m: Monitored, shown: tuple[Status, list[Overlay]], spread: Propagation, facts: Facts, down: Mapping[str, str]
) -> ServiceCard:
    spec, state, node = m.spec, m.state, spread.nodes[m.spec.id]
    totals = facts.totals.get(spec.id)
    needs = [down[d.id] for d in spec.dependencies if d.kind == "required" and d.id in down]
    return ServiceCard(
        id=spec.id,
        name=spec.name or spec.id,
        group=spec.group,
        kinds=sorted({kind_of(c) for c in spec.checks}),
        status=shown[0],
        effective=node.effective,
        overlays=shown[1],
        at_risk=node.at_risk,
        root_causes=list(node.root_causes),
        reason=reason_of(m.spec, state, shown, needs, facts.now),
        affected=state.affected,
        since=state.since,
        last_check=state.last_run_at,
        next_check=_next_check(m, facts.now),
        interval_seconds=spec.interval_seconds,
        duration_ms=m.last_duration_ms,
        uptime_pct=uptime_pct(totals) if totals else None,
        coverage_pct=coverage_pct(totals) if totals else 0.0,
        recent=state.recent,
        fail_rate_1h_pct=fail_rate_pct(state.last_hour, facts.now),
        dependencies=[d.id for d in spec.dependencies],
        tags=spec.tags,
        source=m.source,
        public=spec.public,
        maintenance_until=facts.maintenance_until.get(spec.id),
        incident_id=facts.incidents.get(spec.id),
        last_beat_at=m.last_beat_at,
    )


def _next_check(m: Monitored, now: datetime) -> datetime | None:
    if m.spec.paused or m.state.last_run_at is None:
        return None
    step = timedelta(seconds=m.spec.interval_seconds)
    late = (now - m.state.last_run_at) // step
    return m.state.last_run_at + step * (max(late, 0) + 1)


def _rank(card: ServiceCard) -> int:
    return MAINTENANCE_RANK if "maintenance" in card.overlays else SEVERITY[card.effective]
