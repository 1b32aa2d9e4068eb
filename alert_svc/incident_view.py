"""Incidents as they are shown. Pure, from what the store has and the engine as it is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from alert_svc.causes import affected_by
from alert_svc.drafts import moment
from alert_svc.engine import Engine
from alert_svc.escalation import progress
from alert_svc.series import MINUTE
from alert_svc.state import ACTIVE
from alert_svc.store.alerts import Kept
from alert_svc.store.incidents import Incident
from alert_svc.store.timeline import Line
from alert_svc.surroundings import Surroundings, roots_of
from alert_svc.wording import duration, title_of
from shared.contracts.alerts.deliveries import AlertDelivery
from shared.contracts.alerts.incidents import (
    AlertIncident,
    EscalationProgress,
    IncidentImpact,
    IncidentMember,
    TimelineEntry,
)


def shown(
    incident: Incident,
    members: Sequence[IncidentMember],
    held_back: Sequence[Incident],
    rules: Collection[str],
    now: datetime,
) -> AlertIncident:
    """`rules`: the ids of those that still exist."""
    values = [member.value for member in members if member.value is not None]
    peaks = [member.peak for member in members if member.peak is not None]
    worst = min if incident.rule.operator in ("<", "<=") else max
    return AlertIncident(
        id=str(incident.id),
        rule_id=incident.rule_id,
        rule_name=incident.rule.name,
        rule_gone=incident.rule_id not in rules,
        severity=incident.severity,
        state=incident.state,
        object=incident.object,
        service=incident.service,
        labels=incident.labels,
        metric=incident.rule.metric,
        unit=incident.unit,
        value=worst(values, default=incident.value) if incident.resolved_at is None else incident.value,
        peak=worst(peaks, default=incident.peak if incident.peak is not None else incident.value),
        firing=sum(member.state in ACTIVE for member in members) if incident.resolved_at is None else 0,
        started_at=incident.started_at,
        fired_at=incident.fired_at,
        acknowledged_at=incident.acknowledged_at,
        acknowledged_by=incident.acknowledged_by,
        resolved_at=incident.resolved_at,
        resolve_reason=incident.resolve_reason,
        resolved_by=incident.resolved_by,
        seconds=((incident.resolved_at or now) - incident.fired_at).total_seconds(),
        hold=incident.hold,
        suppressed_by=None if incident.suppressed_by is None else str(incident.suppressed_by),
        suppressed=[str(each.id) for each in held_back],
        likely_cause=incident.likely_cause,
    )


def member(engine: Engine, incident: Incident, kept: Kept) -> IncidentMember:
    """One series of an incident. Its worst value is that of the points since it began."""
    row = engine.store.row_of(incident.rule.metric, kept.series)
    value = float(engine.store.value[row]) if row is not None else float("nan")
    since = kept.memory.since if abs(kept.memory.since) < float("inf") else incident.fired_at.timestamp()
    return IncidentMember(
        title=title_of(kept.labels, incident.rule.name),
        labels=kept.labels,
        state=kept.memory.state,
        since=moment(since),
        value=value if value == value else None,
        peak=_peak(engine, incident, row) if row is not None else None,
    )


def _peak(engine: Engine, incident: Incident, row: int) -> float | None:
    numbers, last, extreme = engine.store.points(row)
    first = int(incident.started_at.timestamp()) // MINUTE
    until = int(incident.resolved_at.timestamp()) // MINUTE if incident.resolved_at else numbers[-1]
    chosen = (numbers >= first) & (numbers <= until)
    values = [float(v) for points in (last[chosen], extreme[chosen]) for v in points if v == v]
    worst = min if incident.rule.operator in ("<", "<=") else max
    return worst(values, default=None)


def timeline(lines: Sequence[Line], deliveries: Sequence[tuple[int | None, AlertDelivery]]) -> list[TimelineEntry]:
    """Newest first. Messages stand with the entry they followed from; those without one, with the oldest shown."""
    of_line: dict[int, list[AlertDelivery]] = {}
    known = {line.id for line in lines}
    for event_id, delivery in deliveries:
        place = event_id if event_id in known else None
        if place is None and event_id is None and lines:
            place = lines[0].id
        if place is not None:
            of_line.setdefault(place, []).append(delivery)
    return [
        TimelineEntry(
            id=str(line.id),
            at=line.at,
            kind=line.kind,
            text=line.text,
            actor=line.actor,
            value=line.value,
            step=line.step,
            deliveries=of_line.get(line.id, []),
        )
        for line in lines
    ]


def escalation_of(incident: Incident) -> EscalationProgress | None:
    return progress(incident.escalation, incident.hold is not None) if incident.escalation else None


def impact(incident: Incident, around: Surroundings) -> list[IncidentImpact]:
    """What causes it and whom it affects, as the dependency map says."""
    service = incident.service
    if service is None or service not in around.statuses:
        return []
    causes, affected = roots_of(service, around), affected_by(service, around.needs, around.statuses)
    roles = [*((id, "root_cause") for id in causes), (service, "self")]
    roles += [(id, "at_risk" if around.statuses.get(id) == "healthy" else "degraded") for id in affected]
    return [
        IncidentImpact(
            service_id=id,
            name=around.names.get(id, id),
            status=around.statuses.get(id, "unknown"),
            role=role,  # type: ignore[arg-type]
        )
        for id, role in roles
    ]


def markdown(incident: AlertIncident, entries: Sequence[TimelineEntry]) -> str:
    """The incident as text to be copied into a report, oldest entry first."""
    head = f"# {incident.rule_name}: {incident.object}"
    lasted = duration(incident.seconds)
    span = f"from {_time(incident.fired_at)}"
    span += f" to {_time(incident.resolved_at)}, {lasted}" if incident.resolved_at else f", {lasted} so far"
    lines = [head, "", f"Incident {incident.id}, {incident.severity}, {span}."]
    if incident.acknowledged_at and incident.acknowledged_by:
        lines.append(f"Acknowledged by {incident.acknowledged_by} at {_time(incident.acknowledged_at)}.")
    if incident.likely_cause:
        lines.append(f"Likely cause: {incident.likely_cause}.")
    lines += ["", "## Timeline", ""]
    for entry in reversed(entries):
        who = f"{entry.actor}: " if entry.actor else ""
        lines.append(f"- {_time(entry.at)} {who}{_plain(entry.text)}")
        lines += [f"  - {each.channel_name} ({each.kind}): {each.state}" for each in entry.deliveries]
    return "\n".join(lines) + "\n"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _plain(text: str) -> str:
    return " ".join(text.split())


def by_incident(kept: Sequence[Kept]) -> Mapping[int, list[Kept]]:
    found: dict[int, list[Kept]] = {}
    for each in kept:
        if each.incident_id is not None:
            found.setdefault(each.incident_id, []).append(each)
    return found
