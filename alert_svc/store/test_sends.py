"""How many tests were sent lately, by whom and to which channel: one limit for all replicas."""

import math
from typing import Literal

from shared.db import Connection

LOCK = 7_606
SECONDS = 60.0


async def take_turn(
    conn: Connection, actor: str, channel: str, most: int
) -> tuple[Literal["actor", "channel"], int] | None:
    """In the caller's transaction. None: it may be sent, and counts. Else who has had `most` tests within a minute, and
    the seconds until there is room."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    await conn.execute("DELETE FROM test_send WHERE at < now() - $1 * interval '1 second'", SECONDS)
    for what, value in (("actor", actor), ("channel", channel)):
        ages = await conn.fetch(
            f"SELECT extract(epoch FROM now() - at)::float AS age FROM test_send WHERE {what} = $1 ORDER BY at DESC",
            value,
        )
        if len(ages) >= most:
            return what, max(1, math.ceil(SECONDS - ages[most - 1]["age"]))  # type: ignore[return-value]
    await conn.execute("INSERT INTO test_send (actor, channel) VALUES ($1, $2)", actor, channel)
    return None
