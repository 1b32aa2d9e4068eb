"""Alerts that end by another hand than their values': a rule was paused, changed or removed, an incident resolved."""

from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from alert_svc import escalation
from alert_svc.alert_rules import dismiss
from alert_svc.drafts import Entry
from alert_svc.matching import matches_all
from alert_svc.state import ACTIVE, Memory
from alert_svc.store import alerts, deliveries, incidents, rules
from alert_svc.store.alerts import Kept
from alert_svc.store.incidents import Incident
from alert_svc.store.rules import RuleChange, StoredRule
from alert_svc.telling import Saying, alarm_of, facts_of, tell
from shared import outbox
from shared.contracts.alerts.events import AlertResolved
from shared.contracts.alerts.incidents import ResolveReason
from shared.contracts.alerts.rules import AlertRuleSpec, RuleSource
from shared.db import Connection

WORDS: dict[str, str] = {
    "paused": "{actor} paused the rule",
    "deleted": "{actor} removed the rule",
    "updated": "{actor} changed the rule: it no longer watches this",
    "by_hand": "{actor} resolved it",
}


async def change_rule(conn: Connection, rule: StoredRule, spec: AlertRuleSpec, actor: str, source: RuleSource) -> None:
    """A locked rule gets another spec; what fires of it and is no longer watched is resolved."""
    what: RuleChange = "changed"
    if rule.spec.enabled != spec.enabled:
        what = "resumed" if spec.enabled else "paused"
    await rules.change_rule(conn, rule, spec, what, actor, source)
    if spec.enabled:
        await end_alerts(conn, rule, spec, "updated", actor)
    else:
        await end_alerts(conn, rule, None, "paused", actor)


async def remove_rule(conn: Connection, rule: StoredRule, actor: str) -> None:
    """A locked rule, with all that fires of it."""
    await end_alerts(conn, rule, None, "deleted", actor)
    await alerts.remove_alerts(conn, rule.id)
    await rules.remove_rule(conn, rule, actor)


async def end_alerts(
    conn: Connection, rule: StoredRule, spec: AlertRuleSpec | None, reason: ResolveReason, actor: str
) -> None:
    """Of a locked rule, those alerts that its new spec no longer watches, or all without one. An incident that has
    lost all of its alerts is resolved."""
    matches = matches_all(spec.selector) if spec is not None and spec.metric == rule.spec.metric else None
    kept = await alerts.list_alerts(conn, [rule.id])
    ended = [each for each in kept if matches is None or not matches(each.labels)]
    affected = sorted({each.incident_id for each in ended if each.incident_id and each.memory.state in ACTIVE})
    locked = [incident for id in affected if (incident := await incidents.lock(conn, id)) and not incident.resolved_at]
    await _dismiss(conn, ended)
    for incident in locked:
        left = [each for each in await alerts.list_members(conn, [incident.id]) if each.memory.state in ACTIVE]
        if not left:
            await resolve(conn, incident, reason, actor)


async def resolve_by_hand(conn: Connection, incident: Incident, actor: str, comment: str) -> None:
    """A locked incident that is open. A value that is still bad begins anew, with its duration."""
    await _dismiss(conn, await alerts.list_members(conn, [incident.id]))
    await resolve(conn, incident, "by_hand", actor, comment)


async def resolve(conn: Connection, incident: Incident, reason: ResolveReason, actor: str, comment: str = "") -> None:
    now = datetime.now(UTC)
    words = WORDS[reason].format(actor=actor)
    text = f"{words}: {comment}" if comment else words
    stopped = escalation.stopped(incident.escalation) if incident.escalation else None
    await incidents.end(conn, incident.id, now, reason, actor, stopped)
    [event_id] = await incidents.add_entries(conn, [(incident.id, Entry("resolved", now, text, None), actor, None)])
    if incident.escalation is not None:
        await outbox.remove_schedule(conn, alarm_of(incident.id, now).subject)
    told = (await deliveries.list_told(conn, [incident.id])).get(incident.id, [])
    await tell(conn, [_resolved(incident, text, told, now, event_id, actor)])
    event = AlertResolved(
        rule_id=incident.rule_id,
        rule_name=incident.rule.name,
        incident_id=str(incident.id),
        severity=incident.severity,
        object=incident.object,
        labels=incident.labels,
        fired_at=incident.fired_at,
        resolved_at=now,
        resolve_reason=reason,
        reason=text,
        actor=actor,
    )
    await outbox.add(conn, [event])


def _resolved(
    incident: Incident, text: str, channels: Sequence[str], now: datetime, event_id: int, actor: str
) -> Saying:
    facts = replace(facts_of(incident, text), resolved_at=now)
    return Saying(
        facts=facts, reason="resolved", channels=channels, at=now, transition="resolved", event_id=event_id,
        actor=actor,
    )  # fmt: skip


async def _dismiss(conn: Connection, kept: Sequence[Kept]) -> None:
    at = datetime.now(UTC).timestamp()
    changed: list[tuple[Kept, Memory]] = []
    for each in kept:
        memory, changes = dismiss(each.memory, at)
        if changes:
            changed.append((each, memory))
    await alerts.overwrite(conn, changed)
