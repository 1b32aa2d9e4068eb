"""Rows of the histogram tables: written over those of the same writer, read packed as they are."""

from collections.abc import Sequence

from latency_svc.folding import Packed
from latency_svc.histogram import encode
from latency_svc.rows import Resolution, Row
from latency_svc.store.spans import moments_of, within
from latency_svc.store.totals import save_totals
from latency_svc.windows import Span
from shared.db import Connection

KEY = ("at", "endpoint_id", "writer")
VALUES = ("count", "error_count", "sum_seconds", "min_seconds", "max_seconds", "error_pct", "scale", "lo", "counts")
PACKED = ", ".join(("at", "endpoint_id", *VALUES))
ROLLUP = "rollup"


async def save_rows(conn: Connection, resolution: Resolution, rows: Sequence[Row]) -> None:
    """In the caller's transaction: overwrites the rows of the same time, endpoint and writer, and their totals. The
    parts of the table must be there."""
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
    await save_totals(conn, resolution, rows)


async def read_packed(
    conn: Connection, spans: Sequence[Span], endpoint_ids: Sequence[int] | None = None
) -> list[Packed]:
    """The rows of these endpoints, or of all, in no order, still packed: `folding.fold` puts them together."""
    among = "" if endpoint_ids is None else f"AND endpoint_id = ANY(${2 * len(spans) + 1})"
    selects = [
        f"SELECT {PACKED} FROM histogram_{span.resolution} WHERE {within(n)} {among}" for n, span in enumerate(spans)
    ]
    if not selects:
        return []
    chosen = [] if endpoint_ids is None else [list(endpoint_ids)]
    rows = await conn.fetch(" UNION ALL ".join(selects), *moments_of(spans), *chosen)
    return [Packed(*row) for row in rows]


def _record(row: Row) -> tuple[object, ...]:
    h = row.histogram
    totals = h.count, h.error_count, h.sum_seconds, h.min_seconds, h.max_seconds, h.error_pct
    return row.at, row.endpoint_id, row.writer, *totals, *encode(h)
