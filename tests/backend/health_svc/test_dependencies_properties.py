"""Propagation over the dependency map: what holds of every map."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from health_svc.dependencies import Edge, Impacted, Propagation, propagate, would_cycle
from shared.contracts.health.services import EdgeKind, Status

STATUSES: list[Status] = ["healthy", "healthy", "degraded", "down", "unknown"]


KINDS: list[EdgeKind] = ["required", "required", "limited", "optional"]


WORSE: dict[Status, Status] = {"healthy": "degraded", "degraded": "down", "down": "down", "unknown": "down"}


# --- what holds of every map --------------------------------------------------------------------------------------

NAMES = [f"s{i}" for i in range(9)]


owns = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(STATUSES))


maps = st.lists(st.builds(Edge, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(KINDS)), max_size=24)


def badness(node: Impacted) -> tuple[int, bool]:
    """How bad a service looks: by colour, then by the mark."""
    return {"healthy": 0, "unknown": 0, "degraded": 1, "down": 2}[node.effective], node.at_risk


def naive_causes(own: Mapping[str, Status], edges: Sequence[Edge], start: str) -> set[str]:
    """All root causes that can be reached over edges on which a fault is felt, by trying every way."""
    seen, todo = {start}, [start]
    while todo:
        node = todo.pop()
        for edge in edges:
            felt = edge.kind == "required" or (edge.kind == "limited" and own.get(edge.target) == "down")
            if edge.source == node and felt and edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    group = naive_group(own, edges, start)
    return {id_ for id_ in seen if naive_group(own, edges, id_)} - group


def naive_group(own: Mapping[str, Status], edges: Sequence[Edge], start: str) -> set[str]:
    """The root cause that a service is part of: it fails, and all failing ones that it needs need it too."""
    if own.get(start) not in ("degraded", "down"):
        return set()
    behind = failing_behind(own, edges, start)
    return behind if all(start in failing_behind(own, edges, id_) for id_ in behind) else set()


def failing_behind(own: Mapping[str, Status], edges: Sequence[Edge], start: str) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        node = todo.pop()
        for edge in edges:
            fails = own.get(edge.target) in ("degraded", "down")
            if edge.source == node and edge.kind == "required" and fails and edge.target not in seen:
                seen.add(edge.target)
                todo.append(edge.target)
    return seen


@given(owns, maps)
def test_it_agrees_with_trying_every_way(own: dict[str, Status], edges: list[Edge]) -> None:
    found = propagate(own, edges)
    for id_, node in found.nodes.items():
        needs = {e.target for e in edges if e.source == id_ != e.target and e.kind == "required"}
        hit = any(own.get(target) == "down" for target in needs)
        causes = naive_causes(own, edges, id_)
        assert node.own == own.get(id_, "unknown")
        assert node.effective == ("degraded" if node.own == "healthy" and hit else node.own)
        assert node.root_causes == sorted(causes)
        assert node.is_root_cause == bool(naive_group(own, edges, id_))
        assert node.at_risk == (bool(causes) and node.effective in ("healthy", "unknown"))


@given(owns, maps)
def test_inference_never_makes_a_service_worse_than_degraded(own: dict[str, Status], edges: list[Edge]) -> None:
    """One hop, and capped: `down` is always measured."""
    for node in propagate(own, edges).nodes.values():
        assert node.effective != "down" or node.own == "down"
        assert node.effective == node.own or (node.own, node.effective) == ("healthy", "degraded")


@given(owns, maps, st.sampled_from(NAMES))
def test_more_failures_never_improve_anything(own: dict[str, Status], edges: list[Edge], worse: str) -> None:
    """Monotone: with one service worse, no other looks better."""
    before = propagate(own, edges).nodes
    after = propagate({**own, worse: WORSE[own.get(worse, "unknown")]}, edges).nodes
    for id_, node in before.items():
        assert badness(after[id_]) >= badness(node), id_


@given(owns, maps)
def test_paths_follow_felt_edges_to_a_root_cause(own: dict[str, Status], edges: list[Edge]) -> None:
    found = propagate(own, edges)
    for id_, node in found.nodes.items():
        assert bool(node.path) == (bool(node.root_causes) and not node.is_root_cause)
        if node.path:
            assert node.path[0] == id_
            assert node.path[-1] in node.root_causes
            assert set(pairwise(node.path)) <= found.impaired
            assert len(set(node.path)) == len(node.path)


@given(owns, maps)
def test_every_failure_is_explained(own: dict[str, Status], edges: list[Edge]) -> None:
    """Each failing service is a root cause or has one, and the lists of causes and of the affected agree."""
    found = propagate(own, edges)
    for node in found.nodes.values():
        assert node.own not in ("degraded", "down") or node.is_root_cause or node.root_causes
    members = [id_ for cause in found.root_causes for id_ in cause.members]
    assert sorted(members) == sorted(id_ for id_, node in found.nodes.items() if node.is_root_cause)
    for cause in found.root_causes:
        reached = [id_ for id_, node in found.nodes.items() if set(cause.members) <= set(node.root_causes)]
        assert cause.affects == sorted(reached)


@given(owns, maps, st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_edges_do_not_matter(
    own: dict[str, Status], edges: list[Edge], random: Random
) -> None:
    shuffled = [*edges, *edges]
    random.shuffle(shuffled)
    assert propagate(dict(reversed(own.items())), shuffled) == propagate(own, edges)


@given(owns, maps)
def test_cycles_are_those_who_reach_one_another(own: dict[str, Status], edges: list[Edge]) -> None:
    found = propagate(own, edges)
    binding = [edge for edge in edges if edge.kind != "optional"]
    mutual = {
        tuple(sorted({other for other in found.nodes if reaches(binding, id_, other) and reaches(binding, other, id_)}))
        for id_ in found.nodes
    }
    assert sorted(map(tuple, found.cycles)) == sorted(group for group in mutual if len(group) > 1)


@given(maps, st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_circle_is_foretold_exactly_when_it_would_close(edges: list[Edge], source: str, target: str) -> None:
    foretold = would_cycle(edges, source, target)
    assert bool(foretold) == reaches([edge for edge in edges if edge.kind != "optional"], target, source)
    if foretold:
        assert (foretold[0], foretold[1], foretold[-1]) == (source, target, source)
        assert set(pairwise(foretold[1:])) <= {edge.ends for edge in edges}


def reaches(edges: Sequence[Edge], start: str, goal: str) -> bool:
    seen = [start]
    for node in seen:
        seen += sorted({edge.target for edge in edges if edge.source == node} - set(seen))
    return goal in seen


@given(owns, maps, st.sets(st.sampled_from(NAMES)))
def test_planned_work_never_makes_anything_look_worse(
    own: dict[str, Status], edges: list[Edge], planned: set[str]
) -> None:
    free: Propagation = propagate(own, edges)
    for id_, node in propagate(own, edges, planned).nodes.items():
        assert badness(node) <= badness(free.nodes[id_])
        assert node.effective == free.nodes[id_].effective
