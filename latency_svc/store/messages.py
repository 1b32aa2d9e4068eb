"""Which messages of the stream are counted. A message is known by its place in the stream and
the moment it was stored there: a stream that was made anew counts its places from 1 again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.db import Connection

REMEMBERED = timedelta(hours=2)  # the stream keeps messages for one


class Place(NamedTuple):
    sequence: int
    stored_at: float


class AlreadyAppliedError(Exception):
    """Another replica, or an earlier try of ours, has counted some of these messages."""


async def apply_messages(conn: Connection, places: Collection[Place]) -> None:
    """In the caller's transaction. Raises AlreadyAppliedError when any of them is applied already; waits for another
    transaction that is about to."""
    done = await conn.execute(
        "INSERT INTO applied_message (sequence, stored_at) "
        "SELECT * FROM unnest($1::bigint[], $2::float8[]) AS t (sequence, stored_at) ORDER BY 1 ON CONFLICT DO NOTHING",
        *_columns(places),
    )
    if int(done.rsplit(" ", 1)[1]) != len(places):
        raise AlreadyAppliedError


async def applied_among(conn: Connection, places: Collection[Place]) -> set[Place]:
    rows = await conn.fetch(
        "SELECT sequence, stored_at FROM applied_message "
        "JOIN unnest($1::bigint[], $2::float8[]) AS t (sequence, stored_at) USING (sequence, stored_at)",
        *_columns(places),
    )
    return {Place(row["sequence"], row["stored_at"]) for row in rows}


async def forget_messages(conn: Connection, now: datetime) -> None:
    """Those that the stream cannot hand out any more."""
    await conn.execute("DELETE FROM applied_message WHERE applied_at < $1", now - REMEMBERED)


def _columns(places: Collection[Place]) -> tuple[list[int], list[float]]:
    return [place.sequence for place in places], [place.stored_at for place in places]
