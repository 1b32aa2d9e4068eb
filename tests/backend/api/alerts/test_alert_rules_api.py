"""Rules, their preview and their metrics, as users of the API see them."""

import time

import pytest

from tests.backend.api.alerts.story import RULE, Api
from tests.fixtures.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_rule_is_made_read_changed_paused_and_removed(api: Api) -> None:
    """F2.5.1, F2.5.2, I2.5.1, R2.5.1: rules are REST resources with the fields they were made of, active or paused."""
    made = await api.ask("POST", "/rules", RULE, 201)
    assert {name: made[name] for name in RULE} == RULE
    assert (made["id"], made["version"], made["enabled"], made["state"]) == ("queue-is-long", 1, True, "no_data")
    assert [warning["field"] for warning in made["warnings"]] == ["metric"]
    twin = await api.ask("POST", "/rules", RULE, 201)
    assert twin["id"] == "queue-is-long-2"
    await api.ask("POST", "/rules", {**RULE, "id": "queue-is-long"}, 409)

    changed = await api.ask("PUT", f"/rules/{made['id']}", {**RULE, "threshold": 20, "duration": 60, "version": 1})
    assert (changed["threshold"], changed["duration"], changed["version"]) == (20, 60, 2)
    outdated = await api.ask("PUT", f"/rules/{made['id']}", {**RULE, "version": 1}, 409)
    assert (outdated["version"], outdated["current"]["threshold"]) == (2, 20)
    await api.ask("PUT", f"/rules/{made['id']}", RULE, 412, {"If-Match": '"1"'})
    await api.ask("PUT", f"/rules/{made['id']}", {**RULE, "id": "another"}, 422)

    paused = await api.ask("PATCH", f"/rules/{made['id']}", {"enabled": False})
    assert (paused["enabled"], paused["state"], paused["version"]) == (False, "paused", 3)
    listed = await api.ask("GET", "/rules")
    states = {rule["id"]: rule["state"] for rule in listed["rules"] if rule["source"] == "api"}
    assert states == {"queue-is-long": "paused", twin["id"]: "no_data"}
    assert listed["counts"]["paused"] == 1
    assert {rule["id"] for rule in listed["rules"] if rule["source"] == "default"} >= {"service-down", "endpoint-slow"}
    versions = (await api.ask("GET", f"/rules/{made['id']}/versions"))["versions"]
    assert [(each["version"], each["change"]) for each in versions] == [(3, "paused"), (2, "changed"), (1, "added")]

    for rule_id in (made["id"], twin["id"]):
        await api.ask("DELETE", f"/rules/{rule_id}", want=204)
        await api.ask("GET", f"/rules/{rule_id}", want=404)
    assert (await api.ask("GET", f"/rules/{made['id']}/versions"))["versions"][0]["change"] == "removed"
    await api.ask("DELETE", "/rules/never-was", want=404)
    await api.ask("GET", "/rules/never-was/versions", want=404)


async def test_every_mistake_of_a_rule_is_named_at_once_beside_its_field(api: Api) -> None:
    """I2.5.4, R2.5.2: 422 with all bad fields, those of form and those of meaning."""
    assert await api.refused(
        "POST", "/rules", {"name": "", "metric": "No Metric", "operator": "~", "threshold": "x"}
    ) == {
        "name": "must not be empty",
        "metric": "must be words of a-z, 0-9 and _, joined by dots, such as latency.p99",
        "operator": "must be one of !=, <, <=, ==, >, >=",
        "threshold": "must be a number",
    }
    wrong = {
        "name": "Wrong", "metric": "health.statuss", "operator": ">", "threshold": 500, "recovery_threshold": 540,
        "critical_threshold": 400, "channels": ["nobody", "ops"], "escalation_policy": "none", "mute_timings": ["no"],
        "selector": [{"label": "service", "match": "=~", "value": "("}],
    }  # fmt: skip
    errors = await api.refused("POST", "/rules", wrong)
    assert errors["metric"] == "Belfry has no metric health.statuss. Did you mean health.status?"
    assert errors["recovery_threshold"] == "must be below 500, because the rule fires above it"
    assert set(errors) == {
        "metric", "recovery_threshold", "critical_threshold", "channels[0]", "escalation_policy", "mute_timings[0]",
        "selector[0].value",
    }  # fmt: skip
    equal = {**RULE, "operator": "==", "recovery_threshold": 4, "metric": "health.status", "min_samples": 5}
    assert set(await api.refused("POST", "/rules", equal)) == {"recovery_threshold", "min_samples"}
    problem = await api.ask("POST", "/rules", {**RULE, "recovery_threshold": 11}, 422)
    assert problem["errors"][0]["fix"] == 8.0
    odd = {
        **RULE,
        "metric": "health.uptime_pct",
        "threshold": 150,
        "duration": 1,
        "selector": [{"label": "x", "value": "y"}],
    }
    made = await api.ask("POST", "/rules", odd, 201)
    assert {each["field"] for each in made["warnings"]} == {"metric", "threshold", "duration", "selector[0].label"}
    await api.ask("DELETE", f"/rules/{made['id']}", want=204)


async def test_the_preview_shows_the_last_day_and_when_the_rule_would_have_fired(api: Api) -> None:
    """F2.5.5: the metric with the threshold, spans, firings, how often and how long; saved or not."""
    start = int(time.time()) // 60 * 60 - 3600
    shape = [1.0] * 20 + [15.0] * 10 + [1.0] * 10 + [30.0] * 5 + [1.0] * 15
    for minute, value in enumerate(shape):
        api.alerts.measure("api.past", value, at=start + minute * 60)
    await until(
        lambda: api.ask("GET", "/series?metric=api.past"),
        lambda found: found["series"] and found["series"][0]["recent"].count(None) < 3,
    )
    rule = {**RULE, "metric": "api.past", "duration": 120, "channels": ["ops", "lead"]}
    shown = await api.ask("POST", "/preview", {"rule": rule})
    assert (shown["fired"], shown["matched_series"], shown["messages"]) == (2, 1, 8)
    assert [firing["peak"] for firing in shown["firings"]] == [30.0, 15.0]
    assert [firing["seconds"] for firing in shown["firings"]] == [180.0, 480.0]
    assert {firing["live"] for firing in shown["firings"]} == {"did_not_fire"}
    assert shown["suggestion"] == {"threshold": 16.0, "fired": 1}
    assert len(shown["series"][0]["values"]) == 1440
    assert [span["state"] for span in shown["spans"]] == ["pending", "firing"] * 2
    assert shown["insufficient"][0]["state"] == "no_data"
    assert [(each["channel"], each["kind"]) for each in shown["said"]] == [("ops", "webhook"), ("lead", "webhook")]
    assert "30, over 10 for 2 min." in shown["said"][0]["text"]
    assert shown["said"][0]["title"].startswith("Firing (warning): Queue is long")
    assert '"type": "alert.fired"' in shown["said"][0]["sent"]
    saved = await api.ask("POST", "/rules", rule, 201)
    assert (await api.ask("POST", "/preview", {"rule_id": saved["id"], "hours": 1}))["fired"] == 2
    for body in ({}, {"rule": rule, "rule_id": saved["id"]}):
        assert set(await api.refused("POST", "/preview", body)) == {"rule"}
    assert set(await api.refused("POST", "/preview", {"rule": {**rule, "channels": ["x"]}})) == {"rule.channels[0]"}
    await api.ask("POST", "/preview", {"rule_id": "never-was"}, 404)
    empty = await api.ask("POST", "/preview", {"rule": {**RULE, "metric": "api.nothing"}})
    assert (empty["fired"], empty["matched_series"], empty["said"][0]["channel"]) == (0, 0, "ops")
    alone = await api.ask("POST", "/preview", {"rule": {**RULE, "channels": []}})
    assert alone["said"] == []


async def test_it_says_why_a_rule_did_or_did_not_fire(api: Api) -> None:
    rule = await api.alerts.rule("api.why", threshold=10, recovery_threshold=5)
    now = time.time()
    for number, value in enumerate((3.0, 12.0, 7.0)):
        api.alerts.measure("api.why", value, at=now + number / 100)
    await api.alerts.until_state(rule.id, "firing")
    why = await until(
        lambda: api.ask("GET", f"/rules/{rule.id}/evaluations"),
        lambda found: [each["state"] for each in found["evaluations"]] == ["firing", "firing", "inactive"],
    )
    assert [(each["value"], each["outcome"], each["state"]) for each in why["evaluations"]] == [
        (7.0, "between", "firing"), (12.0, "breach", "firing"), (3.0, "ok", "inactive"),
    ]  # fmt: skip
    assert why["evaluations"][0]["reason"] == "7 is not over 10, but over 5"
    assert (why["state_reason"], why["never_matched"]) == ("7, over 10", False)
    await api.ask("GET", "/rules/never-was/evaluations", want=404)


async def test_the_catalogue_names_every_metric_and_its_series(api: Api) -> None:
    api.alerts.measure("api.catalogue", 4.0, labels={"queue": "mail"})
    api.alerts.measure("api.catalogue", 5.0, labels={"queue": "exports"})
    found = await until(lambda: api.ask("GET", "/series?metric=api.catalogue"), lambda found: found["total"] == 2)
    assert found["label_values"] == {"queue": ["exports", "mail"]}
    assert [each["title"] for each in found["series"]] == ["queue=exports", "queue=mail"]
    assert (await api.ask("GET", "/series?metric=api.catalogue&search=MAIL"))["series"][0]["value"] == 4.0
    metrics = {each["name"]: each for each in (await api.ask("GET", "/metrics"))["metrics"]}
    assert metrics["health.status"]["levels"] == {"healthy": 0, "degraded": 1, "down": 2}
    assert metrics["latency.p99"]["is_counted"]
    assert (metrics["api.catalogue"]["series"], metrics["api.catalogue"]["labels"]) == (2, ["queue"])


async def test_viewers_read_and_nobody_changes_without_the_role(api: Api) -> None:
    async with api.client.post("/api/v1/auth/tokens", json={"label": "v", "role": "viewer"}) as answer:
        token = (await answer.json())["secret"]
    own = {"Authorization": f"Bearer {token}"}
    assert (await api.ask("GET", "/rules", headers=own))["rules"] is not None
    for method, path in (
        ("POST", "/rules"),
        ("PATCH", "/rules/x"),
        ("POST", "/incidents/1/acknowledge"),
        ("POST", "/silences"),
    ):
        await api.ask(method, path, {}, 403, headers=own)
