"""Which incidents there are: those that are open, due, or the cause of others."""

from collections.abc import Sequence
from datetime import datetime

from alert_svc.store.incidents import COLUMNS, Incident, read
from alert_svc.surroundings import RootIncident
from shared.db import Connection


async def root_incidents(conn: Connection, services: Sequence[str]) -> dict[str, RootIncident]:
    """By service: its oldest open incident that is not itself held back by another, else the one that ended last."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT ON (service) service, id, resolved_at FROM incident
        WHERE service = ANY($1) AND suppressed_by IS NULL
            AND (resolved_at IS NULL OR resolved_at > now() - interval '1 hour')
        ORDER BY service, resolved_at DESC NULLS FIRST, id
        """,
        list(services),
    )
    return {row["service"]: RootIncident(row["id"], row["resolved_at"]) for row in rows}


async def ends_of(conn: Connection, incident_ids: Sequence[int]) -> dict[int, RootIncident]:
    """When each of these ended, if it did."""
    rows = await conn.fetch("SELECT id, resolved_at FROM incident WHERE id = ANY($1)", list(incident_ids))
    return {row["id"]: RootIncident(row["id"], row["resolved_at"]) for row in rows}


async def objects_held_by(conn: Connection, incident_id: int) -> list[str]:
    """What is held back because of an incident."""
    rows = await conn.fetch(
        "SELECT object FROM incident WHERE suppressed_by = $1 AND resolved_at IS NULL ORDER BY id", incident_id
    )
    return [row["object"] for row in rows]


async def list_due(conn: Connection, before: datetime, limit: int) -> list[int]:
    """Incidents whose next step of escalation was due before a moment."""
    rows = await conn.fetch(
        "SELECT id FROM incident WHERE resolved_at IS NULL AND next_at <= $1 ORDER BY next_at LIMIT $2", before, limit
    )
    return [row["id"] for row in rows]


async def list_escalating(conn: Connection) -> list[Incident]:
    rows = await conn.fetch(f"SELECT {COLUMNS} FROM incident WHERE resolved_at IS NULL AND next_at IS NOT NULL")
    return [read(row) for row in rows]


async def list_open(conn: Connection) -> list[Incident]:
    """Roots first, so that what they hold back finds them as they are."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM incident WHERE resolved_at IS NULL ORDER BY suppressed_by NULLS FIRST, id"
    )
    return [read(row) for row in rows]
