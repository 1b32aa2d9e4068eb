"""Any order and any switches: what may run is accepted and serves; what may not, or was not tried, changes nothing."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import Struct

from gateway.chain.compiled import compile_chain
from gateway.chain.holder import HOLDER
from pipeline_svc.document import Step, initial, order_of, reordered
from shared.contracts.catalogue import BY_ID
from shared.contracts.pipeline import procedures as pipeline
from shared.contracts.pipeline.chain import TRIED_ANOTHER, Chain
from shared.contracts.wire import Rpc
from shared.keys import BUS
from shared.problems import ProblemError
from shared.rpc import Caller, call
from shared.telemetry import exposition
from shared.validate import validate
from tests.backend.pipeline_svc.chains import arrangements, may_run, moves
from tests.fixtures.house import AT, PIPELINE, House, app_of, moved
from tests.fixtures.waiting import until

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
    assert status == (200 if good else 422), answer
    assert ids_of(after) == (order if good else ids_of(before))
    assert after["revision"] == before["revision"] + (good and order != ids_of(before))
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


def ids_of(found: Any) -> list[str]:
    return [step["id"] for step in found["steps"]]


def step_ids(server_timing: str) -> list[str]:
    return [id for part in server_timing.split(", ") if (id := part.partition(";")[0]) != "handler"]


async def test_who_asks_on_the_bus_cannot_pass_by_the_rehearsal(house: House) -> None:
    """Nothing is changed or applied whose chain no request was sent through; reading and confirming need no proof."""
    before = await house.switch("access_log", settings={"every": 7})
    revision, order = before["revision"], ids_of(before)
    change = pipeline.UpdateMiddleware(middleware_id="ip_rules", settings={"allow": ["192.0.2.0/24"]})
    another = moved(order, "tracing", 3 if order[1] == "tracing" else 2)
    wanted = pipeline.UpdateOrder(order=another, base_revision=revision)
    asked: list[tuple[Rpc, Struct]] = [
        (pipeline.UPDATE_MIDDLEWARE, change),
        (pipeline.UPDATE_PIPELINE, wanted),
        (pipeline.APPLY_PIPELINE, pipeline.RevisionRef(revision=revision)),
        (pipeline.ROLLBACK_PIPELINE, pipeline.Rollback(to_revision=1)),
    ]
    bus = app_of(house.gateways[0])[BUS]
    for proof, status in (("", 428), ("0" * 32, 409)):
        for rpc, request in asked:
            with pytest.raises(ProblemError) as refused:
                await call(bus, rpc, request, Caller(actor="someone", role="admin", proof=proof), 30)
            assert refused.value.problem.status == status
    assert refused.value.problem.extensions["code"] == TRIED_ANOTHER
    assert (await house.pipeline())["revision"] == revision

    changes = [{"settings": {"every": every}} for every in (2, 3, 4)]
    tried = await asyncio.gather(*(house.ask("PATCH", f"{AT}/access_log", each) for each in changes))
    assert [status for status, _ in tried] == [200] * 3, "who was slower is tried anew, over the newest chain"
    assert (await house.pipeline())["revision"] == revision + 3
    with pytest.raises(ProblemError) as stale:
        await call(bus, pipeline.UPDATE_PIPELINE, wanted, Caller(actor="someone"), 30)
    assert stale.value.problem.status == 409


async def test_its_own_measures_are_at_metrics(house: House) -> None:
    """What pipeline_svc saved and applied, and how many gateways are behind."""
    revision = (await house.switch("access_log", settings={"every": 9}))["revision"]

    async def measures() -> dict[str, float]:
        lines = exposition().decode().splitlines()
        found = [line.rsplit(" ", 1) for line in lines if line.startswith("belfry_pipeline_")]
        return {name: float(value) for name, value in found}

    behind = await until(measures, lambda m: m["belfry_pipeline_latest_revision"] == revision)
    assert (behind["belfry_pipeline_nodes"], behind["belfry_pipeline_nodes_behind"]) == (2, 2)
    assert behind['belfry_pipeline_saved_total{kind="step"}'] > 0
    applied = behind["belfry_pipeline_applied_total"]
    await house.apply(revision)
    after = await until(measures, lambda m: m["belfry_pipeline_nodes_behind"] == 0)
    assert after["belfry_pipeline_applied_total"] == applied + 1
    assert after["belfry_pipeline_nodes_rejecting"] == 0
