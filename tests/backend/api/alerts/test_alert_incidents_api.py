"""Incidents, what holds them back, who is told next, and all of it as code, as users of the API see them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.backend.api.alerts.story import Api
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_incident_is_told_of_acknowledged_commented_and_resolved_by_hand(api: Api) -> None:
    """The first to acknowledge counts, and stops the escalation; who was told hears of the end."""
    policy = {"name": "On call", "steps": [{"channels": ["lead"], "delay_seconds": 3600, "name": "Lead"}], "repeats": 1}
    made = await api.ask("POST", "/policies", policy, 201)
    rule = await api.alerts.rule(
        "api.story", channels=["ops", "phone"], escalation_policy=made["id"], severity="critical"
    )
    detail = await api.fired(rule.id, "api.story")
    incident = detail["incident"]
    assert (incident["state"], incident["severity"], incident["object"]) == ("firing", "critical", "shop")
    assert detail["escalation"]["next_step"] == 0
    assert [step["channels"] for step in detail["escalation"]["steps"]] == [["lead"]]
    assert (await api.ask("GET", f"/policies/{made['id']}"))["running"] == [incident["id"]]
    assert await api.alerts.queued(incident["id"]) == ["fired:ops:0.0", "fired:phone:0.0"]

    told = await api.ask("POST", f"/incidents/{incident['id']}/escalate")
    assert (told["escalation"]["loop"], told["timeline"][0]["kind"]) == (1, "escalated")
    await api.ask("POST", f"/incidents/{incident['id']}/comments", {"comment": "Restoring"})
    await api.ask("POST", f"/incidents/{incident['id']}/comments", {"comment": ""}, 422)
    mine = await api.ask("POST", f"/incidents/{incident['id']}/acknowledge", {"comment": "On it"})
    assert (mine["incident"]["state"], mine["escalation"]["state"]) == ("acknowledged", "stopped")
    late = await api.ask("POST", f"/incidents/{incident['id']}/acknowledge", {}, 409)
    assert late["acknowledged_by"] == mine["incident"]["acknowledged_by"]
    await api.ask("POST", f"/incidents/{incident['id']}/escalate", want=409)
    ended = await api.ask("POST", f"/incidents/{incident['id']}/resolve", {"comment": "Restored"})
    assert (ended["incident"]["state"], ended["incident"]["resolve_reason"]) == ("resolved", "by_hand")
    await api.ask("POST", f"/incidents/{incident['id']}/resolve", {}, 409)
    kinds = [entry["kind"] for entry in ended["timeline"]]
    assert kinds == ["resolved", "escalation_stopped", "acknowledged", "commented", "escalated", "fired"]
    assert sorted(await api.alerts.queued(incident["id"])) == [
        "acknowledged:lead:0.0", "acknowledged:ops:0.0", "escalated:lead:0.0", "fired:ops:0.0", "fired:phone:0.0",
        "resolved:lead:0.0", "resolved:ops:0.0", "resolved:phone:0.0",
    ]  # fmt: skip
    assert "Restored" in ended["markdown"]

    again = await api.fired(rule.id, "api.story")  # still bad: what was resolved by hand begins anew
    assert again["incident"]["id"] != incident["id"]
    assert [each["id"] for each in again["earlier"]] == [incident["id"]]
    await api.ask("DELETE", f"/policies/{made['id']}", want=409)
    await api.ask("DELETE", f"/rules/{rule.id}", want=204)
    gone = await api.ask("GET", f"/incidents/{again['incident']['id']}")
    assert (gone["incident"]["resolve_reason"], gone["incident"]["rule_gone"]) == ("deleted", True)
    await api.ask("DELETE", f"/policies/{made['id']}", want=204)
    for path in ("/incidents/999999", "/incidents/999999/timeline"):
        await api.ask("GET", path, want=404)
    await api.ask("POST", "/incidents/999999/acknowledge", {}, 404)
    await api.ask("GET", "/incidents/none", want=422)


async def test_incidents_are_listed_open_and_worst_first_in_pages(api: Api) -> None:
    severities = ("info", "critical", "warning")
    rules = [await api.alerts.rule(f"api.list{number}", severity=s) for number, s in enumerate(severities)]
    for number, rule in enumerate(rules):
        await api.fired(rule.id, f"api.list{number}", service=f"list-{number}")
    listed = await api.ask("GET", "/incidents?state=open&limit=2")
    assert [each["severity"] for each in listed["incidents"]] == ["critical", "warning"]
    rest = await api.ask("GET", f"/incidents?state=open&limit=2&cursor={listed['next_cursor']}")
    assert rest["incidents"][0]["severity"] == "info"
    only = await api.ask("GET", "/incidents?service=list-1")
    assert [each["rule_id"] for each in only["incidents"]] == [rules[1].id]
    assert (await api.ask("GET", "/incidents?severity=info&state=open&held=without"))["incidents"][0][
        "service"
    ] == "list-0"
    assert listed["counts"]["unacknowledged"] >= 3
    for cursor in ("nonsense", "MjAyNi0xMS0yM1QxNDowODoyMCswMDowMCB4"):
        await api.ask("GET", f"/incidents?cursor={cursor}", want=422)
    incident = only["incidents"][0]["id"]
    first = await api.ask("GET", f"/incidents/{incident}/timeline?limit=1")
    assert first["entries"][0]["kind"] == "fired"
    assert first["next_cursor"] is None
    await api.ask("POST", f"/incidents/{incident}/comments", {"comment": "one more"})
    first = await api.ask("GET", f"/incidents/{incident}/timeline?limit=1")
    then = await api.ask("GET", f"/incidents/{incident}/timeline?limit=1&cursor={first['next_cursor']}")
    assert [first["entries"][0]["kind"], then["entries"][0]["kind"]] == ["commented", "fired"]
    for rule in rules:
        await api.ask("PATCH", f"/rules/{rule.id}", {"enabled": False})
        ended = (await api.ask("GET", f"/incidents?rule_id={rule.id}"))["incidents"]
        assert [each["resolve_reason"] for each in ended] == ["paused"]


async def test_a_silence_holds_back_and_releases_when_it_ends(api: Api) -> None:
    rule = await api.alerts.rule("api.quiet", channels=["ops"])
    ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    given = {
        "ends_at": ends,
        "matchers": [{"label": "service", "value": "shop"}],
        "rule_ids": [rule.id],
        "reason": "Work",
    }
    silence = await api.ask("POST", "/silences", given, 201)
    assert silence["state"] == "active"
    held = (await api.fired(rule.id, "api.quiet"))["incident"]
    assert (held["hold"]["reason"], held["hold"]["by"]) == ("silenced", silence["id"])
    assert await api.alerts.queued(held["id"]) == []
    listed = (await api.ask("GET", "/silences"))["silences"]
    assert [each["holding"] for each in listed if each["id"] == silence["id"]] == [[held["id"]]]
    changed = await api.ask("PUT", f"/silences/{silence['id']}", {**given, "reason": "More work"})
    assert changed["reason"] == "More work"
    ended = await api.ask("DELETE", f"/silences/{silence['id']}")
    assert (ended["state"], ended["ended_by"]) == ("ended", ended["created_by"])
    await until(lambda: api.alerts.queued(held["id"]), lambda keys: keys == ["fired:ops:0.0"])
    detail = await api.ask("GET", f"/incidents/{held['id']}")
    assert [entry["kind"] for entry in detail["timeline"]] == ["released", "fired"]
    await api.ask("DELETE", f"/silences/{silence['id']}", want=409)
    await api.ask("PUT", "/silences/s-none", given, 404)
    assert await api.refused("POST", "/silences", {"ends_at": "2020-01-01T00:00:00Z", "reason": "x"}) == {
        "ends_at": "is past",
        "matchers": "name a rule or a label; a silence of everything is not allowed",
    }
    far = {**given, "ends_at": (datetime.now(UTC) + timedelta(days=900)).isoformat()}
    assert set(await api.refused("POST", "/silences", far)) == {"ends_at"}
    assert set(await api.refused("POST", "/silences", {**given, "starts_at": ends})) == {"starts_at"}
    await api.ask("DELETE", f"/rules/{rule.id}", want=204)


async def test_a_mute_timing_is_quiet_by_its_own_clock(api: Api) -> None:
    always = {"name": "Always", "time_zone": "Pacific/Auckland", "spans": [{}]}
    timing = await api.ask("POST", "/mute-timings", always, 201)
    assert timing["active_until"] is not None
    await api.ask("POST", "/mute-timings", {**always, "id": timing["id"]}, 409)
    rule = await api.alerts.rule("api.muted", channels=["ops"], mute_timings=[timing["id"]])
    held = (await api.fired(rule.id, "api.muted"))["incident"]
    assert held["hold"]["reason"] == "muted"
    listed = (await api.ask("GET", "/mute-timings"))["mute_timings"]
    assert [each["used_by"] for each in listed if each["id"] == timing["id"]] == [[rule.id]]
    await api.ask("DELETE", f"/mute-timings/{timing['id']}", want=409)
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).strftime("%a").lower()
    other_day = {**always, "time_zone": "UTC", "spans": [{"days": [tomorrow]}]}
    await api.ask("PUT", f"/mute-timings/{timing['id']}", other_day)
    await until(lambda: api.alerts.queued(held["id"]), lambda keys: keys == ["fired:ops:0.0"])
    bad = {"name": "x", "time_zone": "Europe/Berlinn", "spans": [{"days_of_month": [0]}, {"from_time": "25:00"}]}
    assert set(await api.refused("POST", "/mute-timings", bad)) == {"spans[1].from_time"}
    assert await api.refused("POST", "/mute-timings", {**bad, "spans": [{"days_of_month": [0]}]}) == {
        "time_zone": "is not a time zone. Did you mean Europe/Berlin?",
        "spans[0].days_of_month[0]": "must be 1 to 31, or -1 to -31 from the month's end",
    }
    assert set(await api.refused("PUT", f"/mute-timings/{timing['id']}", {**bad, "spans": [{}]})) == {"time_zone"}
    await api.ask("DELETE", f"/rules/{rule.id}", want=204)
    await api.ask("DELETE", f"/mute-timings/{timing['id']}", want=204)
    await api.ask("DELETE", f"/mute-timings/{timing['id']}", want=404)


async def test_policies_are_versioned_and_name_channels_that_exist(api: Api) -> None:
    policy = {"name": "Night", "steps": [{"channels": ["ops"]}], "id": "night"}
    made = await api.ask("POST", "/policies", policy, 201)
    assert await api.refused("POST", "/policies", {**policy, "steps": [{"channels": ["ops", "nobody"]}]}) == {
        "steps[0].channels[1]": "there is no channel nobody"
    }
    changed = await api.ask("PUT", "/policies/night", {**policy, "repeats": 3, "version": made["version"]})
    assert (changed["repeats"], changed["version"]) == (3, 2)
    await api.ask("PUT", "/policies/night", {**policy, "version": 1}, 409)
    await api.ask("PUT", "/policies/night", policy, 412, {"If-Match": '"1"'})
    assert [each["id"] for each in (await api.ask("GET", "/policies"))["policies"]] == ["night"]
    await api.ask("DELETE", "/policies/night", want=204)
    await api.ask("GET", "/policies/night", want=404)


AS_CODE = """
channels:
  - {id: code-first, kind: webhook, name: First, url: "https://hooks.example/first-one", fallback: code-last}
  - {id: code-last, kind: webhook, name: Last, url: "https://hooks.example/last-one"}
policies:
  - {id: code-night, name: Night, steps: [{channels: [ops]}]}
mute_timings:
  - {id: code-quiet, name: Quiet hours, spans: [{from_time: "22:00"}]}
rules:
  - id: code-depth
    name: Depth
    metric: api.code
    operator: ">"
    threshold: 10
    channels: [ops]
    escalation_policy: code-night
    mute_timings: [code-quiet]
"""


async def test_rules_and_policies_are_imported_as_planned_and_exported_as_they_were(api: Api) -> None:
    """Reviewable as text: a plan first, the same when applied, nothing to do the second time."""

    async def bring(yaml: str, **how: bool) -> dict[str, str]:
        found = await api.ask("POST", "/import", {"yaml": yaml, **how})
        assert found["applied"] is how.get("apply", False)
        return {each["id"]: each["change"] for each in found["changes"]}

    ids = ("code-first", "code-last", "code-quiet", "code-night", "code-depth")
    all_new = dict.fromkeys(ids, "added")
    assert await bring(AS_CODE) == all_new
    await api.ask("GET", "/rules/code-depth", want=404)
    assert await bring(AS_CODE, apply=True) == all_new
    rule = await api.ask("GET", "/rules/code-depth")
    assert (rule["source"], rule["escalation_policy"], rule["version"]) == ("yaml", "code-night", 1)
    assert set((await bring(AS_CODE, apply=True)).values()) == {"unchanged"}
    assert (await api.ask("GET", "/rules/code-depth"))["version"] == 1

    text = (await api.ask("GET", "/export"))["yaml"]
    assert "id: code-depth" in text
    assert "id: service-down" in text
    fired = await api.fired("code-depth", "api.code")
    plan = await api.ask("POST", "/import", {"yaml": AS_CODE.replace("threshold: 10", "threshold: 11"), "apply": True})
    assert [each["fields"] for each in plan["changes"] if each["id"] == "code-depth"] == [["threshold: 10.0 -> 11.0"]]
    other = await api.ask("POST", "/import", {"yaml": AS_CODE.replace("first-one", "second-one")})
    assert [each["fields"] for each in other["changes"] if each["id"] == "code-first"] == [["url: another secret"]]
    assert "hooks.example" not in (await api.ask("GET", "/export"))["yaml"]
    gone = await bring("rules: []", apply=True, prune=True)
    assert gone == dict.fromkeys(ids, "removed")
    ended = (await api.ask("GET", f"/incidents/{fired['incident']['id']}"))["incident"]
    assert (ended["state"], ended["resolve_reason"]) == ("resolved", "deleted")

    problem = await api.ask("POST", "/import", {"yaml": AS_CODE.replace("[ops]", "[nobody]")}, 422)
    assert [error["message"] for error in problem["errors"]] == [
        "line 6: policies[0].steps[0].channels[0] there is no channel nobody",
        "line 15: rules[0].channels[0] there is no channel nobody",
    ]
    inside = {"yaml": AS_CODE.replace("https://hooks.example", "http://10.0.0.1")}
    problem = await api.ask("POST", "/import", inside, 422)
    assert [error["message"].split(" ")[1:3] for error in problem["errors"]] == [
        ["4:", "channels[1].url"], ["3:", "channels[0].url"],
    ]  # fmt: skip
    for bad in ("rules: {", "services: []", "- 1", "\x00", "rules: [{}]", "a: &a [*a, *a]", "rules: 2026-13-45"):
        assert set(await api.refused("POST", "/import", {"yaml": bad})) == {"yaml"}
    async with api.client.post("/api/v1/auth/tokens", json={"label": "o", "role": "operator"}) as answer:
        own = {"Authorization": f"Bearer {(await answer.json())['secret']}"}
    await api.ask("POST", "/import", {"yaml": AS_CODE}, 403, headers=own)
