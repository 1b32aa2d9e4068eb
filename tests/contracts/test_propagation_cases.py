"""What would happen if: the SPA computes it by itself, so both sides answer the same cases."""

import json
from pathlib import Path
from typing import Any

import pytest

from health_svc.dependencies import Edge, propagate, what_if

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "propagation" / "cases.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_the_server_answers_as_the_page_does(case: dict[str, Any]) -> None:
    """F2.1.3: health spreads over the map by one rule, on the server and in the page's what if."""
    own = {node["id"]: node["status"] for node in case["nodes"]}
    maintenance = [node["id"] for node in case["nodes"] if "maintenance" in node["overlays"]]
    edges = [Edge(edge["source"], edge["target"], edge["kind"]) for edge in case["edges"]]

    before = propagate(own, edges, maintenance)
    after = what_if(own, edges, case["down"], maintenance)

    for node in case["nodes"]:
        assert before.nodes[node["id"]].effective == node["effective"]
    assert case["want"] == {
        id_: {
            "effective": found.effective,
            "at_risk": found.at_risk,
            "root_causes": sorted(found.root_causes),
            "is_root_cause": found.is_root_cause,
        }
        for id_, found in after.nodes.items()
    }
    assert {tuple(ends) for ends in case["impaired"]} == set(after.impaired)
