"""Who needs whom, and who is the cause."""

from msgspec import Struct

from shared.contracts.health.services import EdgeKind, Overlay, Status


class GraphNode(Struct, frozen=True, kw_only=True):
    """A service in the dependency map. `known` is false for an id that is named but not monitored."""

    id: str
    name: str
    group: str
    status: Status
    effective: Status
    overlays: list[Overlay]
    at_risk: bool
    root_causes: list[str]
    is_root_cause: bool
    reason: str
    known: bool


class GraphEdge(Struct, frozen=True, kw_only=True):
    """`source` depends on `target`; `impaired` when it lies on a path to a root cause."""

    source: str
    target: str
    kind: EdgeKind
    impaired: bool


class RootCause(Struct, frozen=True, kw_only=True):
    """A failing service (or a cycle of them) with no failing dependency, and all it affects."""

    members: list[str]
    status: Status
    affects: list[str]


class DependencyMap(Struct, frozen=True, kw_only=True):
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    cycles: list[list[str]]
    root_causes: list[RootCause]
