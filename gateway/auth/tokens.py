"""API tokens of programs: a secret shown once, a role, an end."""

import secrets
from typing import Any

from gateway.auth.identity import Identity, lower
from shared.contracts.auth import CreateToken, Token

PREFIX = "bf_"
_COLUMNS = "id, label, role, created_by, created_at, expires_at, last_used_at, last_used_ip"

# A token is worth no more than the user who made it is worth now.
_LIVING = """
SELECT t.id, t.label, t.role, u.role AS maker_role, t.created_by, t.created_at, t.expires_at, t.last_used_at
FROM tokens t LEFT JOIN users u ON u.name = t.created_by
WHERE {which} AND (t.expires_at IS NULL OR t.expires_at > now()) AND NOT coalesce(u.disabled, false)
"""
_BY_SECRET, _BY_IDS = _LIVING.format(which="t.secret_hash = $1"), _LIVING.format(which="t.id = ANY($1)")


async def find_token(db: Any, secret_hash: bytes) -> Identity | None:
    row = await db.fetchrow(_BY_SECRET, secret_hash)
    return _identity(row) if row else None


async def find_tokens(db: Any, ids: list[str]) -> list[Identity]:
    """Those that have not ended."""
    return [_identity(row) for row in await db.fetch(_BY_IDS, ids)]


def _identity(row: Any) -> Identity:
    return Identity(
        kind="token",
        id=row["id"],
        user_name=row["created_by"],
        role=lower(row["role"], row["maker_role"] or row["role"]),
        created_at=row["created_at"],
        last_seen_at=row["last_used_at"],
        expires_at=row["expires_at"],
    )


async def touch_token(db: Any, token_id: str, client_ip: str) -> None:
    """At most once a minute, as sessions."""
    await db.execute(
        """
        UPDATE tokens SET last_used_at = now(), last_used_ip = $2
        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
        """,
        token_id, client_ip,
    )  # fmt: skip


async def add_token(db: Any, wanted: CreateToken, secret_hash: bytes, made_by: str) -> Token:
    row = await db.fetchrow(
        f"""
        INSERT INTO tokens (id, secret_hash, label, role, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
        RETURNING {_COLUMNS}
        """,
        f"tok-{secrets.token_hex(6)}", secret_hash, wanted.label, wanted.role, made_by, wanted.expires_at,
    )  # fmt: skip
    return Token(**row)


async def tokens_of(db: Any, made_by: str | None) -> list[Token]:
    """Those of one maker; of all with None."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM tokens WHERE $1::text IS NULL OR created_by = $1 ORDER BY created_at DESC, id", made_by
    )
    return [Token(**row) for row in rows]


async def remove_token(db: Any, token_id: str, made_by: str | None) -> Token | None:
    """The token that is gone now; None when there was none of that maker."""
    row = await db.fetchrow(
        f"DELETE FROM tokens WHERE id = $1 AND ($2::text IS NULL OR created_by = $2) RETURNING {_COLUMNS}",
        token_id, made_by,
    )  # fmt: skip
    return Token(**row) if row else None
