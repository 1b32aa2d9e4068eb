"""How reading the declarative file went, in the table `config_state` of the service that reads it."""

from shared.contracts.config import ConfigState
from shared.db import Connection


async def save_config(conn: Connection, state: ConfigState) -> None:
    """A failed read keeps the time of the last good one."""
    await conn.execute(
        """
        INSERT INTO config_state (path, loaded_at, errors) VALUES ($1, $2, $3)
        ON CONFLICT (path) DO UPDATE
            SET loaded_at = coalesce(excluded.loaded_at, config_state.loaded_at), errors = excluded.errors
        """,
        state.path,
        state.loaded_at,
        state.errors,
    )


async def get_config(conn: Connection) -> ConfigState | None:
    row = await conn.fetchrow("SELECT path, loaded_at, errors FROM config_state LIMIT 1")
    return ConfigState(path=row["path"], loaded_at=row["loaded_at"], errors=list(row["errors"])) if row else None
