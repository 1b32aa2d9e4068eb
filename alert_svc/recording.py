"""What has changed, in one transaction: memories, history, incidents, messages and events.

Locks are taken in one order, rules, incidents, alerts, so that replicas and people wait for each other and never in a
circle. Of two replicas that saw the same, one stores it; the other is told which of its alerts the store has otherwise.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import asyncpg
from msgspec import Struct

from alert_svc import drafts
from alert_svc.drafts import Draft, Entry, Group, Open, Stored, group_key
from alert_svc.incident_rows import Prepared, changed_incident, new_incident, prepared
from alert_svc.sayings import events_of, of_known, of_new
from alert_svc.state import ACTIVE
from alert_svc.store import alerts, deliveries, incident_lists, incidents, rules
from alert_svc.store.incidents import Incident
from alert_svc.surroundings import Surroundings, roots_of
from alert_svc.telling import alarm_of, tell
from alert_svc.wording import reason_of
from shared import outbox
from shared.db import Connection, Pool

OF_INCIDENTS = ("fired", "raised", "recovering", "fired_again", "resolved")
TRIES = 5


class Written(Struct, frozen=True):
    """`stored`: rule and series of the alerts that the store took; incidents `opened` and `resolved`; messages."""

    stored: set[tuple[str, str]]
    opened: list[Draft]
    resolved: list[Draft]
    queued: int


async def record_in(pool: Pool, changed: Sequence[Stored], around: Surroundings) -> Written:
    """Tries again when another replica has opened the same incident at the same moment."""
    for attempt in range(TRIES):
        try:
            async with pool.acquire(timeout=5) as conn, conn.transaction():
                await conn.execute("SET LOCAL lock_timeout = '5s'")
                return await record(conn, changed, around)
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            if attempt == TRIES - 1:
                raise
    raise AssertionError


async def record(conn: Connection, changed: Sequence[Stored], around: Surroundings) -> Written:
    """In the caller's transaction."""
    await rules.hold_rules(conn, sorted({each.rule.id for each in changed}))
    locked = await incidents.lock_open(conn, _groups(changed))
    members = await _members(conn, locked)
    accepted = await alerts.save_alerts(conn, changed)
    stored = [each for each in changed if (each.rule.id, each.series) in accepted]
    known = {group: _open(incident, members[incident.id]) for group, incident in locked.items()}
    found, homes = drafts.plan(stored, known)
    by_draft, queued = await _write(conn, found, {i.id: i for i in locked.values()}, around)
    incident_of = {key: by_draft[id(draft)] for key, draft in homes.items()}
    if incident_of:
        await alerts.set_incidents(conn, incident_of)
    texts = [[reason_of(s.rule.spec, change, value, s.unit) for change, value in s.changes] for s in stored]
    await alerts.save_transitions(conn, stored, texts, incident_of)
    return Written(
        accepted, [draft for draft in found if draft.opened], [draft for draft in found if draft.resolved_at], queued
    )


def _groups(changed: Sequence[Stored]) -> list[Group]:
    found = (
        group_key(e.rule, e.labels) for e in changed if any(change.kind in OF_INCIDENTS for change, _ in e.changes)
    )
    return list(dict.fromkeys(found))


async def _members(conn: Connection, locked: Mapping[Group, Incident]) -> dict[int, dict[str, dict[str, str]]]:
    """Labels of the active alerts of each incident, by series."""
    found: dict[int, dict[str, dict[str, str]]] = defaultdict(dict)
    if locked:
        for kept in await alerts.list_members(conn, [incident.id for incident in locked.values()]):
            if kept.memory.state in ACTIVE and kept.incident_id is not None:
                found[kept.incident_id][kept.series] = kept.labels
    return found


def _open(incident: Incident, members: Mapping[str, dict[str, str]]) -> Open:
    return Open(
        incident.id, incident.severity, incident.object, incident.fired_at, members, incident.hold,
        incident.escalation, incident.told_more_at, incident.more_due_at,
    )  # fmt: skip


# --- writing ------------------------------------------------------------------------------------------------------


async def _write(
    conn: Connection, found: Sequence[Draft], locked: Mapping[int, Incident], around: Surroundings
) -> tuple[dict[int, int], int]:
    """The incident of each draft (by its identity), and how many messages were queued."""
    now = datetime.now(UTC)
    opened, old = [draft for draft in found if draft.opened], [draft for draft in found if not draft.opened]
    new = {id(each.draft): each for each in await _prepare(conn, opened, around, now)}
    if old:  # first: a group that is open again has its old incident ended before the next one begins
        await incidents.change_incidents(conn, [changed_incident(draft, now) for draft in old])
    numbers = await incidents.open_incidents(conn, [new_incident(each, now) for each in new.values()]) if new else []
    ids = dict(zip(new, numbers, strict=True)) | {id(draft): draft.known.id for draft in old if draft.known}
    lines = await _entries(conn, found, ids)
    told = await deliveries.list_told(conn, [ids[id(draft)] for draft in old if draft.resolved_at])
    said = [saying for key, each in new.items() for saying in of_new(each, ids[key], lines[key])]
    for draft in old:
        key = id(draft)
        said += of_known(draft, locked[ids[key]], told.get(ids[key], []), lines[key], now)
    queued = await tell(conn, said)
    await _alarms(conn, {ids[key]: each for key, each in new.items()}, old)
    await outbox.add(conn, [e for draft in found for e in events_of(draft, ids[id(draft)], new.get(id(draft)))])
    return ids, queued


async def _prepare(conn: Connection, opened: Sequence[Draft], around: Surroundings, now: datetime) -> list[Prepared]:
    named = {d.rule.spec.escalation_policy for d in opened if d.rule.spec.escalation_policy}
    policies = await rules.list_policies(conn, sorted(named)) if named else {}
    causes = {root for draft in opened for root in roots_of(draft.labels.get("service"), around)}
    roots = await incident_lists.root_incidents(conn, sorted(causes)) if causes else {}
    return [prepared(draft, policies, around, roots, now) for draft in opened]


async def _entries(conn: Connection, found: Sequence[Draft], ids: Mapping[int, int]) -> dict[int, int]:
    """Writes the timelines; returns the last line's id of each draft, by its identity."""
    lines: list[tuple[int, Entry, str | None, int | None]] = []
    owners: list[int] = []
    for draft in found:
        lines += [(ids[id(draft)], entry, None, None) for entry in draft.entries]
        owners += [id(draft)] * len(draft.entries)
    numbers = await incidents.add_entries(conn, lines) if lines else []
    return dict(zip(owners, numbers, strict=True))


async def _alarms(conn: Connection, new: Mapping[int, Prepared], old: Sequence[Draft]) -> None:
    """The timers of escalations that begin, and of those that end."""
    begun = [
        alarm_of(incident_id, each.escalation.next_at)
        for incident_id, each in new.items()
        if each.escalation is not None and each.escalation.next_at is not None and each.hold is None
    ]
    if begun:
        await outbox.add_schedule(conn, *begun)
    for draft in old:
        if draft.resolved_at is not None and draft.known is not None and draft.known.escalation is not None:
            await outbox.remove_schedule(conn, alarm_of(draft.known.id, draft.resolved_at).subject)
