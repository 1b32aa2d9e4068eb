"""What is to be written of incidents, from what happened to their alerts. Everything is pure."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from alert_svc import escalation
from alert_svc.drafts import Draft
from alert_svc.escalation import Escalation
from alert_svc.store.incidents import ChangedIncident, NewIncident
from alert_svc.surroundings import RootIncident, Subject, Surroundings, cause_of, hold_of
from alert_svc.telling import TELL_MORE, first_channels
from shared.contracts.alerts.incidents import Hold
from shared.contracts.alerts.policies import EscalationPolicySpec


class Prepared(Struct, frozen=True):
    """A draft that is about to be opened: what holds it back, and how it escalates."""

    draft: Draft
    hold: Hold | None
    suppressed_by: int | None
    cause: str
    escalation: Escalation | None
    channels: list[str]


def prepared(
    draft: Draft,
    policies: Mapping[str, EscalationPolicySpec],
    around: Surroundings,
    roots: Mapping[str, RootIncident],
    now: datetime,
) -> Prepared:
    spec = draft.rule.spec
    service = draft.labels.get("service")
    subject = Subject(draft.rule.id, draft.labels, service, spec.mute_timings, draft.fired_at)
    hold = hold_of(subject, around, roots, now)
    policy = policies.get(spec.escalation_policy or "")
    begun = escalation.begun(spec.escalation_policy or "", policy, now) if policy else None
    if draft.resolved_at is not None and begun is not None:
        begun = escalation.stopped(begun)
    channels: list[str] = []
    if hold is None:
        channels = first_channels(spec.channels, begun, now)
        if begun is not None and escalation.is_due(begun, now):
            begun = escalation.stepped(begun, now)
    suppressed_by = int(hold.by) if hold is not None and hold.reason == "suppressed" else None
    return Prepared(draft, hold, suppressed_by, cause_of(service, around), begun, channels)


def new_incident(prepared: Prepared, now: datetime) -> NewIncident:
    draft = prepared.draft
    is_over = draft.resolved_at is not None
    return NewIncident(
        rule_id=draft.group.rule_id,
        group_key=draft.group.key,
        rule=draft.rule.spec,
        unit=draft.unit,
        labels=draft.labels,
        object=draft.object,
        service=draft.labels.get("service"),
        severity=draft.severity,
        state="resolved" if is_over else "firing",
        value=draft.value,
        started_at=draft.started_at,
        fired_at=draft.fired_at,
        resolved_at=draft.resolved_at,
        resolve_reason=draft.resolve_reason,
        hold=None if is_over else prepared.hold,
        suppressed_by=prepared.suppressed_by,
        likely_cause=prepared.cause,
        escalation=prepared.escalation,
        next_at=prepared.escalation.next_at if prepared.escalation and prepared.hold is None else None,
        told_more_at=now if prepared.hold is None else None,
    )


def changed_incident(draft: Draft, now: datetime) -> ChangedIncident:
    known = draft.known
    assert known is not None
    is_over, must_wait = draft.resolved_at is not None, waits(draft, now)
    return ChangedIncident(
        id=known.id,
        severity=draft.severity,
        object=known.object if is_over else draft.object,
        labels=draft.labels,
        value=draft.value,
        peak=None,
        resolved_at=draft.resolved_at,
        resolve_reason=draft.resolve_reason,
        escalation=escalation.stopped(known.escalation) if known.escalation and is_over else known.escalation,
        more_due_at=None if is_over else _more_due_at(draft, now),
        told_more_at=now if draft.joined and not must_wait and known.hold is None else known.told_more_at,
    )


def waits(draft: Draft, now: datetime) -> bool:
    """Have others joined so lately that these are told of later, together?"""
    known = draft.known
    return bool(draft.joined and known and known.told_more_at and now < known.told_more_at + TELL_MORE)


def _more_due_at(draft: Draft, now: datetime) -> datetime | None:
    known = draft.known
    if known is not None and known.told_more_at is not None and waits(draft, now):
        return known.told_more_at + TELL_MORE
    return known.more_due_at if known else None
