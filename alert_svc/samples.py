"""Messages that only try a channel, or show what a rule would say. Pure."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from alert_svc.messages import Facts, message
from alert_svc.state import Change
from alert_svc.wording import reason_of
from shared.contracts.alerts.deliveries import AlertMessage
from shared.contracts.alerts.rules import AlertRuleSpec

LASTED = timedelta(minutes=7)
PATH = "/admin/alerts-config"


def sample_of_channel(name: str, actor: str, now: datetime) -> AlertMessage:
    return AlertMessage(
        reason="test",
        severity="info",
        title=f"Test of {name}",
        text=f"{actor} has sent this from Belfry to see whether alerts arrive here. Nothing is wrong.",
        rule_id="",
        rule_name="",
        incident_id="",
        object="Belfry",
        labels={},
        metric="",
        unit="",
        operator=">",
        threshold=0.0,
        value=None,
        fired_at=now,
        at=now,
        actor=actor,
        path=PATH,
    )


def sample_of_rule(
    rule_id: str, spec: AlertRuleSpec, unit: str, reason: Literal["fired", "resolved"], now: datetime
) -> AlertMessage:
    """As the rule would say it, with a value just beyond its threshold; its title says that it is a test."""
    facts = sample_facts(rule_id, spec, unit, now)
    if reason == "resolved":
        facts = replace(facts, fired_at=now - LASTED, resolved_at=now)
    said = message(facts, reason, now)
    return replace(said, title=f"[Test] {said.title}", text=f"This is a test. {said.text}", incident_id="", path=PATH)


def sample_facts(rule_id: str, spec: AlertRuleSpec, unit: str, now: datetime) -> Facts:
    """Of an incident that might just have begun."""
    value = spec.threshold * 1.2 or 1.0
    labels = {each.label: each.value for each in spec.selector if each.match == "="}
    return Facts(
        id=0,
        rule_id=rule_id,
        spec=spec,
        unit=unit,
        object=labels.get("path") or labels.get("service") or "an example",
        labels=labels,
        severity=spec.severity,
        value=value,
        fired_at=now,
        text=why_it_fires(spec, value, unit),
    )


def why_it_fires(spec: AlertRuleSpec, value: float, unit: str) -> str:
    """In the words of production."""
    return reason_of(spec, Change("fired", "pending", "firing", 0.0, "value"), value, unit)
