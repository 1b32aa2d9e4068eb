"""What was measured: series, one row a minute with the values of all, and how far the streams were read."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct, json

from alert_svc.minutes import Rows, Singles
from alert_svc.series import Info
from shared.db import Connection

IDS, VALUES, TIMES = np.dtype("<i4"), np.dtype("<f4"), np.dtype("<u2")

_labels = json.Decoder(dict[str, str])


class Minute(Struct, frozen=True):
    """The values of one minute: ids of series as stored, last values, extremes, and when in the minute the last value
    was taken, in milliseconds."""

    at: datetime
    ids: Rows
    last: Singles
    extreme: Singles
    at_ms: Rows


class Position(Struct, frozen=True):
    """How far a stream was read. `epoch`: when the stream was made; one made anew counts from 1 again."""

    epoch: str
    seq: int


async def list_series(conn: Connection, since: datetime) -> list[tuple[int, Info]]:
    """Those that had a value since then, by their stored ids."""
    rows = await conn.fetch(
        "SELECT id, metric, key, labels::text AS labels, interval_seconds, unit FROM series WHERE last_at >= $1 "
        "ORDER BY id",
        since,
    )
    return [
        (
            row["id"],
            Info(row["metric"], row["key"], _labels.decode(row["labels"]), row["interval_seconds"], row["unit"]),
        )
        for row in rows
    ]


async def save_series(conn: Connection, infos: Sequence[Info]) -> list[int]:
    """The ids of these series, in their order; those that are new get one."""
    rows = await conn.fetch(
        """
        INSERT INTO series AS s (metric, key, labels, interval_seconds, unit)
        SELECT metric, key, labels::jsonb, interval_seconds, unit
        FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::text[])
            AS g (metric, key, labels, interval_seconds, unit)
        ORDER BY metric, key
        ON CONFLICT (metric, key) DO UPDATE
            SET interval_seconds = excluded.interval_seconds, unit = excluded.unit, last_at = now()
        RETURNING id, metric, key
        """,
        [info.metric for info in infos],
        [info.key for info in infos],
        [json.encode(info.labels).decode() for info in infos],
        [info.interval_seconds for info in infos],
        [info.unit for info in infos],
    )
    ids = {(row["metric"], row["key"]): row["id"] for row in rows}
    return [ids[info.metric, info.key] for info in infos]


async def touch_series(conn: Connection, ids: Sequence[int], at: datetime) -> None:
    """They had a value lately."""
    await conn.execute("UPDATE series SET last_at = $2 WHERE id = ANY($1) AND last_at < $2", ids, at)


async def forget_series(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM series WHERE last_at < $1", before)


async def save_minute(conn: Connection, minute: Minute) -> None:
    """The first one to store a minute counts."""
    await conn.execute(
        "INSERT INTO minute (at, ids, last, extreme, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        minute.at,
        minute.ids.astype(IDS).tobytes(),
        minute.last.astype(VALUES).tobytes(),
        minute.extreme.astype(VALUES).tobytes(),
        minute.at_ms.astype(TIMES).tobytes(),
    )


async def list_minutes(conn: Connection, after: datetime, limit: int) -> list[Minute]:
    """The next ones after a moment, oldest first."""
    rows = await conn.fetch(
        "SELECT at, ids, last, extreme, at_ms FROM minute WHERE at > $1 ORDER BY at LIMIT $2", after, limit
    )
    return [
        Minute(
            row["at"],
            np.frombuffer(row["ids"], IDS).astype(np.int64),
            np.frombuffer(row["last"], VALUES).astype(np.float32),
            np.frombuffer(row["extreme"], VALUES).astype(np.float32),
            np.frombuffer(row["at_ms"], TIMES).astype(np.int64),
        )
        for row in rows
    ]


async def save_positions(conn: Connection, positions: dict[str, Position]) -> None:
    await conn.execute(
        """
        INSERT INTO position (stream, epoch, seq)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
        ON CONFLICT (stream) DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq
            WHERE position.epoch <> excluded.epoch OR position.seq < excluded.seq
        """,
        list(positions),
        [each.epoch for each in positions.values()],
        [each.seq for each in positions.values()],
    )


async def list_positions(conn: Connection) -> dict[str, Position]:
    rows = await conn.fetch("SELECT stream, epoch, seq FROM position")
    return {row["stream"]: Position(row["epoch"], row["seq"]) for row in rows}
