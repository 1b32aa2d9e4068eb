"""What is said of incidents, to channels and on the bus, from what happened to their alerts. Everything is pure."""

from collections.abc import Sequence
from datetime import datetime

from alert_svc.drafts import Draft
from alert_svc.incident_rows import Prepared, waits
from alert_svc.messages import Facts
from alert_svc.store.incidents import Incident
from alert_svc.telling import Saying
from shared.contracts.alerts.deliveries import MessageReason
from shared.contracts.alerts.events import AlertFired, AlertResolved


def of_new(new: Prepared, incident_id: int, event_id: int) -> list[Saying]:
    """Of an incident that opens; it may have ended already."""
    if new.hold is not None:
        return []
    draft = new.draft
    facts = _facts(draft, incident_id, _fired_text(draft), new.cause)
    said = [_saying(facts, "fired", new.channels, draft.fired_at, event_id)]
    if draft.resolved_at is not None:
        over = _facts(draft, incident_id, draft.entries[-1].text, new.cause)
        said.append(_saying(over, "resolved", new.channels, draft.resolved_at, event_id))
    return said


def of_known(draft: Draft, incident: Incident, told: Sequence[str], event_id: int, now: datetime) -> list[Saying]:
    """Of an incident that was open already. Its end is said to all who were told of it."""
    facts = _facts(draft, incident.id, draft.entries[-1].text, incident.likely_cause)
    if draft.resolved_at is not None:
        return [_saying(facts, "resolved", told, draft.resolved_at, event_id)]
    if incident.hold is not None:
        return []
    channels = draft.rule.spec.channels
    if draft.raised:
        return [_saying(facts, "raised", channels, now, event_id)]
    if draft.joined and not waits(draft, now):
        return [_saying(facts, "more_firing", channels, now, event_id, f"more_firing-{event_id}")]
    return []


def _saying(
    facts: Facts, reason: MessageReason, channels: Sequence[str], at: datetime, event_id: int, transition: str = ""
) -> Saying:
    return Saying(
        facts=facts, reason=reason, channels=channels, at=at, transition=transition or reason, event_id=event_id
    )


def _fired_text(draft: Draft) -> str:
    return next(entry.text for entry in draft.entries if entry.kind == "fired")


def _facts(draft: Draft, incident_id: int, text: str, cause: str) -> Facts:
    return Facts(
        id=incident_id,
        rule_id=draft.rule.id,
        spec=draft.rule.spec,
        unit=draft.unit,
        object=draft.known.object if draft.known and draft.resolved_at else draft.object,
        labels=draft.labels,
        severity=draft.severity,
        value=draft.value,
        fired_at=draft.fired_at,
        text=text,
        likely_cause=cause,
        hour_ago=draft.hour_ago,
        resolved_at=draft.resolved_at,
        firing=len(draft.members),
    )


def events_of(draft: Draft, incident_id: int, new: Prepared | None) -> list[AlertFired | AlertResolved]:
    """`new`: when the incident opens."""
    fired = [_fired(draft, incident_id, new)] if new is not None else []
    return fired + ([_resolved(draft, incident_id)] if draft.resolved_at is not None else [])


def _fired(draft: Draft, incident_id: int, new: Prepared) -> AlertFired:
    spec = draft.rule.spec
    return AlertFired(
        rule_id=draft.rule.id,
        rule_name=spec.name,
        incident_id=str(incident_id),
        severity=draft.severity,
        object=draft.object,
        labels=dict(draft.labels),
        metric=spec.metric,
        unit=draft.unit,
        value=draft.value,
        threshold=spec.threshold,
        fired_at=draft.fired_at,
        reason=_fired_text(draft),
        held=new.hold.reason if new.hold else None,
    )


def _resolved(draft: Draft, incident_id: int) -> AlertResolved:
    assert draft.resolved_at is not None
    assert draft.resolve_reason is not None
    return AlertResolved(
        rule_id=draft.rule.id,
        rule_name=draft.rule.spec.name,
        incident_id=str(incident_id),
        severity=draft.severity,
        object=draft.known.object if draft.known else draft.object,
        labels=dict(draft.labels),
        fired_at=draft.fired_at,
        resolved_at=draft.resolved_at,
        resolve_reason=draft.resolve_reason,
        reason=draft.entries[-1].text,
    )
