"""Any order and any switches: what may run is accepted and serves; what may not is refused and changes nothing."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from gateway.chain.compiled import compile_chain
from gateway.chain.holder import HOLDER
from pipeline_svc.document import Step, initial, order_of, reordered
from shared.contracts.catalogue import BY_ID
from shared.contracts.pipeline.chain import Chain
from shared.validate import validate
from tests.backend.pipeline_svc.chains import arrangements, may_run, moves
from tests.fixtures.house import PIPELINE, House, app_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKENS = "/api/v1/auth/tokens"
WANTED = {"label": "any", "role": "viewer"}
BUILT_IN = initial(BY_ID)


def asked_for(steps: list[Step]) -> dict[str, Any]:
    changes = [{"id": step.id, "enabled": step.enabled, "settings": step.settings} for step in steps]
    return {"order": order_of(steps), "steps": changes}


@settings(max_examples=40, suppress_health_check=[*HealthCheck])
@given(steps=arrangements() | moves() | moves(1))
async def test_what_may_run_serves_and_what_may_not_is_refused(house: House, steps: list[Step]) -> None:
    """F2.4.2, F2.4.3"""
    status, found = await house.ask("POST", f"{PIPELINE}/validate", asked_for(steps))

    assert (status, found["valid"]) == (200, may_run(steps)), found["violations"] + found["errors"]
    if found["valid"]:
        chain, _ = validate(found["chain"], Chain)
        assert chain is not None
        await serves(house, chain)
    else:
        assert found["chain"] is None


@settings(max_examples=25, suppress_health_check=[*HealthCheck])
@given(steps=arrangements() | moves() | moves(1))
async def test_a_refused_order_leaves_everything_as_it_was(house: House, steps: list[Step]) -> None:
    """R2.4.1: exactly the orders that keep the rules are saved; gateways run what they ran in any case."""
    before = await house.pipeline()
    chains = [app_of(gateway)[HOLDER].chain for gateway in house.gateways]
    order = order_of(steps)

    status, answer = await house.ask("PUT", PIPELINE, {"order": order, "base_revision": before["revision"]})

    after, good = await house.pipeline(), may_run(reordered(BUILT_IN, order))
    was = [step["id"] for step in before["steps"]]
    assert status == (200 if good else 422), answer
    assert [step["id"] for step in after["steps"]] == (order if good else was)
    assert after["revision"] == before["revision"] + (good and order != was)
    assert [app_of(gateway)[HOLDER].chain for gateway in house.gateways] == chains


async def serves(house: House, chain: Chain) -> None:
    """The first gateway runs it for a moment, and answers each request as it should."""
    holder = app_of(house.gateways[0])[HOLDER]
    usual = holder.chain
    holder.chain = compile_chain(chain, holder.tools, holder.meter)
    try:
        answers = await asyncio.gather(
            house.admin.get(PIPELINE),
            house.admin.post(TOKENS, json=WANTED),
            house.admin.post(TOKENS, json={}),
            house.admin.get("/api/v1/nothing"),
            house.admin.get(TOKENS, headers={"Authorization": "Bearer wrong"}),
        )
        bodies = [await answer.json(content_type=None) for answer in answers]
    finally:
        holder.chain = usual
    on = {step.id for step in chain.steps if step.enabled}
    assert [answer.status for answer in answers] == [200, 201, 422, 404, 401], bodies
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)
    assert {answer.content_type for answer in answers[2:]} == {"application/problem+json"}
    assert {"X-Frame-Options" in answer.headers for answer in answers} == {"security_headers" in on}
    assert ("RateLimit" in answers[0].headers) == ("rate_limit" in on)
    assert all(id in on for id in step_ids(answers[0].headers["Server-Timing"]))
    assert (bodies[0]["handler"]["id"], bodies[1]["token"]["label"], bodies[2]["status"]) == ("handler", "any", 422)


def step_ids(server_timing: str) -> list[str]:
    return [id for part in server_timing.split(", ") if (id := part.partition(";")[0]) != "handler"]
