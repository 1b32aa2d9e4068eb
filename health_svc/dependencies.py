"""Health over the dependency map: whom does a fault reach, and where does it come from?

A service's own status is never changed here. Beside it stands its effective status, coloured by one thing alone: a
required dependency that is itself down makes a passing service degraded. That is one hop. Everything farther away, or
less grave, is a mark, `at_risk`, with its root causes and the way to the nearest:

| the dependency is                                   | required | limited | optional |
|-----------------------------------------------------|----------|---------|----------|
| down                                                | degraded | at risk | -        |
| degraded itself, degraded by another, or at risk    | at risk  | -       | -        |
| unknown                                             | -        | -       | -        |

A root cause is a failing service without a failing required dependency. Failing services that require one another in
a circle, with nothing failing outside it, are one root cause together. A service in maintenance is expected to be
degraded, which puts nobody at risk; when it is down its dependents do feel it, planned or not.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from health_svc.graph import Graph, components, graph_of, nearest, path, turned
from health_svc.state import RANK
from shared.contracts.health.services import EdgeKind, Status

FAILING: tuple[Status, ...] = ("degraded", "down")


class Edge(Struct, frozen=True):
    """`source` depends on `target`."""

    source: str
    target: str
    kind: EdgeKind = "required"

    @property
    def ends(self) -> tuple[str, str]:
        return self.source, self.target


class Impacted(Struct, frozen=True, kw_only=True):
    """One service within the map. `root_causes` are other services, sorted; `path` leads from the service to the
    nearest of them, both included, and is empty for a root cause itself."""

    own: Status
    effective: Status
    at_risk: bool
    root_causes: list[str]
    path: list[str]
    is_root_cause: bool


class RootCause(Struct, frozen=True, kw_only=True):
    """One service, or several in a circle, with the worst status of them and all that they reach."""

    members: list[str]
    status: Status
    affects: list[str]


class Propagation(Struct, frozen=True, kw_only=True):
    """`root_causes`: those that reach most first. `cycles`: services that depend on one another by edges that are not
    optional. `impaired`: (source, target) of the edges over which a fault is felt."""

    nodes: dict[str, Impacted]
    root_causes: list[RootCause]
    cycles: list[list[str]]
    impaired: frozenset[tuple[str, str]]


def propagate(own: Mapping[str, Status], edges: Iterable[Edge], maintenance: Collection[str] = ()) -> Propagation:
    """Spread every service's own status over the map. An id that only edges name is unknown."""
    arrows = sorted((edge for edge in edges if edge.source != edge.target), key=lambda edge: edge.ends)
    status: dict[str, Status] = {**{id_: "unknown" for edge in arrows for id_ in edge.ends}, **own}
    felt = {id_: _felt(status[id_], id_ in maintenance) for id_ in sorted(status)}
    groups = _root_groups(felt, arrows)
    part_of = {id_: 1 << bit for bit, group in enumerate(groups) for id_ in group}
    carrying = graph_of(edge.ends for edge in arrows if _carries(edge, felt))
    reached_by = _reached_by(felt, carrying, part_of)
    causes = {id_: reached_by[id_] & ~part_of.get(id_, 0) for id_ in felt}
    hit = {edge.source for edge in arrows if edge.kind == "required" and felt[edge.target] == "down"}
    way = nearest(sorted(part_of), turned(carrying))
    names = {mask: sorted(id_ for bit in _bits(mask) for id_ in groups[bit]) for mask in set(causes.values())}
    return Propagation(
        nodes={
            id_: _impacted(
                status[id_],
                is_hit=id_ in hit,
                root_causes=names[causes[id_]],
                path=path(id_, way) if causes[id_] and id_ not in part_of else [],
                is_root_cause=id_ in part_of,
            )
            for id_ in felt
        },
        root_causes=_with_reach(groups, felt, causes),
        cycles=[group for group in components(felt, _binding(arrows)) if len(group) > 1],
        impaired=frozenset((source, t) for source, targets in carrying.items() for t in targets if reached_by[t]),
    )


def what_if(
    own: Mapping[str, Status], edges: Iterable[Edge], down: Iterable[str], maintenance: Collection[str] = ()
) -> Propagation:
    """The map as it would be if these services were down."""
    assumed: dict[str, Status] = dict.fromkeys(down, "down")
    return propagate({**own, **assumed}, edges, maintenance)


def would_cycle(edges: Iterable[Edge], source: str, target: str) -> list[str]:
    """The circle that a new edge would close, `[source, target, ..., source]`; empty when it closes none."""
    before = nearest([source], turned(_binding(edges)))
    return [source, *path(target, before)] if target in before else []


def _felt(status: Status, in_maintenance: bool) -> Status:
    return "healthy" if in_maintenance and status == "degraded" else status


def _binding(edges: Iterable[Edge]) -> Graph:
    return graph_of(edge.ends for edge in edges if edge.kind != "optional")


def _carries(edge: Edge, felt: Mapping[str, Status]) -> bool:
    """Would a fault of the target, or one behind it, be felt over this edge?"""
    return edge.kind == "required" or (edge.kind == "limited" and felt[edge.target] == "down")


def _root_groups(felt: Mapping[str, Status], edges: Iterable[Edge]) -> list[list[str]]:
    """Failing services and what they require of one another: the components that lead to no other."""
    failing = {id_ for id_, status in felt.items() if status in FAILING}
    required = graph_of(edge.ends for edge in edges if edge.kind == "required" and failing.issuperset(edge.ends))
    groups = components(sorted(failing), required)
    number = {id_: i for i, group in enumerate(groups) for id_ in group}
    left = {number[source] for source, targets in required.items() for t in targets if number[t] != number[source]}
    return [group for i, group in enumerate(groups) if i not in left]


def _reached_by(felt: Mapping[str, Status], carrying: Graph, part_of: Mapping[str, int]) -> dict[str, int]:
    """For each service the root causes that it is part of or feels, as the bits of a number."""
    found: dict[str, int] = {}
    for component in components(felt, carrying):
        mask = 0
        for id_ in component:
            mask |= part_of.get(id_, 0)
            for target in carrying.get(id_, ()):
                mask |= found.get(target, 0)  # none yet: the target is in this component
        found.update(dict.fromkeys(component, mask))
    return found


def _impacted(own: Status, *, is_hit: bool, root_causes: list[str], path: list[str], is_root_cause: bool) -> Impacted:
    effective: Status = "degraded" if own == "healthy" and is_hit else own
    return Impacted(
        own=own,
        effective=effective,
        at_risk=bool(root_causes) and effective not in FAILING,
        root_causes=root_causes,
        path=path,
        is_root_cause=is_root_cause,
    )


def _with_reach(groups: Sequence[list[str]], felt: Mapping[str, Status], causes: Mapping[str, int]) -> list[RootCause]:
    affects: list[list[str]] = [[] for _ in groups]
    for id_, mask in causes.items():
        for bit in _bits(mask):
            affects[bit].append(id_)
    found = [
        RootCause(members=group, status=max((felt[id_] for id_ in group), key=RANK.__getitem__), affects=reach)
        for group, reach in zip(groups, affects, strict=True)
    ]
    return sorted(found, key=lambda cause: (-len(cause.affects), cause.members))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
