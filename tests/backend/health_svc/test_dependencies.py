"""Propagation over the dependency map: by example, and what holds of every map."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_svc.dependencies import Edge, Impacted, Propagation, RootCause, propagate, what_if, would_cycle
from shared.contracts.health.services import EdgeKind, Status

STATUSES: list[Status] = ["healthy", "healthy", "degraded", "down", "unknown"]
KINDS: list[EdgeKind] = ["required", "required", "limited", "optional"]
WORSE: dict[Status, Status] = {"healthy": "degraded", "degraded": "down", "down": "down", "unknown": "down"}


def chain(text: str, kind: EdgeKind = "required") -> list[Edge]:
    """`a b c`: a depends on b depends on c."""
    return [Edge(source, target, kind) for source, target in pairwise(text.split())]


def fleet(failing: Mapping[str, Status], names: str = "a b c d e") -> dict[str, Status]:
    """All healthy but these."""
    healthy: dict[str, Status] = dict.fromkeys(names.split(), "healthy")
    return {**healthy, **failing}


# --- one hop ------------------------------------------------------------------------------------------------------


def test_a_required_dependency_down_degrades_its_dependent_and_no_one_farther() -> None:
    """F2.1.3: one hop is coloured, farther up a mark with the root cause and the way to it."""
    nodes = propagate(fleet({"d": "down"}), chain("a b c d")).nodes
    assert [nodes[id_].effective for id_ in "abcd"] == ["healthy", "healthy", "degraded", "down"]
    assert [nodes[id_].at_risk for id_ in "abcd"] == [True, True, False, False]
    assert [nodes[id_].root_causes for id_ in "abcd"] == [["d"], ["d"], ["d"], []]
    assert [nodes[id_].path for id_ in "abcd"] == [["a", "b", "c", "d"], ["b", "c", "d"], ["c", "d"], []]
    assert [nodes[id_].is_root_cause for id_ in "abcd"] == [False, False, False, True]
    assert [nodes[id_].own for id_ in "abcd"] == ["healthy", "healthy", "healthy", "down"]


@pytest.mark.parametrize(
    ("kind", "dependency", "effective", "at_risk"),
    [
        ("required", "healthy", "healthy", False),
        ("required", "degraded", "healthy", True),
        ("required", "down", "degraded", False),
        ("required", "unknown", "healthy", False),
        ("limited", "healthy", "healthy", False),
        ("limited", "degraded", "healthy", False),
        ("limited", "down", "healthy", True),
        ("limited", "unknown", "healthy", False),
        ("optional", "healthy", "healthy", False),
        ("optional", "degraded", "healthy", False),
        ("optional", "down", "healthy", False),
        ("optional", "unknown", "healthy", False),
    ],
)
def test_what_each_kind_of_dependency_does(
    kind: EdgeKind, dependency: Status, effective: Status, at_risk: bool
) -> None:
    """F2.1.3: required, limited and optional dependencies in every status."""
    found = propagate({"a": "healthy", "b": dependency}, [Edge("a", "b", kind)])
    assert (found.nodes["a"].effective, found.nodes["a"].at_risk) == (effective, at_risk)
    assert found.nodes["a"].root_causes == (["b"] if at_risk or effective != "healthy" else [])
    assert (("a", "b") in found.impaired) == bool(found.nodes["a"].root_causes)


@pytest.mark.parametrize("own", ["degraded", "down", "unknown"])
def test_only_a_passing_service_is_coloured(own: Status) -> None:
    assert propagate({"a": own, "b": "down"}, chain("a b")).nodes["a"].effective == own


def test_a_group_is_not_down_because_one_of_many_is() -> None:
    """Trap: worst of all children, where one failure makes everything above it down."""
    own = fleet({"e": "down"})
    top = propagate(own, [Edge("a", target) for target in "bcde"]).nodes["a"]
    assert (top.own, top.effective) == ("healthy", "degraded")


def test_a_dependency_that_is_not_monitored_is_unknown_and_harmless() -> None:
    nodes = propagate({"a": "healthy"}, chain("a b")).nodes
    assert (nodes["a"].effective, nodes["a"].at_risk, nodes["b"].own) == ("healthy", False, "unknown")


def test_a_fault_is_felt_through_a_service_that_is_unknown() -> None:
    nodes = propagate({"a": "healthy", "b": "unknown", "c": "down"}, chain("a b c")).nodes
    assert (nodes["b"].effective, nodes["b"].at_risk) == ("unknown", True)
    assert nodes["a"].path == ["a", "b", "c"]


# --- root causes --------------------------------------------------------------------------------------------------


def test_a_failing_service_behind_a_failing_one_is_not_a_root_cause() -> None:
    found = propagate(fleet({"b": "down", "c": "degraded"}), chain("a b c"))
    assert found.root_causes == [RootCause(members=["c"], status="degraded", affects=["a", "b"])]
    assert found.nodes["b"].root_causes == ["c"]


def test_a_failing_service_behind_a_passing_one_is_a_root_cause_of_its_own() -> None:
    found = propagate(fleet({"a": "down", "c": "down"}), chain("a b c"))
    assert [cause.members for cause in found.root_causes] == [["c"], ["a"]]
    assert found.nodes["a"].root_causes == ["c"]


def test_a_diamond_has_one_root_cause_and_the_shortest_way() -> None:
    edges = [*chain("a b d"), *chain("a c d"), *chain("a e"), Edge("e", "b")]
    found = propagate(fleet({"d": "down"}), edges)
    assert found.nodes["a"].path == ["a", "b", "d"]
    assert found.root_causes == [RootCause(members=["d"], status="down", affects=["a", "b", "c", "e"])]


def test_root_causes_that_reach_most_come_first() -> None:
    found = propagate(fleet({"c": "down", "e": "down"}), [*chain("a b c"), *chain("d e")])
    assert [(cause.members, cause.affects) for cause in found.root_causes] == [(["c"], ["a", "b"]), (["e"], ["d"])]


# --- circles ------------------------------------------------------------------------------------------------------


def test_a_circle_that_is_all_down_is_one_root_cause() -> None:
    """Trap: two services that require one another and are both down become two root causes, or none."""
    found = propagate(fleet({"b": "down", "c": "down"}), [*chain("a b c"), Edge("c", "b")])
    assert found.root_causes == [RootCause(members=["b", "c"], status="down", affects=["a"])]
    assert found.nodes["b"].is_root_cause
    assert found.nodes["c"].is_root_cause
    assert found.nodes["b"].root_causes == []
    assert found.nodes["a"].root_causes == ["b", "c"]
    assert found.cycles == [["b", "c"]]


def test_a_circle_with_a_cause_outside_is_not_the_root() -> None:
    found = propagate(fleet({"a": "down", "b": "down", "c": "down"}), [*chain("a b"), *chain("b a"), *chain("b c")])
    assert [cause.members for cause in found.root_causes] == [["c"]]
    assert found.nodes["a"].path == ["a", "b", "c"]


def test_one_failing_in_a_circle_is_the_root_cause_of_the_others() -> None:
    found = propagate(fleet({"a": "down"}), [*chain("a b c"), Edge("c", "a")])
    assert [cause.members for cause in found.root_causes] == [["a"]]
    assert [found.nodes[id_].effective for id_ in "abc"] == ["down", "healthy", "degraded"]
    assert found.nodes["b"].at_risk
    assert found.nodes["a"].root_causes == []


def test_the_worst_status_speaks_for_a_circle() -> None:
    found = propagate(fleet({"a": "degraded", "b": "down"}), [*chain("a b"), *chain("b a")])
    assert found.root_causes == [RootCause(members=["a", "b"], status="down", affects=[])]


def test_optional_edges_close_no_circle_and_a_service_on_itself_is_none() -> None:
    assert propagate(fleet({}), [*chain("a b"), Edge("b", "a", "optional"), Edge("c", "c")]).cycles == []


def test_adding_an_edge_tells_the_circle_it_would_close() -> None:
    edges = chain("a b c d")
    assert would_cycle(edges, "d", "a") == ["d", "a", "b", "c", "d"]
    assert would_cycle(edges, "c", "b") == ["c", "b", "c"]
    assert would_cycle(edges, "a", "d") == []
    assert would_cycle(edges, "a", "a") == ["a", "a"]
    assert would_cycle(chain("a b", "optional"), "b", "a") == []


def test_long_rows_and_large_circles() -> None:
    """No recursion limit stands in the way."""
    row = [Edge(f"s{i}", f"s{i + 1}") for i in range(9_999)]
    ids = [f"s{i}" for i in range(10_000)]
    circle = propagate(dict.fromkeys(ids, "down"), [*row, Edge("s9999", "s0")])
    assert [len(cycle) for cycle in circle.cycles] == [10_000]
    assert [len(cause.members) for cause in circle.root_causes] == [10_000]
    end_down = propagate({"s2000": "down"}, row[:2_000])
    assert end_down.nodes["s0"].path == ids[:2_001]
    assert len(end_down.root_causes[0].affects) == 2_000


# --- planned work and what if -------------------------------------------------------------------------------------


def test_a_degraded_dependency_in_maintenance_puts_nobody_at_risk() -> None:
    own = fleet({"b": "degraded"})
    assert propagate(own, chain("a b")).nodes["a"].at_risk
    planned = propagate(own, chain("a b"), maintenance={"b"})
    assert not planned.nodes["a"].at_risk
    assert planned.root_causes == []
    assert planned.nodes["b"].own == planned.nodes["b"].effective == "degraded"


def test_a_dependency_down_in_maintenance_is_felt_all_the_same() -> None:
    planned = propagate(fleet({"b": "down"}), chain("a b"), maintenance={"b"})
    assert (planned.nodes["a"].effective, planned.nodes["a"].root_causes) == ("degraded", ["b"])


def test_what_if_assumes_services_down() -> None:
    assumed = what_if(fleet({}), chain("a b c"), ["c"])
    assert assumed == propagate(fleet({"c": "down"}), chain("a b c"))
    assert propagate(fleet({}), chain("a b c")).root_causes == []


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
    own: dict[str, Status], edges: list[Edge], random: st.DataObject
) -> None:
    shuffled = [*edges, *edges]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
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
