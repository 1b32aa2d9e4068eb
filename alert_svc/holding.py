"""Incidents of which nobody is told: held while there is a reason, released when there is none any more."""

from datetime import UTC, datetime

from msgspec.structs import replace

from alert_svc import escalation
from alert_svc.drafts import Entry
from alert_svc.escalation import Escalation
from alert_svc.metrics import QUEUED
from alert_svc.noting import facts_now, note
from alert_svc.store import incident_lists, incidents
from alert_svc.store.incidents import Incident
from alert_svc.surroundings import RootIncident, Subject, Surroundings, cause_of, hold_of, roots_of
from alert_svc.telling import Saying, alarm_of, first_channels, tell
from shared import outbox
from shared.contracts.alerts.incidents import Hold, HoldReason
from shared.db import Connection, Pool

WORDS: dict[HoldReason, str] = {
    "silenced": "Held back by silence {by}",
    "muted": "Held back by mute timing {by}",
    "maintenance": "Held back: {by} is in maintenance",
    "suppressed": "Held back: incident {by} is the root cause",
    "awaiting_root": "Held back for a moment: {by} is failing and may be the root cause",
}


async def look_after(pool: Pool, around: Surroundings) -> int:
    """Every open incident that is to be held, released, or has more to say. Returns how many messages were queued."""
    now = datetime.now(UTC)
    async with pool.acquire(timeout=5) as conn:
        found = await incident_lists.list_open(conn)
        wanted = await holds(conn, found, around, now)
        await incidents.set_causes(conn, _causes(found, around))
    queued = 0
    for incident in found:
        has_more = incident.more_due_at is not None and incident.more_due_at <= now and incident.hold is None
        if has_more or not _same(wanted[incident.id], incident.hold):
            async with pool.acquire(timeout=5) as conn, conn.transaction():
                if locked := await incidents.lock_free(conn, incident.id):
                    queued += await _look_after(conn, locked, wanted[incident.id], now)
    QUEUED.inc(queued)
    return queued


async def holds(conn: Connection, found: list[Incident], around: Surroundings, now: datetime) -> dict[int, Hold | None]:
    """What holds each of these now."""
    causes = {root for incident in found for root in roots_of(incident.service, around)}
    roots = await incident_lists.root_incidents(conn, sorted(causes)) if causes else {}
    former = {incident.suppressed_by for incident in found if incident.suppressed_by is not None}
    ends = await incident_lists.ends_of(conn, sorted(former)) if former else {}
    return {
        incident.id: hold_of(_subject(incident), around, _roots_of(incident, around, roots, ends), now)
        for incident in found
    }


def _roots_of(
    incident: Incident, around: Surroundings, roots: dict[str, RootIncident], ends: dict[int, RootIncident]
) -> dict[str, RootIncident]:
    """Incidents of what causes it now, never itself, and the one that it was held back for."""
    found = {root: roots[root] for root in roots_of(incident.service, around) if root in roots}
    found = {root: each for root, each in found.items() if each.id != incident.id}
    if incident.suppressed_by in ends:
        found.setdefault("", ends[incident.suppressed_by])
    return found


def _subject(incident: Incident) -> Subject:
    return Subject(incident.rule_id, incident.labels, incident.service, incident.rule.mute_timings, incident.fired_at)


def _causes(found: list[Incident], around: Surroundings) -> dict[int, str]:
    """What has turned out to be the likely cause of each; what is known stays when it is no longer so."""
    causes = ((incident, cause_of(incident.service, around)) for incident in found)
    return {incident.id: cause for incident, cause in causes if cause and cause != incident.likely_cause}


def _same(one: Hold | None, other: Hold | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.reason, one.by, one.until) == (other.reason, other.by, other.until)


async def _look_after(conn: Connection, incident: Incident, hold: Hold | None, now: datetime) -> int:
    if hold is not None:
        await _keep_held(conn, incident, hold, now)
        return 0
    if incident.hold is not None:
        return await _release(conn, incident, now)
    return await _tell_more(conn, incident, now)


async def _keep_held(conn: Connection, incident: Incident, hold: Hold, now: datetime) -> None:
    """From now on, or for another reason than before; the root's timeline tells of it too."""
    before = incident.hold
    if before is not None and (before.reason, before.by) == (hold.reason, hold.by):
        return await incidents.set_hold(conn, incident.id, replace(hold, since=before.since), None)
    suppressor = int(hold.by) if hold.reason == "suppressed" else None
    await incidents.set_hold(conn, incident.id, hold, suppressor)
    text = WORDS[hold.reason].format(by=hold.by)
    lines: list[tuple[int, Entry, str | None, int | None]] = [(incident.id, Entry("held", now, text, None), None, None)]
    if suppressor is not None:
        held = f"{incident.rule.name}: {incident.object} is held back"
        lines.append((suppressor, Entry("suppressed_other", now, held, None), None, None))
    await incidents.add_entries(conn, lines)
    await note(conn, incident, "held", text, now)


async def _release(conn: Connection, incident: Incident, now: datetime) -> int:
    """Nothing holds it any more, and it still fires. Whoever was not told of it is told now."""
    [event_id] = await incidents.add_entries(
        conn, [(incident.id, Entry("released", now, "No longer held back", None), None, None)]
    )
    await note(conn, incident, "released", "No longer held back", now)
    begun = incident.escalation
    if begun is not None and incident.state == "firing":
        begun = _resumed(begun, now)
    channels = first_channels(incident.rule.channels, begun, now)
    if begun is not None and begun.next_step == 0 and escalation.is_due(begun, now):
        begun = escalation.stepped(begun, now)
    await incidents.set_released(conn, incident.id, begun, begun.next_at if begun else None, now)
    if begun is not None and begun.next_at is not None:
        await outbox.add_schedule(conn, alarm_of(incident.id, begun.next_at))
    if incident.state != "firing":
        return 0
    facts = await facts_now(conn, incident)
    fired = Saying(facts=facts, reason="fired", channels=channels, at=now, transition="fired", event_id=event_id)
    return await tell(conn, [fired])


def _resumed(before: Escalation, now: datetime) -> Escalation:
    """It goes on where it was; one that had not begun begins now."""
    if before.state != "running":
        return before
    if not any(before.told_at) and before.loop == 0:
        return escalation.restarted(before, now)
    return replace(before, next_at=max(now, before.next_at or now))


async def _tell_more(conn: Connection, incident: Incident, now: datetime) -> int:
    """Of all who have joined since it was last told of."""
    if incident.more_due_at is None or incident.more_due_at > now:
        return 0
    await incidents.set_told_more(conn, incident.id, now)
    facts = await facts_now(conn, incident)
    name = f"more_firing-{int(incident.more_due_at.timestamp())}"
    more = Saying(facts=facts, reason="more_firing", channels=incident.rule.channels, at=now, transition=name)
    return await tell(conn, [more])
