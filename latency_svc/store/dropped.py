"""Durations that were not counted, by service, minute and reason."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from latency_svc.windows import Window
from shared.contracts.latency import Drop
from shared.db import Connection

GREATEST = 10

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


class Dropped(Struct, frozen=True):
    """In a window: durations that were not counted, at least how many endpoints were too many, and the drops that
    were the greatest."""

    samples: int
    endpoints: int
    greatest: list[Drop]


async def read_dropped(conn: Connection, window: Window, service: str | None) -> Dropped:
    rows = await conn.fetch(
        """
        SELECT service, reason, sum(count)::bigint AS count, max(count) AS most, max(at) AS last_at FROM dropped
        WHERE at >= $1 AND at < $2 AND ($3::text IS NULL OR service = $3)
        GROUP BY service, reason ORDER BY count DESC, service, reason
        """,
        window.from_at,
        window.to_at,
        service,
    )
    drops = [
        Drop(service=row["service"], reason=row["reason"], count=row["count"], last_at=row["last_at"])
        for row in rows
        if row["reason"] != ENDPOINTS
    ]
    return Dropped(
        samples=sum(drop.count for drop in drops),
        endpoints=sum(row["most"] for row in rows if row["reason"] == ENDPOINTS),
        greatest=drops[:GREATEST],
    )


async def forget_dropped(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM dropped WHERE at < $1", before)
