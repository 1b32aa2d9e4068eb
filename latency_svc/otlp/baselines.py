"""Where each cumulative series stood, in PostgreSQL: any replica continues it, also after a restart."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from latency_svc.otlp.points import Point
from shared.db import Connection

KEEP_HOURS = 24

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Point).decode


async def read_baselines(conn: Connection, keys: Iterable[bytes]) -> dict[bytes, Point]:
    """The last points of the series that are known, locked for this transaction in one order for all."""
    query = "SELECT key, point FROM otlp_baseline WHERE key = ANY($1) ORDER BY key FOR UPDATE"
    return {row["key"]: _decode(row["point"]) for row in await conn.fetch(query, sorted(set(keys)))}


async def save_baselines(conn: Connection, points: Mapping[bytes, Point]) -> None:
    query = """
        INSERT INTO otlp_baseline (key, point)
        SELECT * FROM unnest($1::bytea[], $2::bytea[])
        ON CONFLICT (key) DO UPDATE SET point = excluded.point, saved_at = now()
    """
    keys: Sequence[bytes] = sorted(points)
    await conn.execute(query, keys, [_encode(points[key]) for key in keys])


async def forget_baselines(conn: Connection) -> None:
    """Those of processes that ended. No series is counted from its beginning when that is as long ago as this."""
    query = "DELETE FROM otlp_baseline WHERE saved_at < now() - make_interval(hours => $1)"
    await conn.execute(query, KEEP_HOURS)
