"""Work that one replica does for all."""

from shared.db import Connection


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
