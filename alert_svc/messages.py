"""What is said of an incident: one message for all channels, in facts and in plain words. Everything is pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from alert_svc.wording import duration, shown
from shared.contracts.alerts.deliveries import AlertMessage, MessageReason
from shared.contracts.alerts.rules import AlertRuleSpec, Severity

PATH = "/admin/incidents/{id}"


class Facts(Struct, frozen=True, kw_only=True):
    """An incident as a message needs it."""

    id: int
    rule_id: str
    spec: AlertRuleSpec
    unit: str
    object: str
    labels: Mapping[str, str]
    severity: Severity
    value: float | None
    fired_at: datetime
    text: str
    likely_cause: str = ""
    hour_ago: float | None = None
    resolved_at: datetime | None = None
    firing: int = 1
    suppressed: Sequence[str] = ()


def message(
    facts: Facts, reason: MessageReason, at: datetime, step: int = 0, loop: int = 0, actor: str = ""
) -> AlertMessage:
    spec = facts.spec
    return AlertMessage(
        reason=reason,
        severity=facts.severity,
        title=title(spec.name, facts.object),
        text=_text(facts, reason, actor),
        rule_id=facts.rule_id,
        rule_name=spec.name,
        incident_id=str(facts.id),
        object=facts.object,
        labels=dict(facts.labels),
        metric=spec.metric,
        unit=facts.unit,
        operator=spec.operator,
        threshold=spec.threshold,
        value=facts.value,
        fired_at=facts.fired_at,
        at=at,
        resolved_at=facts.resolved_at,
        previous_value=facts.hour_ago,
        firing=facts.firing,
        step=step,
        loop=loop,
        actor=actor,
        description=spec.description,
        runbook_url=spec.runbook_url,
        suppressed=list(facts.suppressed),
        likely_cause=facts.likely_cause,
        path=PATH.format(id=facts.id),
    )


def title(rule_name: str, object: str) -> str:
    return rule_name if not object or object == rule_name else f"{rule_name}: {object}"


def _text(facts: Facts, reason: MessageReason, actor: str) -> str:
    if reason == "resolved" and facts.resolved_at is not None:
        lasted = duration((facts.resolved_at - facts.fired_at).total_seconds())
        return f"Resolved after {lasted}. {facts.text}."
    if reason == "acknowledged":
        return f"{actor} has acknowledged it. {facts.text}."
    parts = [f"{facts.text}."]
    if facts.hour_ago is not None:
        parts.append(f"An hour ago {shown(facts.hour_ago, facts.unit, facts.spec.metric)}.")
    if facts.likely_cause:
        parts.append(f"Likely cause: {facts.likely_cause}.")
    if facts.suppressed:
        parts.append(f"Held back because of it: {', '.join(facts.suppressed[:10])}.")
    return " ".join(parts)
