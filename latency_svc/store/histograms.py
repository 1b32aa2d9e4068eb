"""Rows of the histogram tables: written over those of the same writer, read packed as they are."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from latency_svc.folding import Packed
from latency_svc.histogram import encode
from latency_svc.roster import EndpointKey
from latency_svc.rows import Resolution, Row
from latency_svc.windows import Span
from shared.db import Connection

KEY = ("at", "endpoint_id", "writer")
VALUES = ("count", "error_count", "sum_seconds", "min_seconds", "max_seconds", "error_pct", "scale", "lo", "counts")
PACKED = ", ".join(("at", "endpoint_id", *VALUES))
ROLLUP = "rollup"


class EndpointTotal(Struct, frozen=True):
    endpoint_id: int
    key: EndpointKey
    count: int


async def save_rows(conn: Connection, resolution: Resolution, rows: Sequence[Row]) -> None:
    """In the caller's transaction: overwrites the rows of the same time, endpoint and writer. The parts of the table
    must be there."""
    if not rows:
        return
    table = f"histogram_{resolution}"
    staging = f"staged_{resolution}"
    await conn.execute(f"CREATE TEMP TABLE IF NOT EXISTS {staging} (LIKE {table}) ON COMMIT DELETE ROWS")
    await conn.copy_records_to_table(
        staging, records=map(_record, rows), columns=(*KEY, *VALUES), schema_name="pg_temp"
    )
    settings = ", ".join(f"{name} = excluded.{name}" for name in VALUES)
    await conn.execute(
        f"INSERT INTO {table} SELECT * FROM pg_temp.{staging} ORDER BY at, endpoint_id, writer "
        f"ON CONFLICT (at, endpoint_id, writer) DO UPDATE SET {settings}"
    )
    await conn.execute(f"TRUNCATE pg_temp.{staging}")


async def read_packed(
    conn: Connection, spans: Sequence[Span], endpoint_ids: Sequence[int] | None = None
) -> list[Packed]:
    """The rows of these endpoints, or of all, in no order, still packed: `folding.fold` puts them together."""
    among = "" if endpoint_ids is None else f"AND endpoint_id = ANY(${2 * len(spans) + 1})"
    selects = [
        f"SELECT {PACKED} FROM histogram_{span.resolution} WHERE {_within(n)} {among}" for n, span in enumerate(spans)
    ]
    if not selects:
        return []
    chosen = [] if endpoint_ids is None else [list(endpoint_ids)]
    rows = await conn.fetch(" UNION ALL ".join(selects), *_moments(spans), *chosen)
    return [Packed(*row) for row in rows]


async def list_totals(conn: Connection, spans: Sequence[Span], service: str | None = None) -> list[EndpointTotal]:
    """Every endpoint with its requests over all the spans together, the busiest first; no histogram is
    unpacked for it."""
    selects = [
        f"SELECT endpoint_id, count FROM histogram_{span.resolution} WHERE {_within(n)}" for n, span in enumerate(spans)
    ]
    rows = await conn.fetch(
        f"""
        SELECT e.id, e.service, e.method, e.route, t.count
        FROM (
            SELECT endpoint_id, sum(count)::bigint AS count
            FROM ({" UNION ALL ".join(selects)}) AS r GROUP BY endpoint_id
        ) AS t JOIN endpoint e ON e.id = t.endpoint_id
        WHERE ${2 * len(spans) + 1}::text IS NULL OR e.service = ${2 * len(spans) + 1}
        ORDER BY t.count DESC, e.id
        """,
        *_moments(spans),
        service,
    )
    return [
        EndpointTotal(row["id"], EndpointKey(row["service"], row["method"], row["route"]), row["count"]) for row in rows
    ]


def _within(n: int) -> str:
    return f"at >= ${2 * n + 1} AND at < ${2 * n + 2}"


def _moments(spans: Sequence[Span]) -> list[datetime]:
    return [moment for span in spans for moment in (span.from_at, span.to_at)]


def _record(row: Row) -> tuple[object, ...]:
    h = row.histogram
    totals = h.count, h.error_count, h.sum_seconds, h.min_seconds, h.max_seconds, h.error_pct
    return row.at, row.endpoint_id, row.writer, *totals, *encode(h)
