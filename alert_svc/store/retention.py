"""What is removed when its time is over: incidents that have ended, with all that was said of them."""

from datetime import datetime

from shared.db import Connection

BATCH = 500


async def remove_incidents(conn: Connection, before: datetime) -> int:
    """At most BATCH incidents that ended before a moment, in the caller's transaction; those that another replica is at
    are left to it. Returns how many."""
    rows = await conn.fetch(
        "SELECT id FROM incident WHERE resolved_at < $1 ORDER BY resolved_at LIMIT $2 FOR UPDATE SKIP LOCKED",
        before,
        BATCH,
    )
    ids = [row["id"] for row in rows]
    if ids:
        await conn.execute("DELETE FROM delivery WHERE incident_id = ANY($1)", ids)
        await conn.execute("DELETE FROM incident_event WHERE incident_id = ANY($1)", ids)
        await conn.execute("UPDATE alert SET incident_id = NULL WHERE incident_id = ANY($1)", ids)
        await conn.execute("UPDATE incident SET suppressed_by = NULL WHERE suppressed_by = ANY($1)", ids)
        await conn.execute("DELETE FROM incident WHERE id = ANY($1)", ids)
    return len(ids)


async def remove_others(conn: Connection, before: datetime) -> int:
    """At most BATCH messages that belong to no incident, and silences that are over. Returns how many messages."""
    await conn.execute("DELETE FROM silence WHERE ends_at < $1", before)
    rows = await conn.fetch(
        """
        DELETE FROM delivery WHERE id IN (
            SELECT id FROM delivery WHERE incident_id IS NULL AND finished_at < $1 AND queued_at < $1 LIMIT $2
        ) RETURNING id
        """,
        before,
        BATCH,
    )
    return len(rows)
