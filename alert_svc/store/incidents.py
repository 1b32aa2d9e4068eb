"""Incidents: opened, changed and resolved under a lock of their row, with a timeline that only grows."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
from msgspec import Struct, convert

from alert_svc.drafts import Entry, Group
from alert_svc.escalation import Escalation
from shared.contracts.alerts.incidents import Hold, IncidentState, ResolveReason
from shared.contracts.alerts.rules import AlertRuleSpec, Severity
from shared.db import Connection


class Incident(Struct, frozen=True, kw_only=True):
    """An incident as the store has it. `rule`: as it was when it fired."""

    id: int
    rule_id: str
    group_key: str
    rule: AlertRuleSpec
    unit: str
    labels: dict[str, str]
    object: str
    service: str | None
    severity: Severity
    state: IncidentState
    value: float | None
    peak: float | None
    started_at: datetime
    fired_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolve_reason: ResolveReason | None
    resolved_by: str | None
    hold: Hold | None
    suppressed_by: int | None
    likely_cause: str
    escalation: Escalation | None
    next_at: datetime | None
    more_due_at: datetime | None
    told_more_at: datetime | None


COLUMNS = ", ".join(Incident.__struct_fields__)


class NewIncident(Struct, frozen=True, kw_only=True):
    """One to be opened; it may have ended already."""

    rule_id: str
    group_key: str
    rule: AlertRuleSpec
    unit: str
    labels: Mapping[str, str]
    object: str
    service: str | None
    severity: Severity
    state: IncidentState
    value: float | None
    started_at: datetime
    fired_at: datetime
    resolved_at: datetime | None
    resolve_reason: ResolveReason | None
    hold: Hold | None
    suppressed_by: int | None
    likely_cause: str
    escalation: Escalation | None
    next_at: datetime | None
    told_more_at: datetime | None


class ChangedIncident(Struct, frozen=True, kw_only=True):
    """What an open incident becomes."""

    id: int
    severity: Severity
    object: str
    labels: Mapping[str, str]
    value: float | None
    peak: float | None
    resolved_at: datetime | None
    resolve_reason: ResolveReason | None
    escalation: Escalation | None
    more_due_at: datetime | None
    told_more_at: datetime | None


def read(row: asyncpg.Record) -> Incident:
    return convert(dict(row), Incident)


async def lock_open(conn: Connection, groups: Sequence[Group]) -> dict[Group, Incident]:
    """The open incidents of these groups, held until the transaction ends."""
    rows = await conn.fetch(
        f"""
        SELECT {COLUMNS} FROM incident
        WHERE resolved_at IS NULL
            AND (rule_id, group_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))
        ORDER BY id FOR UPDATE
        """,
        [group.rule_id for group in groups],
        [group.key for group in groups],
    )
    return {Group(row["rule_id"], row["group_key"]): read(row) for row in rows}


async def lock(conn: Connection, incident_id: int) -> Incident | None:
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM incident WHERE id = $1 FOR UPDATE", incident_id)
    return read(row) if row else None


async def open_incidents(conn: Connection, new: Sequence[NewIncident]) -> list[int]:
    """Their ids, in their order. Raises UniqueViolationError when another replica has opened one meanwhile."""
    rows = await conn.fetch(
        """
        INSERT INTO incident (
            rule_id, group_key, rule, unit, labels, object, service, severity, state, value, started_at, fired_at,
            resolved_at, resolve_reason, hold, suppressed_by, likely_cause, escalation, next_at, told_more_at
        )
        SELECT
            rule_id, group_key, rule, unit, labels, object, service, severity, state, value, started_at, fired_at,
            resolved_at, resolve_reason, nullif(hold, 'null'), suppressed_by, likely_cause,
            nullif(escalation, 'null'), next_at, told_more_at
        FROM ROWS FROM (
            jsonb_to_recordset($1::jsonb) AS (
                rule_id text, group_key text, rule jsonb, unit text, labels jsonb, object text, service text,
                severity text, state text, value float8, started_at timestamptz, fired_at timestamptz,
                resolved_at timestamptz, resolve_reason text, hold jsonb, suppressed_by bigint, likely_cause text,
                escalation jsonb, next_at timestamptz, told_more_at timestamptz
            )
        ) WITH ORDINALITY ORDER BY ordinality
        RETURNING id
        """,
        list(new),
    )
    return sorted(row["id"] for row in rows)


async def change_incidents(conn: Connection, changed: Sequence[ChangedIncident]) -> None:
    await conn.execute(
        """
        UPDATE incident AS i SET
            severity = c.severity, object = c.object, labels = c.labels, value = c.value,
            peak = coalesce(c.peak, i.peak),
            state = CASE WHEN c.resolved_at IS NULL THEN i.state ELSE 'resolved' END,
            resolved_at = c.resolved_at, resolve_reason = c.resolve_reason,
            escalation = nullif(c.escalation, 'null'),
            next_at = CASE WHEN c.resolved_at IS NULL THEN i.next_at END,
            hold = CASE WHEN c.resolved_at IS NULL THEN i.hold END,
            more_due_at = c.more_due_at, told_more_at = c.told_more_at
        FROM jsonb_to_recordset($1::jsonb) AS c (
            id bigint, severity text, object text, labels jsonb, value float8, peak float8, resolved_at timestamptz,
            resolve_reason text, escalation jsonb, more_due_at timestamptz, told_more_at timestamptz
        )
        WHERE i.id = c.id
        """,
        list(changed),
    )


async def set_escalation(
    conn: Connection, incident_id: int, escalation: Escalation | None, next_at: datetime | None
) -> None:
    await conn.execute(
        "UPDATE incident SET escalation = $2, next_at = $3 WHERE id = $1", incident_id, escalation, next_at
    )


async def set_hold(conn: Connection, incident_id: int, hold: Hold, suppressed_by: int | None) -> None:
    """Nobody is told, and no step of escalation is due, until it is released."""
    await conn.execute(
        "UPDATE incident SET hold = $2, suppressed_by = coalesce($3, suppressed_by), next_at = NULL WHERE id = $1",
        incident_id,
        hold,
        suppressed_by,
    )


async def set_released(
    conn: Connection, incident_id: int, escalation: Escalation | None, next_at: datetime | None, now: datetime
) -> None:
    await conn.execute(
        """
        UPDATE incident SET hold = NULL, suppressed_by = NULL, escalation = $2, next_at = $3, told_more_at = $4
        WHERE id = $1
        """,
        incident_id,
        escalation,
        next_at,
        now,
    )


async def set_causes(conn: Connection, causes: Mapping[int, str]) -> None:
    if causes:
        await conn.execute(
            "UPDATE incident SET likely_cause = u.cause FROM unnest($1::bigint[], $2::text[]) AS u (id, cause) "
            "WHERE incident.id = u.id",
            list(causes),
            list(causes.values()),
        )


async def set_told_more(conn: Connection, incident_id: int, now: datetime) -> None:
    await conn.execute("UPDATE incident SET more_due_at = NULL, told_more_at = $2 WHERE id = $1", incident_id, now)


async def end(
    conn: Connection, incident_id: int, at: datetime, reason: ResolveReason, actor: str, escalation: Escalation | None
) -> None:
    await conn.execute(
        """
        UPDATE incident SET state = 'resolved', resolved_at = $2, resolve_reason = $3, resolved_by = $4,
            escalation = $5, next_at = NULL, hold = NULL, more_due_at = NULL
        WHERE id = $1
        """,
        incident_id,
        at,
        reason,
        actor,
        escalation,
    )


async def acknowledge(
    conn: Connection, incident_id: int, at: datetime, actor: str, escalation: Escalation | None
) -> None:
    await conn.execute(
        """
        UPDATE incident SET state = 'acknowledged', acknowledged_at = $2, acknowledged_by = $3, escalation = $4,
            next_at = NULL
        WHERE id = $1
        """,
        incident_id,
        at,
        actor,
        escalation,
    )


async def add_entries(conn: Connection, entries: Sequence[tuple[int, Entry, str | None, int | None]]) -> list[int]:
    """Lines of timelines: incident, line, who, step of escalation. Returns their ids, in their order."""
    rows = await conn.fetch(
        """
        INSERT INTO incident_event (incident_id, at, kind, text, actor, value, step)
        SELECT incident_id, at, kind, text, actor, value, step FROM unnest(
            $1::bigint[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::float8[], $7::int[]
        ) WITH ORDINALITY AS e (incident_id, at, kind, text, actor, value, step, place)
        ORDER BY place RETURNING id
        """,
        [incident_id for incident_id, _, _, _ in entries],
        [entry.at for _, entry, _, _ in entries],
        [entry.kind for _, entry, _, _ in entries],
        [entry.text for _, entry, _, _ in entries],
        [actor for _, _, actor, _ in entries],
        [entry.value for _, entry, _, _ in entries],
        [step for _, _, _, step in entries],
    )
    return sorted(row["id"] for row in rows)


async def lock_free(conn: Connection, incident_id: int) -> Incident | None:
    """As `lock`, unless another replica has it or it is over."""
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM incident WHERE id = $1 AND resolved_at IS NULL FOR UPDATE SKIP LOCKED", incident_id
    )
    return read(row) if row else None
