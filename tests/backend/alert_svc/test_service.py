"""alert_svc on real servers: values become incidents, with their messages, and end."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from alert_svc import surroundings
from shared.contracts.alerts import procedures as alert
from shared.contracts.alerts.incidents import AlertIncident
from shared.contracts.alerts.metrics import MetricCatalogue
from shared.contracts.alerts.policies import EscalationPolicySpec, EscalationStep
from shared.contracts.alerts.requests import CreatePolicy, NoteIncident, RuleRef, UpdateAlertRule, UpdatePolicy
from shared.contracts.alerts.rules import AlertRuleSpec, Matcher
from shared.contracts.wire import Nothing
from tests.backend.alert_svc.neighbours import fleet
from tests.backend.alert_svc.running import Alerts, running_alerts
from tests.fixtures.waiting import until


async def test_one_group_is_one_incident_whoever_joins(service_env: dict[str, str]) -> None:
    """The alerts of a rule whose `group_by` labels agree are one incident, told of once; who joins later is told of
    later; the last to recover ends it. Values from before the rule are not its business."""
    async with running_alerts(service_env) as alerts:
        await alerts.channel("ops")
        alerts.measure("group.depth", 50.0)
        rule = await alerts.rule("group.depth", channels=["ops"], critical_threshold=100, recovery_threshold=5)
        first, second = {"service": "shop", "queue": "mail"}, {"service": "shop", "queue": "exports"}
        alerts.measure("group.depth", 12.0, labels=first)
        incident = await alerts.until_incident(rule.id)
        assert (incident.object, incident.firing) == ("shop queue=mail", 1)
        alerts.measure("group.depth", 14.0, labels=second)
        both = await until(lambda: alerts.detail(incident.id), lambda found: found.incident.firing == 2)
        assert (both.incident.object, both.incident.value) == ("shop, 2 series", 14.0)
        assert both.timeline[0].text == "shop queue=exports too: 14, over 10"
        assert [row["waits"] for row in await alerts.sql("SELECT more_due_at > now() AS waits FROM incident")] == [True]

        alerts.measure("group.depth", 120.0, labels=second)
        raised = await until(lambda: alerts.detail(incident.id), lambda d: d.incident.severity == "critical")
        assert raised.timeline[0].kind == "raised"
        assert await alerts.queued(incident.id) == ["fired:ops:0.0", "raised:ops:0.0"]
        alerts.measure("group.depth", 7.0, labels=first)  # between the lines: it fires on
        alerts.measure("group.depth", 2.0, labels=second)
        some = await until(lambda: alerts.detail(incident.id), lambda d: d.incident.firing == 1)
        assert some.timeline[0].kind == "some_recovered"
        await alerts.sql("UPDATE incident SET more_due_at = now()")
        await until(lambda: alerts.queued(incident.id), lambda keys: len(keys) == 3)
        alerts.measure("group.depth", 1.0, labels=first)
        ended = await alerts.until_incident(rule.id, "resolved")
        assert (ended.resolve_reason, ended.peak) == ("recovered", 120.0)
        assert (await alerts.queued(incident.id))[-1] == "resolved:ops:0.0"
        assert [found.id for found in await alerts.incidents(rule.id)] == [incident.id]

        alerts.measure("group.depth", 90.0, labels=first)
        again = await alerts.until_incident(rule.id)
        exports = [Matcher(label="queue", value="exports")]
        narrower = AlertRuleSpec(name="Narrower", metric="group.depth", operator=">", threshold=10, selector=exports)
        await alerts.ask(alert.UPDATE_RULE, UpdateAlertRule(rule_id=rule.id, rule=narrower))
        left = await alerts.until_incident(rule.id, "resolved")
        assert (left.id, left.resolve_reason, left.resolved_by) == (again.id, "updated", "ana")


async def test_an_escalation_goes_on_until_somebody_acknowledges(service_env: dict[str, str]) -> None:
    """By JetStream's timers, from the incident's own copy of the policy; a lost timer is made up for."""
    async with running_alerts(service_env) as alerts:
        for channel in ("first", "second", "third"):
            await alerts.channel(channel)
        steps = [
            EscalationStep(channels=["first"]),
            EscalationStep(channels=["second"], delay_seconds=1, name="Lead"),
            EscalationStep(channels=["third"], delay_seconds=1),
        ]
        policy = EscalationPolicySpec(name="On call", steps=steps, id="on-call", repeats=1)
        await alerts.ask(alert.CREATE_POLICY, CreatePolicy(policy=policy))
        rule = await alerts.rule("climb.depth", escalation_policy="on-call", severity="critical")
        alerts.measure("climb.depth", 99.0)
        incident = await alerts.until_incident(rule.id)
        edited = EscalationPolicySpec(name="Edited", steps=[EscalationStep(channels=["first"])])
        await alerts.ask(alert.UPDATE_POLICY, UpdatePolicy(policy_id="on-call", policy=edited))
        keys = await until(lambda: alerts.queued(incident.id), lambda keys: len(keys) == 3)
        assert keys == ["fired:first:0.0", "escalated:second:1.0", "escalated:third:2.0"]
        shown = (await alerts.detail(incident.id)).escalation
        assert shown is not None
        assert (shown.name, shown.loop, shown.next_step, shown.state) == ("On call", 1, 0, "running")
        told = [at for at in shown.told_at if at is not None]
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(told)]
        assert len(gaps) == 2
        assert min(gaps) >= 0.9

        await alerts.sql("UPDATE incident SET next_at = now() - interval '10 s'")  # as if its timer had been lost
        keys = await until(lambda: alerts.queued(incident.id), lambda keys: len(keys) == 4)
        assert keys[-1] == "escalated:first:0.1"
        acknowledged = await alerts.ask(alert.ACKNOWLEDGE_INCIDENT, NoteIncident(incident_id=incident.id))
        assert acknowledged.escalation.state == "stopped"
        await alerts.sql("UPDATE incident SET next_at = now()")
        alerts.measure("climb.depth", 1.0)
        await alerts.until_incident(rule.id, "resolved")
        keys = await alerts.queued(incident.id)
        assert [key for key in keys if key.startswith("escalated")] == [
            "escalated:second:1.0", "escalated:third:2.0", "escalated:first:0.1",
        ]  # fmt: skip


async def test_the_root_cause_is_told_of_and_its_dependents_are_listed_on_it(
    service_env: dict[str, str], nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held back while the root cause fires, released if they still fire after it; maintenance is honoured."""
    monkeypatch.setattr(surroundings, "RELEASE", timedelta(seconds=1))
    needs = {"shop": ["db"]}
    async with fleet(nats_url, ("db", "shop", "mail"), needs) as services, running_alerts(service_env) as alerts:
        await _until_known(alerts, "health.uptime_pct")
        await alerts.channel("ops")
        await alerts.ask(alert.DELETE_RULE, RuleRef(rule_id="service-down"))
        rule = await alerts.rule("health.status", operator=">=", threshold=2.0, channels=["ops"], name="Down")
        services.change("db", "down")
        await until(lambda: alerts.incidents(rule.id), lambda found: len(found) == 1)
        services.change("shop", "down")
        found = await until(lambda: alerts.incidents(rule.id), lambda found: len(found) == 2)
        by_object = {each.object: each for each in found}
        root, held = by_object["db"], by_object["shop"]
        held = await until(
            lambda: _incident(alerts, held.id),
            lambda each: (each.suppressed_by, each.likely_cause) == (root.id, "db is down"),
        )
        assert held.hold is not None
        assert held.hold.reason == "suppressed"
        roles = {("db", "self"), ("shop", "degraded")}
        shown = await until(
            lambda: alerts.detail(root.id), lambda d: {(each.service_id, each.role) for each in d.impact} == roles
        )
        assert [each.object for each in shown.held_back] == ["shop"]
        assert await alerts.queued(root.id) == ["fired:ops:0.0"]
        assert await alerts.queued(held.id) == []

        services.change("db", "healthy")
        await until(lambda: _incident(alerts, root.id), lambda each: each.state == "resolved")
        keys = await until(lambda: alerts.queued(held.id), lambda keys: bool(keys))
        assert keys == ["fired:ops:0.0"]
        services.change("shop", "healthy")
        await until(lambda: _incident(alerts, held.id), lambda each: each.state == "resolved")
        assert await alerts.queued(held.id) == ["fired:ops:0.0", "resolved:ops:0.0"]

        services.maintenance["mail"] = datetime.now(UTC) + timedelta(hours=1)
        services.change("mail", "down")
        quiet = await until(
            lambda: alerts.incidents(rule.id), lambda found: any(each.object == "mail" for each in found)
        )
        in_maintenance = next(each for each in quiet if each.object == "mail")
        shown_hold = await until(lambda: _incident(alerts, in_maintenance.id), lambda each: each.hold is not None)
        assert shown_hold.hold is not None
        assert shown_hold.hold.reason == "maintenance"
        services.change("mail", "healthy")
        await until(lambda: _incident(alerts, in_maintenance.id), lambda each: each.state == "resolved")
        assert await alerts.queued(in_maintenance.id) == []


async def _incident(alerts: Alerts, incident_id: str) -> AlertIncident:
    return (await alerts.detail(incident_id)).incident


async def _until_known(alerts: Alerts, metric: str) -> None:
    """What health_svc knows and does not say by itself is asked for, and said on the bus."""

    async def series() -> int:
        found: MetricCatalogue = await alerts.ask(alert.LIST_METRICS, Nothing())
        return next(each.series for each in found.metrics if each.name == metric)

    await until(series, lambda count: count > 0)
