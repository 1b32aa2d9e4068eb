"""The pipeline over HTTP: its order, its steps, its revisions and what they cost, in two gateways."""

import asyncio
from typing import Any

import aiohttp
import pytest

from gateway.chain.holder import HOLDER
from pipeline_svc.api import applying
from tests.fixtures.house import (
    AT,
    NODES,
    PIPELINE,
    House,
    app_of,
    gateway_of,
    moved,
    order_of,
    runs_saved,
    step_of,
)
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def saved(house: House) -> tuple[int, list[str]]:
    found = await house.pipeline()
    return found["revision"], order_of(found)


async def test_the_pipeline_shows_its_steps_in_order(house: House) -> None:
    """R2.4.1, I2.4.1, F2.4.1: each step with id, name, order, enabled and avg_ms, and which gateway runs it."""
    found = await house.until(lambda p: p["handler"]["calls"] > 0 and runs_saved(p))

    assert [step["order"] for step in found["steps"]] == list(range(1, 19))
    assert {"id", "name", "order", "enabled", "avg_ms"} <= found["steps"][0].keys()
    assert (found["steps"][0]["id"], found["steps"][0]["locked"]) == ("request_id", True)
    assert [(node["node"], node["origin"]) for node in found["nodes"]] == [(name, "saved") for name in NODES]
    assert found["running_revision"] == found["revision"]
    assert step_of(found, "fault_injection")["enabled"] is False
    assert step_of(found, "rate_limit")["constraints"][0]["when"] == {
        "setting": "count_by",
        "values": ["user", "token"],
    }


async def test_what_steps_cost_is_measured_always(house: House) -> None:
    """F2.4.4: average and percentiles of each step's own time, over both gateways and for each."""
    refused = house.gateways[1].make_url(f"{AT}/stats")
    async with aiohttp.ClientSession() as nobody:
        for _ in range(5):
            async with nobody.get(refused) as answer:
                assert (answer.status, "Server-Timing" in answer.headers) == (401, False)

    async def stats() -> Any:
        return (await house.ask("GET", f"{AT}/stats"))[1]

    found = await until(
        stats, lambda s: any(n["node"] == "gw-1" and n["requests"] >= 5 for n in s["nodes"]) and s["handler"]["calls"]
    )

    auth = next(step for step in found["steps"] if step["id"] == "auth")
    assert auth["calls"] >= 5
    assert auth["answered"] >= 5
    assert 0 < auth["p50_ms"] <= auth["p95_ms"] <= auth["p99_ms"]
    assert found["avg_ms"] >= found["steps_avg_ms"] > 0
    assert sum(step["share_pct"] or 0 for step in [*found["steps"], found["handler"]]) == pytest.approx(100, abs=1)
    async with house.admin.get(PIPELINE) as answer:
        timing = answer.headers["Server-Timing"]
    assert timing.startswith("request_id;dur=")
    assert ", auth;dur=" in timing
    step = (await house.ask("GET", f"{AT}/auth"))[1]
    assert step["nodes"]["gw-1"]["answered"] >= 5
    assert set(step["schema"]["properties"]) == set(step["defaults"]) == {"schemes"}


async def test_a_new_order_is_saved_whole_and_needs_a_restart(house: House) -> None:
    """I2.4.2, I2.4.4, R2.4.3, F2.4.2: a PUT of the whole order; gateways go on as they were, and the answer says so."""
    revision, order = await saved(house)
    before = house.revisions()
    wanted = moved(order, "compression", 18)

    status, found = await house.ask("PUT", PIPELINE, {"order": wanted, "base_revision": revision, "comment": "Last"})

    assert status == 200, found
    assert (order_of(found), found["revision"]) == (wanted, revision + 1)
    assert (found["restart_required"], found["running_revision"]) == (True, revision)
    assert (found["updated_by"], found["comment"]) == ("token:automation", "Last")
    assert house.revisions() == before
    applied = await house.apply(revision + 1)
    assert (applied["restart_required"], applied["confirmation"]) == (False, None)
    assert house.revisions() == [revision + 1] * 2


async def test_an_order_from_an_outdated_pipeline_is_refused(house: House) -> None:
    """R2.4.2: 409 with the current order, who made it, and both joined; 412 for If-Match; 428 for neither."""
    revision, order = await saved(house)
    theirs, mine = moved(order, "tracing", 2), moved(order, "cache", 17)
    assert (await house.ask("PUT", PIPELINE, {"order": theirs, "base_revision": revision, "comment": "Trace"}))[
        0
    ] == 200

    status, problem = await house.ask("PUT", PIPELINE, {"order": mine, "base_revision": revision})
    matched, _ = await house.ask("PUT", PIPELINE, {"order": mine}, If_Match=f'"{revision}"')
    neither, _ = await house.ask("PUT", PIPELINE, {"order": mine})

    assert (status, matched, neither) == (409, 412, 428)
    assert (problem["current_revision"], problem["current_order"]) == (revision + 1, theirs)
    assert (problem["changed_by"], problem["comment"]) == ("token:automation", "Trace")
    assert (problem["base_order"], problem["merge_violations"]) == (order, [])
    assert problem["merged_order"] == moved(theirs, "cache", 17)
    both = {"order": problem["merged_order"], "base_revision": problem["current_revision"]}
    assert (await house.ask("PUT", PIPELINE, both))[0] == 200
    assert (await saved(house))[1] == problem["merged_order"]


async def test_two_orders_at_the_same_time_are_one_and_a_conflict(house: House) -> None:
    """R2.4.2: nothing is overwritten."""
    revision, order = await saved(house)
    wanted = [moved(order, "tracing", place) for place in (3, 4)]
    wanted = [each for each in wanted if each != order]

    answers = await asyncio.gather(
        *(house.ask("PUT", PIPELINE, {"order": each, "base_revision": revision}) for each in [*wanted, *wanted])
    )

    assert sorted(status for status, _ in answers) == [200, *[409] * (len(answers) - 1)]
    assert (await saved(house))[0] == revision + 1


async def test_a_broken_rule_is_named_with_the_nearest_place(house: House) -> None:
    revision, order = await saved(house)
    wrong = moved(order, "rate_limit", order.index("auth") + 1)

    status, problem = await house.ask("PUT", PIPELINE, {"order": wrong, "base_revision": revision})
    missing, lacks = await house.ask("PUT", PIPELINE, {"order": order[1:], "base_revision": revision})

    assert (status, missing) == (422, 422)
    [violation] = problem["violations"]
    assert (violation["rule"], violation["nearest_order"]) == ("rate_limit_after_auth", order)
    assert problem["errors"] == [{"field": "order", "message": violation["message"]}]
    assert lacks["violations"][0]["rule"] == "permutation"
    assert (await saved(house)) == (revision, order)


async def test_a_switch_is_saved_by_a_patch(house: House) -> None:
    """I2.4.3, F2.4.3: `enabled` alone is enough; a locked step and a needed one stay on."""
    off = await house.switch("tracing", enabled=False)
    again = await house.switch("tracing", enabled=False)
    locked, told = await house.ask("PATCH", f"{AT}/auth", {"enabled": False})
    await house.switch("fault_injection", enabled=True)
    needed, _ = await house.ask("PATCH", f"{AT}/timeout", {"enabled": False})

    assert (step_of(off, "tracing")["enabled"], off["restart_required"]) == (False, True)
    assert again["revision"] == off["revision"]
    assert (locked, needed) == (422, 422)
    assert told["errors"] == [{"field": "enabled", "message": "auth is always on"}]
    found = await house.switch("fault_injection", enabled=False)
    assert (await house.ask("PATCH", f"{AT}/nothing", {"enabled": True}))[0] == 404
    assert (await house.ask("GET", f"{AT}/nothing"))[0] == 404
    assert (await house.ask("PATCH", f"{AT}/tracing", {"enabled": True}, If_Match='"999"'))[0] == 412
    await house.apply(found["revision"])
    assert "tracing" not in app_of(house.gateways[0])[HOLDER].chain.steps


async def test_settings_are_checked_field_by_field(house: House) -> None:
    """F2.4.5"""
    bad = {"settings": {"burst": 5, "store": "redis", "colour": 1}}

    status, problem = await house.ask("PATCH", f"{AT}/rate_limit", bad)
    good = await house.switch("rate_limit", settings={"requests": 900, "burst": 90}, comment="Sale day")

    assert status == 422
    assert {error["field"] for error in problem["errors"]} == {"settings.store", "settings.colour"}
    step = step_of(good, "rate_limit")
    assert (step["summary"], step["version"]) == ("900 per 60 s for each user, 90 at once", good["revision"])
    stale = {"settings": {"burst": 100}, "base_version": step["version"] - 1}
    conflict, told = await house.ask("PATCH", f"{AT}/rate_limit", stale)
    assert conflict == 409
    assert (told["current_settings"]["burst"], told["comment"]) == (90, "Sale day")
    detail = (await house.ask("GET", f"{AT}/rate_limit"))[1]
    assert (detail["changed_by"], detail["defaults"]["burst"]) == ("token:automation", 1200)


async def test_a_change_is_tried_without_being_saved(house: House) -> None:
    revision, order = await saved(house)
    change = {"steps": [{"id": "ip_rules", "settings": {"allow": ["127.0.0.0/8"]}}], "order": moved(order, "cache", 16)}

    status, found = await house.ask("POST", f"{PIPELINE}/validate", change)
    _, broken = await house.ask("POST", f"{PIPELINE}/validate", {"steps": [{"id": "auth", "enabled": False}]})
    _, strange = await house.ask("POST", f"{PIPELINE}/validate", {"steps": [{"id": "zip"}], "order": ["auth"]})

    assert (status, found["valid"], found["risky"]) == (200, True, True)
    assert {each["step"] for each in found["changes"]} >= {"ip_rules"}
    assert found["chain"]["revision"] == revision + 1
    assert (broken["valid"], broken["chain"], broken["violations"][0]["rule"]) == (False, None, "locked")
    assert strange["errors"][0] == {"field": "zip", "message": "is not a step"}
    assert (await saved(house)) == (revision, order)


async def test_nobody_locks_themselves_out(house: House) -> None:
    """A change after which the caller's own request would be refused is refused, and nothing is saved."""
    before = await saved(house)
    for id, settings in (
        ("ip_rules", {"allow": ["192.0.2.0/24"]}),
        ("auth", {"schemes": ["cookie"]}),
    ):
        status, problem = await house.ask("PATCH", f"{AT}/{id}", {"settings": settings})
        assert (status, problem["title"]) == (422, "You would lock yourself out")
        assert (problem["violations"][0]["rule"], problem["violations"][0]["step"]) == ("lock_out", id)
    assert await saved(house) == before


async def test_a_risky_revision_comes_back_unless_it_is_confirmed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await house.apply((await house.pipeline())["revision"])
    if before["confirmation"]:
        await house.ask("POST", f"{PIPELINE}/confirm", {"revision": before["revision"]})
    risky = await house.switch("in_flight", settings={"max_per_client": 150})

    applied = await house.apply(risky["revision"])
    assert applied["confirmation"]["returns_to"] == before["revision"]
    confirmed, kept = await house.ask("POST", f"{PIPELINE}/confirm", {"revision": risky["revision"]})
    twice, _ = await house.ask("POST", f"{PIPELINE}/confirm", {"revision": risky["revision"]})
    assert (confirmed, kept["confirmation"], twice) == (200, None, 409)

    riskier = await house.switch("in_flight", settings={"max_per_client": 140})
    monkeypatch.setattr(applying, "CONFIRM", applying.CONFIRM * 0)
    await house.apply(riskier["revision"])
    back = await house.until(lambda p: p["revision"] > riskier["revision"] and runs_saved(p))

    assert step_of(back, "in_flight")["settings"]["max_per_client"] == 150
    assert back["comment"] == f"Revision {risky['revision']} came back: {riskier['revision']} was not confirmed in time"
    assert back["updated_by"] == "belfry"


async def test_the_history_knows_every_change_and_leads_back(house: House) -> None:
    """Who, when, why and what; any revision can be saved again."""
    revision, order = await saved(house)

    status, page = await house.ask("GET", f"{PIPELINE}/revisions?limit=3")
    rest = (await house.ask("GET", f"{PIPELINE}/revisions?cursor={page['next_cursor']}"))[1]["revisions"]
    first = rest[-1]

    assert status == 200
    assert [each["revision"] for each in page["revisions"] + rest] == list(range(revision, 0, -1))
    assert (page["revisions"][0]["kind"], page["revisions"][0]["running_on"]) == ("return", list(NODES))
    assert (first["kind"], first["saved_by"], first["comment"]) == ("initial", "belfry", "As Belfry comes")
    diff = (await house.ask("GET", f"{PIPELINE}/revisions/{revision}/diff?against=1"))[1]
    assert (diff["from_order"], diff["to_order"]) != (order, diff["from_order"])
    assert {"step": "tracing", "kind": "disabled", "before": None, "after": None} in diff["changes"]
    assert (await house.ask("GET", f"{PIPELINE}/revisions/{revision}/diff"))[1]["from_revision"] == revision - 1
    assert (await house.ask("GET", f"{PIPELINE}/revisions/9999/diff"))[0] == 404
    assert (await house.ask("GET", f"{PIPELINE}/revisions?cursor=x"))[0] == 422
    back = {"to_revision": 1, "base_revision": revision}
    assert (await house.ask("POST", f"{PIPELINE}/rollback", {**back, "base_revision": 1}))[0] == 409
    assert (await house.ask("POST", f"{PIPELINE}/rollback", {"to_revision": 9999}))[0] == 422
    status, found = await house.ask("POST", f"{PIPELINE}/rollback", back)
    assert (status, order_of(found), found["comment"]) == (200, diff["from_order"], "Rolled back to 1")
    assert (await house.ask("POST", f"{PIPELINE}/apply", {"revision": revision}))[0] == 409
    await house.apply(found["revision"])


async def test_a_gateway_starts_with_the_saved_revision(house: House) -> None:
    """I2.4.4: a restart is what makes a gateway run what was saved."""
    found = await house.switch("compression", enabled=False)
    assert found["restart_required"]

    async with gateway_of(house.given, "gw-2") as third:
        assert app_of(third)[HOLDER].chain.revision == found["revision"]
        news = await house.until(lambda p: len(p["nodes"]) == 3)
        assert [node["revision"] == found["revision"] for node in news["nodes"]] == [False, False, True]
        assert news["running_revision"] is None
    await house.until(lambda p: len(p["nodes"]) == 2)
    await house.apply(found["revision"])


async def test_only_an_admin_changes_and_every_change_is_in_the_trail(house: House) -> None:
    """Viewers read; what was done stands in the audit with what was before."""
    made = (await house.ask("POST", "/api/v1/auth/tokens", {"label": "wall", "role": "viewer"}))[1]
    headers = {"Authorization": f"Bearer {made['secret']}"}
    async with aiohttp.ClientSession(str(house.gateways[0].make_url("")), headers=headers) as viewer:
        async with viewer.get(PIPELINE) as answer:
            assert (answer.status, "Server-Timing" in answer.headers) == (200, False)
        for method, path in (("PUT", PIPELINE), ("POST", f"{PIPELINE}/apply"), ("PATCH", f"{AT}/cache")):
            async with viewer.request(method, path, json={}) as answer:
                assert answer.status == 403

    await house.switch("compression", enabled=True)
    trail = (await house.ask("GET", "/api/v1/auth/audit?limit=3"))[1]["entries"]
    entry = next(each for each in trail if each["action"].startswith("PATCH") and each["outcome"] == "done")
    assert (entry["object"], entry["actor"]) == ("compression", "token:automation")
    assert '"enabled":false' in entry["before"]
    assert '"enabled":true' in entry["after"]
