"""Silences."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct, json

from alert_svc.store import configured
from shared.contracts.alerts.quiet import SilenceSpec
from shared.db import Connection

_silence = json.Decoder(SilenceSpec)

SILENCE = "id, spec::text AS spec, starts_at, ends_at, created_by, created_at, ended_by"


class StoredSilence(Struct, frozen=True, kw_only=True):
    id: str
    spec: SilenceSpec
    starts_at: datetime
    ends_at: datetime
    created_by: str
    created_at: datetime
    ended_by: str | None


async def list_silences(conn: Connection, ended_after: datetime) -> list[StoredSilence]:
    """Those that have not ended, or did so lately; the next to end first."""
    rows = await conn.fetch(f"SELECT {SILENCE} FROM silence WHERE ends_at > $1 ORDER BY ends_at, id", ended_after)
    return [_read_silence(row) for row in rows]


async def lock_silence(conn: Connection, silence_id: str) -> StoredSilence | None:
    row = await conn.fetchrow(f"SELECT {SILENCE} FROM silence WHERE id = $1 FOR UPDATE", silence_id)
    return _read_silence(row) if row else None


async def add_silence(conn: Connection, spec: SilenceSpec, starts_at: datetime, actor: str) -> StoredSilence:
    row = await conn.fetchrow(
        f"""
        INSERT INTO silence (id, spec, starts_at, ends_at, created_by) VALUES ($1, $2::text::jsonb, $3, $4, $5)
        RETURNING {SILENCE}
        """,
        f"s-{uuid4().hex[:12]}",
        json.encode(spec).decode(),
        starts_at,
        spec.ends_at,
        actor,
    )
    silence = _read_silence(row)
    await configured.tell(conn, "silence", silence.id, "added", 1, actor)
    return silence


async def change_silence(
    conn: Connection, silence_id: str, spec: SilenceSpec, starts_at: datetime, actor: str
) -> StoredSilence:
    row = await conn.fetchrow(
        f"UPDATE silence SET spec = $2::text::jsonb, starts_at = $3, ends_at = $4 WHERE id = $1 RETURNING {SILENCE}",
        silence_id,
        json.encode(spec).decode(),
        starts_at,
        spec.ends_at,
    )
    await configured.tell(conn, "silence", silence_id, "changed", 1, actor)
    return _read_silence(row)


async def end_silence(conn: Connection, silence_id: str, at: datetime, actor: str) -> StoredSilence:
    row = await conn.fetchrow(
        f"""
        UPDATE silence SET ends_at = $2, starts_at = least(starts_at, $2), ended_by = $3 WHERE id = $1
        RETURNING {SILENCE}
        """,
        silence_id,
        at,
        actor,
    )
    await configured.tell(conn, "silence", silence_id, "removed", 1, actor)
    return _read_silence(row)


def _read_silence(row: Any) -> StoredSilence:
    return StoredSilence(**{**dict(row), "spec": _silence.decode(row["spec"])})
