"""Partitions by UTC day: made ahead of time, dropped whole when their time is over."""

from datetime import UTC, date, datetime, timedelta

from shared.db import Connection

AHEAD, BEHIND = timedelta(days=2), timedelta(days=3)  # what is heard late lies behind
KEPT = {"minute": timedelta(hours=48), "transition": timedelta(days=30)}


async def keep_partitions(conn: Connection, now: datetime) -> None:
    """Makes those of some days back to the day after tomorrow, and drops those past keeping."""
    first = (now - BEHIND).astimezone(UTC).date()
    for table, kept in KEPT.items():
        for offset in range((AHEAD + BEHIND).days + 1):
            day = first + timedelta(days=offset)
            await conn.execute(
                f"CREATE TABLE IF NOT EXISTS {_part(table, day)} PARTITION OF {table} "
                f"FOR VALUES FROM ('{day} 00:00+00') TO ('{day + timedelta(days=1)} 00:00+00')"
            )
        await _drop_old(conn, table, (now - max(kept, BEHIND)).astimezone(UTC).date())


def _part(table: str, day: date) -> str:
    return f"{table}_{day:%Y%m%d}"


async def _drop_old(conn: Connection, table: str, first: date) -> None:
    rows = await conn.fetch(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = $1::regclass AND c.relname < $2",
        table,
        _part(table, first),
    )
    for row in rows:
        await conn.execute(f"DROP TABLE IF EXISTS {row['relname']}")
