"""What is to be rolled up: ten minutes, hours and days, each a step. Who writes rows of a step marks it, and who rolls
it up takes the mark away. A lock on it, shared by the writers, keeps a row from coming between the two."""

from collections.abc import Iterable
from datetime import datetime

from latency_svc.rows import Resolution
from shared.db import Connection

LOCKS: dict[Resolution, int] = {"10m": 7_404, "1h": 7_401, "1d": 7_402}
LOCK = "pg_advisory_xact_lock{shared}($1, (extract(epoch FROM $2::timestamptz) / 600)::int)"


async def mark(conn: Connection, step: Resolution, moments: Iterable[datetime]) -> None:
    """In the transaction that writes rows under these steps."""
    for at in sorted(set(moments)):
        await conn.execute(f"SELECT {LOCK.format(shared='_shared')}", LOCKS[step], at)
        await conn.execute("INSERT INTO to_roll_up (step, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", step, at)


async def take_mark(conn: Connection, step: Resolution, before: datetime) -> datetime | None:
    """In the transaction that rolls up: a step that began before, held for us alone; None without any."""
    at: datetime | None = await conn.fetchval(
        "SELECT at FROM to_roll_up WHERE step = $1 AND at < $2 ORDER BY at LIMIT 1", step, before
    )
    if at is None:
        return None
    await conn.execute(f"SELECT {LOCK.format(shared='')}", LOCKS[step], at)
    done = await conn.execute("DELETE FROM to_roll_up WHERE step = $1 AND at = $2", step, at)
    return at if done == "DELETE 1" else None


async def take_turn(conn: Connection, work: str, slot: int) -> bool:
    """Whether this replica is the one that does a piece of work in a slot of time."""
    return (
        await conn.fetchval(
            "INSERT INTO turn (work, slot) VALUES ($1, $2) "
            "ON CONFLICT (work) DO UPDATE SET slot = excluded.slot WHERE turn.slot < excluded.slot RETURNING true",
            work,
            slot,
        )
        or False
    )
