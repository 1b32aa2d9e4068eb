"""Rows of the histogram tables: written over those of the same writer, read packed as they are."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from latency_svc.histogram import Histogram, decode, encode
from latency_svc.rows import Resolution, Row
from shared.db import Connection

COLUMNS = (
    *("at", "endpoint_id", "writer", "count", "error_count", "sum_seconds", "min_seconds", "max_seconds"),
    *("scale", "lo", "counts"),
)
KEY = ("at", "endpoint_id", "writer")
ROLLUP = "rollup"


class Span(Struct, frozen=True):
    """A stretch of time to be read from the table of one resolution; `to_at` is excluded."""

    resolution: Resolution
    from_at: datetime
    to_at: datetime


class Totals(Struct, frozen=True):
    endpoint_id: int
    count: int
    error_count: int


async def save_rows(conn: Connection, resolution: Resolution, rows: Sequence[Row]) -> None:
    """In the caller's transaction: overwrites the rows of the same time, endpoint and writer. The parts of the table
    must be there."""
    if not rows:
        return
    table = f"histogram_{resolution}"
    staging = f"staged_{resolution}"
    await conn.execute(f"CREATE TEMP TABLE IF NOT EXISTS {staging} (LIKE {table}) ON COMMIT DELETE ROWS")
    await conn.copy_records_to_table(staging, records=map(_record, rows), columns=COLUMNS, schema_name="pg_temp")
    settings = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in KEY)
    await conn.execute(
        f"INSERT INTO {table} SELECT * FROM pg_temp.{staging} ORDER BY at, endpoint_id, writer "
        f"ON CONFLICT (at, endpoint_id, writer) DO UPDATE SET {settings}"
    )
    await conn.execute(f"TRUNCATE pg_temp.{staging}")


async def read_rows(conn: Connection, span: Span, endpoint_ids: Sequence[int] | None = None) -> list[Row]:
    """Rows of these endpoints, or of all, in no order."""
    found = await conn.fetch(
        f"""
        SELECT at, endpoint_id, writer, count, error_count, sum_seconds, min_seconds, max_seconds, scale, lo, counts
        FROM histogram_{span.resolution}
        WHERE at >= $1 AND at < $2 AND ($3::bigint[] IS NULL OR endpoint_id = ANY($3))
        """,
        span.from_at,
        span.to_at,
        list(endpoint_ids) if endpoint_ids is not None else None,
    )
    return [
        Row(
            row["at"],
            row["endpoint_id"],
            row["writer"],
            Histogram(
                count=row["count"],
                error_count=row["error_count"],
                sum_seconds=row["sum_seconds"],
                min_seconds=row["min_seconds"],
                max_seconds=row["max_seconds"],
                scale=row["scale"],
                counts=decode(row["scale"], row["lo"], row["counts"]),
            ),
        )
        for row in found
    ]


async def sum_by_endpoint(conn: Connection, spans: Sequence[Span]) -> list[Totals]:
    """Requests and errors of every endpoint over all the spans together; no histogram is unpacked for it."""
    parts = " UNION ALL ".join(
        f"SELECT endpoint_id, count, error_count FROM histogram_{span.resolution} "
        f"WHERE at >= ${2 * n + 1} AND at < ${2 * n + 2}"
        for n, span in enumerate(spans)
    )
    rows = await conn.fetch(
        f"SELECT endpoint_id, sum(count)::bigint AS count, sum(error_count)::bigint AS error_count "
        f"FROM ({parts}) AS t GROUP BY endpoint_id ORDER BY 2 DESC, 1",
        *(moment for span in spans for moment in (span.from_at, span.to_at)),
    )
    return [Totals(row["endpoint_id"], row["count"], row["error_count"]) for row in rows]


def _record(row: Row) -> tuple[object, ...]:
    h = row.histogram
    totals = h.count, h.error_count, h.sum_seconds, h.min_seconds, h.max_seconds
    return row.at, row.endpoint_id, row.writer, *totals, *encode(h)
