"""Reading incidents: lists, one of them with its timeline, and the messages that followed from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import asyncpg
from msgspec import Struct, convert

from alert_svc.store.incidents import COLUMNS, Incident, read
from shared.contracts.alerts.deliveries import AlertDelivery
from shared.contracts.alerts.incidents import EventKind
from shared.db import Connection

DELIVERY = """
    id::text AS id, incident_id::text AS incident_id, channel_id, channel_name, kind, reason, step, loop, state, steps,
    attempts, queued_at, next_at AS next_attempt_at, provider_id, error, possible_duplicate,
    fallback_of::text AS fallback_of, event_id
"""

RANK = """
    CASE WHEN resolved_at IS NOT NULL THEN 9 WHEN severity = 'critical' THEN 0 WHEN severity = 'warning' THEN 1
    ELSE 2 END
"""


class Line(Struct, frozen=True):
    """An entry of a timeline."""

    id: int
    at: datetime
    kind: EventKind
    text: str
    actor: str | None
    value: float | None
    step: int | None


async def list_incidents(
    conn: Connection,
    *,
    state: Literal["open", "resolved", "all"],
    severity: str | None,
    service: str | None,
    rule_id: str | None,
    held: Literal["with", "without", "only"],
    after: tuple[int, datetime, int] | None,
    limit: int,
) -> list[Incident]:
    """Open ones first, the worst and then the newest; then resolved ones, the newest first. `after`: the rank, time and
    id of the last one of the page before."""
    rows = await conn.fetch(
        f"""
        SELECT {COLUMNS} FROM incident
        WHERE ($1 = 'all' OR ($1 = 'open') = (resolved_at IS NULL))
            AND ($2::text IS NULL OR severity = $2) AND ($3::text IS NULL OR service = $3)
            AND ($4::text IS NULL OR rule_id = $4)
            AND ($5 = 'with' OR ($5 = 'only') = (hold IS NOT NULL))
            AND ($6::int IS NULL OR {RANK} > $6 OR ({RANK} = $6 AND (fired_at, id) < ($7, $8)))
        ORDER BY {RANK}, fired_at DESC, id DESC LIMIT $9
        """,
        state,
        severity,
        service,
        rule_id,
        held,
        *(after or (None, None, None)),
        limit,
    )
    return [read(row) for row in rows]


async def get_incident(conn: Connection, incident_id: int) -> Incident | None:
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM incident WHERE id = $1", incident_id)
    return read(row) if row else None


async def count_incidents(conn: Connection) -> dict[str, int]:
    """By state, and those that fire, are not acknowledged and not held back."""
    row = await conn.fetchrow(
        """
        SELECT count(*) FILTER (WHERE state = 'firing') AS firing,
            count(*) FILTER (WHERE state = 'acknowledged') AS acknowledged,
            count(*) FILTER (WHERE state = 'resolved') AS resolved,
            count(*) FILTER (WHERE state = 'firing' AND hold IS NULL) AS unacknowledged
        FROM incident
        """
    )
    return dict(row) if row else {}


async def list_held_by(conn: Connection, incident_ids: Sequence[int]) -> dict[int, list[Incident]]:
    """The open incidents that each of these holds back."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM incident WHERE suppressed_by = ANY($1) AND resolved_at IS NULL ORDER BY id",
        list(incident_ids),
    )
    found: dict[int, list[Incident]] = {}
    for row in rows:
        found.setdefault(row["suppressed_by"], []).append(read(row))
    return found


async def list_held(conn: Connection) -> list[Incident]:
    """Every open incident of which nobody is told."""
    rows = await conn.fetch(f"SELECT {COLUMNS} FROM incident WHERE resolved_at IS NULL AND hold IS NOT NULL")
    return [read(row) for row in rows]


async def list_earlier(conn: Connection, incident: Incident, limit: int) -> list[Incident]:
    """Of the same rule and group, newest first."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM incident WHERE rule_id = $1 AND group_key = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
        incident.rule_id,
        incident.group_key,
        incident.id,
        limit,
    )
    return [read(row) for row in rows]


async def list_lines(conn: Connection, incident_id: int, before: int | None, limit: int) -> list[Line]:
    """Newest first."""
    rows = await conn.fetch(
        """
        SELECT id, at, kind, text, actor, value, step FROM incident_event
        WHERE incident_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
        """,
        incident_id,
        before,
        limit,
    )
    return [Line(**dict(row)) for row in rows]


async def list_deliveries_of(conn: Connection, incident_id: int) -> list[tuple[int | None, AlertDelivery]]:
    """The messages of an incident, oldest first, each with the entry it followed from."""
    rows = await conn.fetch(
        f"SELECT {DELIVERY} FROM delivery WHERE incident_id = $1 ORDER BY queued_at, id LIMIT 2000", incident_id
    )
    return [(row["event_id"], delivery_of(row)) for row in rows]


async def existing_rules(conn: Connection, rule_ids: Sequence[str]) -> set[str]:
    rows = await conn.fetch("SELECT id FROM rule WHERE id = ANY($1)", list(rule_ids))
    return {row["id"] for row in rows}


def delivery_of(row: asyncpg.Record) -> AlertDelivery:
    return convert({name: value for name, value in dict(row).items() if name != "event_id"}, AlertDelivery)
