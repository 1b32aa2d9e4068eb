"""Whether what was sent has arrived: rows to ask of, and what providers tell by themselves."""

from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct, convert

from shared.db import Connection

SENT = "id::text AS id, channel_id, attempts, provider_id, finished_at, arrived"


class Sent(Struct, frozen=True, kw_only=True):
    """A message that its provider has, and of which it will know whether it arrived. `provider_id`: of each of its
    texts, by commas; `arrived`: of those that have."""

    id: str
    channel_id: str
    attempts: int
    provider_id: str
    finished_at: datetime
    arrived: list[str]


async def take_sent(conn: Connection, limit: int) -> list[Sent]:
    """Those to ask for now; no other replica asks for them in the next minute."""
    rows = await conn.fetch(
        f"""
        UPDATE delivery SET next_at = now() + interval '1 minute'
        WHERE id IN (
            SELECT id FROM delivery WHERE state = 'sent' AND next_at <= now()
            ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED
        )
        RETURNING {SENT}
        """,
        limit,
    )
    return [_read(row) for row in rows]


async def get_sent(conn: Connection, delivery_id: str, *, lock: bool = False) -> Sent | None:
    """One that has not arrived yet, or of which nobody has told whether it did."""
    row = await conn.fetchrow(
        f"SELECT {SENT} FROM delivery WHERE id = $1 AND state IN ('sent', 'accepted') AND provider_id IS NOT NULL"
        f"{' FOR UPDATE' if lock else ''}",
        UUID(delivery_id),
    )
    return _read(row) if row else None


async def set_arrived(conn: Connection, delivery_id: str, arrived: list[str]) -> None:
    await conn.execute("UPDATE delivery SET arrived = $2 WHERE id = $1", UUID(delivery_id), arrived)


def _read(row: asyncpg.Record) -> Sent:
    return convert(dict(row), Sent)
