"""Partitions of the tables that grow with time: made ahead of it, dropped whole when their time is over."""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from latency_svc.rows import Resolution
from shared.db import Connection

LOCK = 7_403
AHEAD = timedelta(days=2)
BEHIND = timedelta(days=2)  # roll-ups and late durations reach back


class Layer(Struct, frozen=True):
    """How a table is cut: `pattern` names the part a moment lies in."""

    pattern: str
    kept: timedelta
    fillfactor: int = 100


LAYERS: dict[Resolution, Layer] = {
    "1m": Layer("%Y%m%d", timedelta(hours=48), fillfactor=50),  # overwritten each second, on the same page
    "10m": Layer("%Y%m%d", timedelta(hours=48)),
    "1h": Layer("%Y%m", timedelta(days=90)),
    "1d": Layer("%Y", timedelta(days=730)),
}
TABLES: dict[str, Layer] = {
    **{f"histogram_{resolution}": layer for resolution, layer in LAYERS.items()},
    "example": Layer("%Y%m%d", timedelta(days=7), fillfactor=50),
}


async def keep_partitions(conn: Connection, now: datetime, first: datetime | None = None) -> None:
    """Makes the parts from `first` (else two days ago) to the day after tomorrow, and drops those past keeping. In a
    transaction for each table: who waits for readers of one must not keep them from another."""
    for table, layer in TABLES.items():
        async with conn.transaction():
            await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await _make_new(conn, table, layer, first or now - BEHIND, now + AHEAD)
            await _drop_old(conn, table, (now - layer.kept).strftime(layer.pattern))


async def _make_new(conn: Connection, table: str, layer: Layer, first: datetime, last: datetime) -> None:
    for start, end in parts(layer, first, last):
        await conn.execute(
            f"CREATE TABLE IF NOT EXISTS {table}_{start.strftime(layer.pattern)} "
            f"PARTITION OF {table} FOR VALUES FROM ('{start}') TO ('{end}') "
            f"WITH (fillfactor = {layer.fillfactor})"
        )


def parts(layer: Layer, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Start and end of every part between two moments."""
    found = []
    start = _start_of(layer, first.astimezone(UTC))
    while start <= last:
        end = _start_of(layer, start + _LONGEST[layer.pattern])
        found.append((start, end))
        start = end
    return found


_LONGEST = {"%Y%m%d": timedelta(days=1), "%Y%m": timedelta(days=31), "%Y": timedelta(days=366)}


def _start_of(layer: Layer, at: datetime) -> datetime:
    return datetime.strptime(at.strftime(layer.pattern), layer.pattern).replace(tzinfo=UTC)


async def _drop_old(conn: Connection, table: str, oldest: str) -> None:
    rows = await conn.fetch(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
        "WHERE i.inhparent = $1::regclass AND c.relname < $2",
        table,
        f"{table}_{oldest}",
    )
    for row in rows:
        await conn.execute(f"DROP TABLE IF EXISTS {row['relname']}")
