"""How many requests each endpoint had: one row for all endpoints, so that the busiest of a day are found at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc.roster import EndpointKey
from latency_svc.rows import Resolution, Row
from latency_svc.store.endpoints import Names
from latency_svc.store.partitions import LAYERS
from latency_svc.store.spans import moments_of, within
from latency_svc.windows import Span
from shared.db import Connection

Ints = NDArray[np.int64]


class EndpointTotal(Struct, frozen=True):
    endpoint_id: int
    key: EndpointKey
    count: int


async def save_totals(conn: Connection, resolution: Resolution, rows: Iterable[Row]) -> None:
    """In the transaction that has written these rows: counts all rows of their times and writers anew."""
    touched = sorted({(row.at, row.writer) for row in rows})
    await conn.execute(
        f"""
        INSERT INTO total_{resolution} (at, writer, endpoint_ids, counts)
        SELECT at, writer, string_agg(int8send(endpoint_id), '' ORDER BY endpoint_id),
            string_agg(int8send(count), '' ORDER BY endpoint_id)
        FROM histogram_{resolution} WHERE at = ANY($1) AND writer = ANY($2) GROUP BY at, writer
        ON CONFLICT (at, writer) DO UPDATE SET endpoint_ids = excluded.endpoint_ids, counts = excluded.counts
        """,
        [at for at, _ in touched],
        [writer for _, writer in touched],
    )


async def sum_counts(conn: Connection, spans: Sequence[Span]) -> tuple[Ints, Ints]:
    """The ids of the endpoints that had requests within all the spans together, the busiest first, and how many."""
    selects = [
        f"SELECT endpoint_ids, counts FROM total_{span.resolution} WHERE {within(n)}" for n, span in enumerate(spans)
    ]
    rows = await conn.fetch(" UNION ALL ".join(selects), *moments_of(spans)) if selects else []
    ids = unpacked(row["endpoint_ids"] for row in rows)
    sums = np.zeros(int(ids.max(initial=0)) + 1, np.int64)  # ids are given one after the other
    np.add.at(sums, ids, unpacked(row["counts"] for row in rows))
    found = np.flatnonzero(sums)
    busiest = found[np.argsort(-sums[found], kind="stable")]
    return busiest, sums[busiest]


def unpacked(columns: Iterable[bytes]) -> Ints:
    return np.frombuffer(b"".join(columns), ">i8").astype(np.int64)


async def list_totals(
    conn: Connection, names: Names, spans: Sequence[Span], service: str | None = None
) -> list[EndpointTotal]:
    """As `sum_counts`, with the names of the endpoints; of one service, or of all. No histogram is read for it."""
    ids, counts = await sum_counts(conn, spans)
    keys = await names.keys_of(conn, ids.tolist())
    found = zip(ids.tolist(), keys, counts.tolist(), strict=True)
    return [EndpointTotal(id_, key, count) for id_, key, count in found if service is None or key.service == service]


async def forget_totals(conn: Connection, now: datetime) -> None:
    for resolution, layer in LAYERS.items():
        await conn.execute(f"DELETE FROM total_{resolution} WHERE at < $1", now - layer.kept)
