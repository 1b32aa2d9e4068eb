"""Runs of checks, kept a week in partitions by day."""

from datetime import date, datetime, timedelta

from msgspec import json

from shared.contracts.health.runs import CheckRun
from shared.db import Connection

KEPT_DAYS = 7

_run = json.Decoder(CheckRun)


async def list_runs(
    conn: Connection, service_id: str, limit: int, before: tuple[datetime, str] | None, result: str | None
) -> list[CheckRun]:
    rows = await conn.fetch(
        """
        SELECT run::text AS run FROM check_run
        WHERE service_id = $1 AND ($2::timestamptz IS NULL OR (started_at, id) < ($2, $3))
            AND ($4::text IS NULL OR result = $4)
        ORDER BY started_at DESC, id DESC LIMIT $5
        """,
        service_id,
        before[0] if before else None,
        before[1] if before else None,
        result,
        limit,
    )
    return [_run.decode(row["run"]) for row in rows]


async def keep_partitions(conn: Connection, today: date) -> None:
    """Make the partitions of today and the next two days, drop those past keeping."""
    for offset in range(-1, 3):
        day = today + timedelta(days=offset)
        await conn.execute(
            f"CREATE TABLE IF NOT EXISTS check_run_{day:%Y%m%d} PARTITION OF check_run "
            f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
        )
    oldest = f"check_run_{today - timedelta(days=KEPT_DAYS):%Y%m%d}"
    rows = await conn.fetch(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = 'check_run'::regclass AND c.relname < $1",
        oldest,
    )
    for row in rows:
        await conn.execute(f"DROP TABLE IF EXISTS {row['relname']}")
