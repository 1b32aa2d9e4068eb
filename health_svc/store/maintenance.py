"""Maintenance windows."""

from datetime import datetime

import asyncpg
from msgspec import Struct, json

from shared.contracts.health.maintenance import MaintenanceSpec
from shared.db import Connection

_spec = json.Decoder(MaintenanceSpec)


class Window(Struct, frozen=True, kw_only=True):
    """A maintenance window as stored."""

    id: str
    spec: MaintenanceSpec
    created_by: str
    created_at: datetime


def _window(row: asyncpg.Record) -> Window:
    return Window(
        id=row["id"], spec=_spec.decode(row["spec"]), created_by=row["created_by"], created_at=row["created_at"]
    )


async def list_windows(conn: Connection) -> list[Window]:
    rows = await conn.fetch(
        "SELECT id, spec::text AS spec, created_by, created_at FROM maintenance ORDER BY created_at, id"
    )
    return [_window(row) for row in rows]


async def get_window(conn: Connection, window_id: str) -> Window | None:
    """For an update in the caller's transaction."""
    row = await conn.fetchrow(
        "SELECT id, spec::text AS spec, created_by, created_at FROM maintenance WHERE id = $1 FOR UPDATE", window_id
    )
    return _window(row) if row else None


async def create_window(conn: Connection, window_id: str, spec: MaintenanceSpec, actor: str) -> Window:
    [row] = await conn.fetch(
        "INSERT INTO maintenance (id, spec, created_by) VALUES ($1, $2::text::jsonb, $3) "
        "RETURNING id, spec::text AS spec, created_by, created_at",
        window_id,
        json.encode(spec).decode(),
        actor,
    )
    return _window(row)


async def update_window(conn: Connection, window_id: str, spec: MaintenanceSpec) -> Window | None:
    row = await conn.fetchrow(
        "UPDATE maintenance SET spec = $2::text::jsonb WHERE id = $1 "
        "RETURNING id, spec::text AS spec, created_by, created_at",
        window_id,
        json.encode(spec).decode(),
    )
    return _window(row) if row else None


async def delete_window(conn: Connection, window_id: str) -> Window | None:
    row = await conn.fetchrow(
        "DELETE FROM maintenance WHERE id = $1 RETURNING id, spec::text AS spec, created_by, created_at", window_id
    )
    return _window(row) if row else None
