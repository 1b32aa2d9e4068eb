"""Incidents: the list, one of them, and what people do about them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from alert_svc import changing, escalating, escalation, incident_view
from alert_svc.drafts import Entry
from alert_svc.noting import note
from alert_svc.room import Room
from alert_svc.store import alerts, deliveries, incidents, timeline
from alert_svc.store.incidents import Incident
from alert_svc.telling import Saying, alarm_of, facts_of, tell
from shared import outbox
from shared.contracts.alerts import requests
from shared.contracts.alerts.events import AlertAcknowledged
from shared.contracts.alerts.incidents import AlertIncident, AlertIncidentDetail, AlertIncidents, IncidentTimeline
from shared.cursors import decode_cursor, encode_cursor
from shared.db import Connection
from shared.problems import conflict, invalid_field, not_found
from shared.rpc import Caller

TIMELINE_ENTRIES = 100
EARLIER = 5
SEVERITY_RANK = {"critical": 0, "warning": 1, "info": 2}


async def list_alert_incidents(room: Room, request: requests.AlertIncidentsQuery, caller: Caller) -> AlertIncidents:
    async with room.pool.acquire(timeout=2) as conn:
        found = await timeline.list_incidents(
            conn,
            state=request.state,
            severity=request.severity,
            service=request.service,
            rule_id=request.rule_id,
            held=request.held,
            after=_place(request.cursor),
            limit=request.limit + 1,
        )
        page = found[: request.limit]
        shown = await _shown(room, conn, page)
        counts = await timeline.count_incidents(conn)
    last = page[-1] if len(found) > request.limit else None
    cursor = encode_cursor(last.fired_at, f"{_rank(last)}:{last.id}") if last else None
    return AlertIncidents(incidents=shown, counts=counts, next_cursor=cursor)


async def get_alert_incident(room: Room, request: requests.IncidentRef, caller: Caller) -> AlertIncidentDetail:
    async with room.pool.acquire(timeout=2) as conn:
        return await _detail(room, conn, int(request.incident_id))


async def get_incident_timeline(room: Room, request: requests.TimelineQuery, caller: Caller) -> IncidentTimeline:
    incident_id = int(request.incident_id)
    async with room.pool.acquire(timeout=2) as conn:
        await _incident_or_404(conn, incident_id)
        lines = await timeline.list_lines(conn, incident_id, _line(request.cursor), request.limit + 1)
        sent = await timeline.list_deliveries_of(conn, incident_id)
    page = lines[: request.limit]
    cursor = encode_cursor(page[-1].at, str(page[-1].id)) if len(lines) > request.limit else None
    return IncidentTimeline(entries=incident_view.timeline(page, sent), next_cursor=cursor)


async def acknowledge_incident(room: Room, request: requests.NoteIncident, caller: Caller) -> AlertIncidentDetail:
    """The first one counts: whoever comes later is told who it was."""
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            incident = await _locked_open(conn, request.incident_id)
            if incident.state == "acknowledged":
                raise conflict(
                    f"{incident.acknowledged_by} has acknowledged it already",
                    acknowledged_by=incident.acknowledged_by,
                    acknowledged_at=incident.acknowledged_at,
                )
            await _acknowledge(conn, incident, caller.actor, request.comment)
        room.wake_outbox()
        return await _detail(room, conn, incident.id)


async def resolve_incident(room: Room, request: requests.NoteIncident, caller: Caller) -> AlertIncidentDetail:
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            incident = await _locked_open(conn, request.incident_id)
            await changing.resolve_by_hand(conn, incident, caller.actor, request.comment)
        room.wake_outbox()
        room.evaluator.reread(incident.rule_id)
        return await _detail(room, conn, incident.id)


async def comment_incident(room: Room, request: requests.CommentIncident, caller: Caller) -> AlertIncidentDetail:
    now = datetime.now(UTC)
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            incident = await incidents.lock(conn, int(request.incident_id))
            if incident is None:
                raise not_found(f"There is no incident {request.incident_id}")
            entry = Entry("commented", now, request.comment, None)
            await incidents.add_entries(conn, [(incident.id, entry, caller.actor, None)])
            await note(conn, incident, "commented", request.comment, now, caller.actor)
        room.wake_outbox()
        return await _detail(room, conn, incident.id)


async def escalate_incident(room: Room, request: requests.IncidentRef, caller: Caller) -> AlertIncidentDetail:
    """The next step now, whatever its delay."""
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            incident = await _locked_open(conn, request.incident_id)
            running = incident.escalation
            if running is None or running.state == "ended":
                raise conflict("There is no further step of escalation")
            if running.state == "stopped":
                raise conflict("Its escalation was stopped: it is acknowledged")
            await escalating.take_step(conn, incident, running, datetime.now(UTC), caller.actor)
        room.wake_outbox()
        return await _detail(room, conn, incident.id)


# --- inside -------------------------------------------------------------------------------------------------------


async def _acknowledge(conn: Connection, incident: Incident, actor: str, comment: str) -> None:
    now = datetime.now(UTC)
    stopped = escalation.stopped(incident.escalation) if incident.escalation else None
    await incidents.acknowledge(conn, incident.id, now, actor, stopped)
    entries = [Entry("acknowledged", now, comment or "Acknowledged", None)]
    if stopped is not None and stopped.state == "stopped":
        entries.append(Entry("escalation_stopped", now, "Escalation stopped", None))
        await outbox.remove_schedule(conn, alarm_of(incident.id, now).subject)
    [event_id, *_] = await incidents.add_entries(conn, [(incident.id, entry, actor, None) for entry in entries])
    told = (await deliveries.list_told(conn, [incident.id])).get(incident.id, [])
    facts = facts_of(incident, comment or "It is being looked at")
    said = Saying(
        facts=facts, reason="acknowledged", channels=told, at=now, transition="acknowledged", event_id=event_id,
        actor=actor,
    )  # fmt: skip
    await tell(conn, [said])
    event = AlertAcknowledged(
        rule_id=incident.rule_id, incident_id=str(incident.id), object=incident.object, actor=actor, at=now
    )
    await outbox.add(conn, [event])


async def _locked_open(conn: Connection, incident_id: str) -> Incident:
    incident = await incidents.lock(conn, int(incident_id))
    if incident is None:
        raise not_found(f"There is no incident {incident_id}")
    if incident.resolved_at is not None:
        raise conflict(f"Incident {incident_id} is resolved already", resolved_at=incident.resolved_at)
    return incident


async def _incident_or_404(conn: Connection, incident_id: int) -> Incident:
    incident = await timeline.get_incident(conn, incident_id)
    if incident is None:
        raise not_found(f"There is no incident {incident_id}")
    return incident


async def _shown(room: Room, conn: Connection, found: Sequence[Incident]) -> list[AlertIncident]:
    ids = [incident.id for incident in found]
    members = incident_view.by_incident(await alerts.list_members(conn, ids)) if ids else {}
    held = await timeline.list_held_by(conn, ids) if ids else {}
    rules = await timeline.existing_rules(conn, [incident.rule_id for incident in found])
    now = datetime.now(UTC)
    return [
        incident_view.shown(
            incident,
            [incident_view.member(room.engine, incident, kept) for kept in members.get(incident.id, ())],
            held.get(incident.id, ()),
            rules,
            now,
        )
        for incident in found
    ]


async def _detail(room: Room, conn: Connection, incident_id: int) -> AlertIncidentDetail:
    incident = await _incident_or_404(conn, incident_id)
    held = (await timeline.list_held_by(conn, [incident_id])).get(incident_id, [])
    earlier = await timeline.list_earlier(conn, incident, EARLIER)
    [shown, *others] = await _shown(room, conn, [incident, *held, *earlier])
    lines = await timeline.list_lines(conn, incident_id, None, TIMELINE_ENTRIES)
    entries = incident_view.timeline(lines, await timeline.list_deliveries_of(conn, incident_id))
    kept = await alerts.list_members(conn, [incident_id])
    spec = incident.rule
    return AlertIncidentDetail(
        incident=shown,
        members=[incident_view.member(room.engine, incident, each) for each in kept],
        escalation=incident_view.escalation_of(incident),
        timeline=entries,
        held_back=others[: len(held)],
        impact=incident_view.impact(incident, room.evaluator.around),
        earlier=others[len(held) :],
        description=spec.description,
        runbook_url=spec.runbook_url,
        threshold=spec.threshold,
        recovery_threshold=spec.recovery_threshold,
        operator=spec.operator,
        markdown=incident_view.markdown(shown, entries),
    )


def _rank(incident: Incident) -> int:
    return 9 if incident.resolved_at else SEVERITY_RANK[incident.severity]


def _place(cursor: str | None) -> tuple[int, datetime, int] | None:
    """Rank, time and id of the last incident of the page before."""
    found = decode_cursor(cursor)
    if found is None:
        return None
    rank, _, id = found[1].partition(":")
    return _number(rank), found[0], _number(id)


def _line(cursor: str | None) -> int | None:
    found = decode_cursor(cursor)
    return _number(found[1]) if found else None


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew")
    return int(text)
