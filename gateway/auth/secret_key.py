"""The key that all gateways share, made by the first of them and kept in PostgreSQL."""

import secrets
from typing import Any

KEY_BYTES = 32


async def shared_key(db: Any, name: str) -> bytes:
    await db.execute(
        "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        name,
        secrets.token_bytes(KEY_BYTES),
    )
    value: bytes = await db.fetchval("SELECT value FROM secrets WHERE name = $1", name)
    return value
