"""Rows of examples: written over those of the same writer, merged when they are read."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from latency_svc.slowest import Example, Place
from latency_svc.windows import HOUR, Window, floor
from shared.db import Connection

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Example]).decode


async def save_examples(conn: Connection, writer: str, rows: Sequence[tuple[Place, int, list[Example]]]) -> None:
    """One row for each place and the id of its endpoint. The parts of the table must be there."""
    await conn.execute(
        """
        INSERT INTO example (at, endpoint_id, writer, examples)
        SELECT t.at, t.endpoint_id, $1, t.examples
        FROM unnest($2::timestamptz[], $3::bigint[], $4::bytea[]) AS t (at, endpoint_id, examples)
        ORDER BY endpoint_id, at
        ON CONFLICT (endpoint_id, at, writer) DO UPDATE SET examples = excluded.examples
        """,
        writer,
        [datetime.fromtimestamp(place.hour, UTC) for place, _, _ in rows],
        [endpoint_id for _, endpoint_id, _ in rows],
        [_encode(examples) for _, _, examples in rows],
    )


async def read_examples(conn: Connection, endpoint_id: int, window: Window) -> list[Example]:
    """Those that ended in the window, in no order."""
    rows = await conn.fetch(
        "SELECT examples FROM example WHERE endpoint_id = $1 AND at >= $2 AND at < $3",
        endpoint_id,
        floor(window.from_at, HOUR),
        window.to_at,
    )
    first, last = window.from_at.timestamp(), window.to_at.timestamp()
    return [each for row in rows for each in _decode(row["examples"]) if first <= each.ended < last]
