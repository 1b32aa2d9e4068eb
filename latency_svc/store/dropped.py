"""Durations that were not counted, by service, minute and reason."""

from collections.abc import Mapping
from datetime import datetime

from latency_svc.windows import Window
from shared.db import Connection

ENDPOINTS = "endpoints"
"""The reason under which endpoints beyond the cap are noted: their durations count, they do not by themselves."""


async def add_dropped(conn: Connection, at: datetime, counts: Mapping[tuple[str, str], int]) -> None:
    """In the caller's transaction: adds to the minute what was not counted, by service and reason."""
    keys = sorted(counts)
    if not keys:
        return
    await conn.execute(
        """
        INSERT INTO dropped (at, service, reason, count)
        SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
        ON CONFLICT (at, service, reason) DO UPDATE SET count = dropped.count + excluded.count
        """,
        at,
        [service for service, _ in keys],
        [reason for _, reason in keys],
        [counts[key] for key in keys],
    )


async def read_dropped(conn: Connection, window: Window, service: str | None) -> tuple[int, int]:
    """Durations that were not counted in a window, and at least how many endpoints were too many."""
    row = await conn.fetchrow(
        """
        SELECT coalesce(sum(count) FILTER (WHERE reason <> $4), 0)::bigint AS samples,
            coalesce(sum(most), 0)::bigint AS endpoints
        FROM (
            SELECT service, reason, sum(count) AS count, max(count) FILTER (WHERE reason = $4) AS most FROM dropped
            WHERE at >= $1 AND at < $2 AND ($3::text IS NULL OR service = $3) GROUP BY service, reason
        ) AS t
        """,
        window.from_at,
        window.to_at,
        service,
        ENDPOINTS,
    )
    return (row["samples"], row["endpoints"]) if row else (0, 0)


async def forget_dropped(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM dropped WHERE at < $1", before)
