"""Propagation over the dependency map, by example."""

from collections.abc import Mapping
from itertools import pairwise

import pytest

from health_svc.dependencies import Edge, RootCause, propagate, what_if, would_cycle
from shared.contracts.health.services import EdgeKind, Status


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
