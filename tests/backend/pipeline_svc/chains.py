"""Chains for tests: a small catalogue whose rules can be checked by hand, and any arrangement of it."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from pipeline_svc.document import Step, initial, reordered, with_step
from shared.contracts.catalogue import BY_ID

IDS = list(BY_ID)
SWITCHES = st.fixed_dictionaries({id: st.booleans() for id in IDS})


@st.composite
def arrangements(draw: st.DrawFn) -> list[Step]:
    """The steps of Belfry in any order, each on or off, counting by anything: few of these may be saved."""
    steps = reordered(initial(BY_ID), draw(st.permutations(IDS)))
    for id, enabled in draw(SWITCHES).items():
        steps = with_step(steps, id, enabled)
    return with_step(steps, "rate_limit", settings={"count_by": draw(st.sampled_from(["user", "token", "ip"]))})


@st.composite
def moves(draw: st.DrawFn, most: int = 3) -> list[Step]:
    """The steps as Belfry comes, with a few moved, switched and set: many of these may be saved."""
    steps = initial(BY_ID)
    for _ in range(draw(st.integers(0, most))):
        order = [step.id for step in steps]
        id = order.pop(draw(st.integers(0, len(order) - 1)))
        order.insert(draw(st.integers(0, len(order))), id)
        steps = reordered(steps, order)
    for id in draw(st.lists(st.sampled_from(IDS), max_size=2)):
        steps = with_step(steps, id, draw(st.booleans()))
    return with_step(steps, "rate_limit", settings={"count_by": draw(st.sampled_from(["user", "ip"]))})


def steps_of(order: Sequence[str], **settings: dict[str, Any]) -> list[Step]:
    """Steps as Belfry comes, in this order, with these settings."""
    steps = reordered(initial(BY_ID), order)
    for id, given in settings.items():
        steps = with_step(steps, id, settings=given)
    return steps


def may_run(steps: Sequence[Step]) -> bool:
    """The rules of the catalogue, said once more and by hand: may a gateway run it?"""
    order = [step.id for step in steps]
    on = {step.id for step in steps if step.enabled}
    settings = {step.id: step.settings for step in steps}

    def goes(first: str, *later: str) -> bool:
        return all(order.index(first) < order.index(each) for each in later)

    return (
        order[0] == "request_id"
        and {"request_id", "errors", "audit", "auth"} <= on
        and all(goes(each, "errors") for each in ("access_log", "tracing", "latency", "security_headers", "cors"))
        and goes("errors", "ip_rules", "body_limit", "timeout", "in_flight", "audit", "auth", "rate_limit", "cache")
        and goes("errors", "circuit_breaker", "fault_injection")
        and goes("cors", "auth", "rate_limit")
        and goes("ip_rules", "auth")
        and goes("body_limit", "audit")
        and goes("timeout", "circuit_breaker", "fault_injection")
        and goes("audit", "auth")
        and goes("auth", "cache")
        and (settings["rate_limit"]["count_by"] == "ip" or goes("auth", "rate_limit"))
        and ("fault_injection" not in on or "timeout" in on)
    )
