"""Network policies of the chart: made of the table of who talks to whom, and of nothing else."""

import pytest

from tests.fixtures.chart import Manifest
from tests.fixtures.installations import CASES, TALKS, installations

pytest.importorskip("helm_python", reason="Helm's library is made for Linux on x86-64")


@pytest.mark.parametrize("case", CASES)
def test_every_port_is_in_a_policy_and_every_policy_has_its_port(case: str) -> None:
    installation = installations()[case]
    policies = installation.of("NetworkPolicy")
    assert set(policies) == set(installation.pods())
    for name, container in installation.containers():
        policy = policies[name]["spec"]
        assert policy["policyTypes"] == ["Ingress", "Egress"]
        rules = policy["ingress"] or []
        assert all(rule["from"] for rule in rules), f"{name}: a rule without peers lets everybody in"
        allowed = {port["port"] for rule in rules for port in rule["ports"]}
        assert allowed == {port["containerPort"] for port in container.get("ports", [])}


def test_what_one_is_let_out_for_the_other_is_let_in_for() -> None:
    """And only health_svc and alert_svc reach addresses that nobody named."""
    policies = installations()["everything"].of("NetworkPolicy")
    for talk in TALKS:
        for name in set(talk["from"]) & set(policies):
            out = [rule for rule in policies[name]["spec"]["egress"] if _ports(rule) == talk.get("ports")]
            assert out, f"{name} -> {talk['to']}"
        if talk["to"] in policies:
            assert talk["ports"] in map(_ports, policies[talk["to"]]["spec"]["ingress"])
    anywhere = {name for name, policy in policies.items() if not all(rule["to"] for rule in policy["spec"]["egress"])}
    assert anywhere == {"health", "alert"}
    assert len(policies["ws"]["spec"]["egress"]) == 3  # NATS, traces, names


def test_who_stands_for_nobody_is_let_in_nowhere() -> None:
    """An empty list in the values closes; as an empty list of peers it would open."""
    small, everything = (installations()[case].of("NetworkPolicy")["nats"]["spec"] for case in ("small", "everything"))
    assert len(everything["ingress"][0]["from"]) == len(small["ingress"][0]["from"]) + 1  # busClients


def _ports(rule: Manifest) -> list[int] | None:
    return list(dict.fromkeys(port["port"] for port in rule["ports"])) if "ports" in rule else None
