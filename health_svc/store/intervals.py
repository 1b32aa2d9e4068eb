"""Confirmed status over time: intervals, incidents (intervals that are not healthy) and uptime by day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

import asyncpg
from msgspec import json

from health_svc.health_check import Transition
from health_svc.uptime import Span, Totals
from shared.contracts.health.history import HealthIncident
from shared.contracts.health.services import ServiceSpec
from shared.db import Connection

Confirmed = tuple[ServiceSpec, Transition]

CLOSE = "UPDATE status_interval SET to_at = greatest(from_at, $2) WHERE service_id = $1 AND to_at IS NULL"
OPEN = """
INSERT INTO status_interval (service_id, service_name, status, from_at, to_at, confirmed_at, reason, affected)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def apply(conn: Connection, confirmed: Sequence[Confirmed]) -> None:
    """Close each service's open interval where its first transition starts, and open one for each transition, in
    order; all but the last end where the next one starts."""
    by_service: dict[str, list[Confirmed]] = defaultdict(list)
    for spec, transition in confirmed:
        by_service[spec.id].append((spec, transition))
    if by_service:
        await conn.executemany(CLOSE, [(id_, changes[0][1].started_at) for id_, changes in by_service.items()])
        await conn.executemany(OPEN, [row for changes in by_service.values() for row in _rows(changes)])


def _rows(changes: Sequence[Confirmed]) -> list[tuple[object, ...]]:
    ends = [max(a.started_at, b.started_at) for (_, a), (_, b) in pairwise(changes)]
    return [
        (spec.id, spec.name or spec.id, t.to_status, t.started_at, end, t.confirmed_at, t.reason, t.affected)
        for (spec, t), end in zip(changes, [*ends, None], strict=True)
    ]


async def list_spans(
    conn: Connection, service_ids: Sequence[str], from_at: datetime, ends: dict[str, datetime]
) -> dict[str, list[Span]]:
    """Intervals that reach past `from_at`, by service; an open one ends where its service's data ends (`ends`)."""
    rows = await conn.fetch(
        """
        SELECT service_id, status, from_at, to_at FROM status_interval
        WHERE service_id = ANY($1) AND (to_at IS NULL OR to_at > $2) ORDER BY service_id, from_at, id
        """,
        service_ids,
        from_at,
    )
    spans: dict[str, list[Span]] = defaultdict(list)
    for row in rows:
        to_at = row["to_at"] or ends.get(row["service_id"], row["from_at"])
        if to_at > row["from_at"]:
            spans[row["service_id"]].append(Span(row["status"], row["from_at"], to_at))
    return spans


async def open_incidents(conn: Connection) -> dict[str, str]:
    """Ids of the open intervals that are degraded or down, by service."""
    rows = await conn.fetch(
        "SELECT service_id, id FROM status_interval WHERE to_at IS NULL AND status IN ('degraded', 'down')"
    )
    return {row["service_id"]: str(row["id"]) for row in rows}


async def list_incidents(
    conn: Connection, service_id: str | None, state: str, limit: int, before: tuple[datetime, int] | None, now: datetime
) -> list[HealthIncident]:
    rows = await conn.fetch(
        """
        SELECT id, service_id, service_name, status, from_at, to_at, confirmed_at, reason, affected FROM status_interval
        WHERE status IN ('degraded', 'down') AND ($1::text IS NULL OR service_id = $1)
            AND ($2 = 'all' OR ($2 = 'open') = (to_at IS NULL))
            AND ($3::timestamptz IS NULL OR (from_at, id) < ($3, $4))
        ORDER BY from_at DESC, id DESC LIMIT $5
        """,
        service_id,
        state,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [_incident(row, now) for row in rows]


def _incident(row: asyncpg.Record, now: datetime) -> HealthIncident:
    return HealthIncident(
        id=str(row["id"]),
        service_id=row["service_id"],
        service_name=row["service_name"],
        status=row["status"],
        started_at=row["from_at"],
        confirmed_at=row["confirmed_at"],
        ended_at=row["to_at"],
        duration_seconds=((row["to_at"] or now) - row["from_at"]).total_seconds(),
        reason=row["reason"],
        affected=list(row["affected"]),
    )


async def save_days(conn: Connection, days: Sequence[tuple[str, date, Totals]]) -> None:
    """Overwrite the roll-up of these services and days."""
    await conn.execute(
        """
        INSERT INTO uptime_day (service_id, day, totals)
        SELECT u.service_id, u.day, u.totals::jsonb
        FROM unnest($1::text[], $2::date[], $3::text[]) AS u (service_id, day, totals)
        JOIN service s ON s.id = u.service_id
        ON CONFLICT (service_id, day) DO UPDATE SET totals = excluded.totals
        """,
        [d[0] for d in days],
        [d[1] for d in days],
        [json.encode(d[2]).decode() for d in days],
    )


async def first_missing_day(conn: Connection, from_day: date, today: date) -> date:
    """The first day since `from_day`, and since it was declared, that some service with intervals on it has no roll-up
    of; else today."""
    found = await conn.fetchval(
        """
        SELECT min(d.day) FROM status_interval i JOIN service s ON s.id = i.service_id
        CROSS JOIN LATERAL generate_series(
            greatest((i.from_at AT TIME ZONE 'UTC')::date, (s.created_at AT TIME ZONE 'UTC')::date, $1),
            coalesce((i.to_at AT TIME ZONE 'UTC')::date, $2), '1 day') AS d (day)
        WHERE (i.to_at IS NULL OR i.to_at >= $1)
            AND NOT EXISTS (SELECT FROM uptime_day u WHERE u.service_id = i.service_id AND u.day = d.day::date)
        """,
        from_day,
        today,
    )
    return found.date() if isinstance(found, datetime) else today


async def forget_days(conn: Connection, from_day: date, service_ids: Sequence[str] | None = None) -> None:
    """Drop the roll-ups of services (None: of all) since a day, so that the next roll-up computes them again."""
    await conn.execute(
        "DELETE FROM uptime_day WHERE day >= $1 AND ($2::text[] IS NULL OR service_id = ANY($2))", from_day, service_ids
    )


async def sum_days(conn: Connection, from_day: date) -> dict[str, Totals]:
    """Time by status since a day, by service: numerators are added, percentages never averaged."""
    fields = Totals.__struct_fields__
    columns = ", ".join(f"sum((totals->>'{field}')::numeric) AS {field}" for field in fields)
    rows = await conn.fetch(
        f"SELECT service_id, {columns} FROM uptime_day WHERE day >= $1 GROUP BY service_id", from_day
    )
    return {row["service_id"]: Totals(**{field: float(row[field]) for field in fields}) for row in rows}
