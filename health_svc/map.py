"""The dependency map, and who stands on the other side of a service's dependencies: pure, from the board's view."""

from health_svc.board import View, in_order
from health_svc.dependencies import Edge
from shared.contracts.health.board import Impact
from shared.contracts.health.graph import DependencyMap, GraphEdge, GraphNode, RootCause


def dependency_map(view: View) -> DependencyMap:
    """The graph with own and effective status; an id that is named but not monitored is a node that is not known."""
    spread = view.propagation
    nodes = [
        GraphNode(
            id=c.id,
            name=c.name,
            group=c.group,
            status=c.status,
            effective=c.effective,
            overlays=c.overlays,
            at_risk=c.at_risk,
            root_causes=c.root_causes,
            is_root_cause=spread.nodes[c.id].is_root_cause,
            reason=c.reason,
            known=True,
        )
        for c in in_order(view.cards)
    ]
    strangers = sorted({e.target for e in view.edges} - view.cards.keys())
    return DependencyMap(
        nodes=nodes + [_stranger(service_id) for service_id in strangers],
        edges=[
            GraphEdge(source=e.source, target=e.target, kind=e.kind, impaired=e.ends in spread.impaired)
            for e in view.edges
        ],
        cycles=[list(cycle) for cycle in spread.cycles],
        root_causes=[
            RootCause(members=list(r.members), status=r.status, affects=list(r.affects)) for r in spread.root_causes
        ],
    )


def impacts(view: View, service_id: str, *, downstream: bool) -> list[Impact]:
    """Services that depend on this one (`downstream` false: those it depends on), nearest first, with the way there."""
    ahead: dict[str, list[Edge]] = {}
    for edge in view.edges:
        ahead.setdefault(edge.target if downstream else edge.source, []).append(edge)
    found: dict[str, Impact] = {}
    queue: list[tuple[str, list[str]]] = [(service_id, [])]
    for current, via in queue:
        for edge in ahead.get(current, ()):
            other = edge.source if downstream else edge.target
            card = view.cards.get(other)
            if card is None or other in found or other == service_id:
                continue
            found[other] = Impact(
                id=other, name=card.name, effective=card.effective, at_risk=card.at_risk, kind=edge.kind, via=via
            )
            queue.append((other, [*via, other]))
    return list(found.values())


def _stranger(service_id: str) -> GraphNode:
    return GraphNode(
        id=service_id,
        name=service_id,
        group="",
        status="unknown",
        effective="unknown",
        overlays=[],
        at_risk=False,
        root_causes=[],
        is_root_cause=False,
        reason="Not monitored",
        known=False,
    )
