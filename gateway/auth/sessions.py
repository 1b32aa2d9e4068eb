"""Sessions of people, in PostgreSQL: any gateway knows them, none keeps the cookie's value."""

import secrets
from datetime import timedelta
from typing import Any

from gateway.auth.identity import Identity
from shared.contracts.auth import Session

COOKIE = "belfry_session"
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)

_LIVING = """
SELECT s.id, s.user_name, u.role, NOT u.must_change_password AS settled,
       CASE WHEN u.issuer IS NULL THEN 'password' ELSE 'oidc' END AS source, u.created_at, u.last_seen_at,
       least(s.idle_end, s.absolute_end) AS expires_at
FROM sessions s JOIN users u ON u.name = s.user_name
WHERE {which} AND s.idle_end > now() AND s.absolute_end > now() AND NOT u.disabled
"""
_BY_SECRET, _BY_IDS = _LIVING.format(which="s.secret_hash = $1"), _LIVING.format(which="s.id = ANY($1)")

# Written at most once a minute, so that a page that polls does not write on each request.
_TOUCH = """
WITH touched AS (
    UPDATE sessions SET last_seen_at = now(), idle_end = now() + $2::interval, client_ip = $3
    WHERE id = $1 AND last_seen_at < now() - interval '1 minute'
    RETURNING user_name
)
UPDATE users SET last_seen_at = now() FROM touched WHERE users.name = touched.user_name
"""


async def find_session(db: Any, secret_hash: bytes) -> Identity | None:
    row = await db.fetchrow(_BY_SECRET, secret_hash)
    return Identity(kind="session", **row) if row else None


async def find_sessions(db: Any, ids: list[str]) -> list[Identity]:
    """Those that have not ended."""
    return [Identity(kind="session", **row) for row in await db.fetch(_BY_IDS, ids)]


async def touch_session(db: Any, session_id: str, client_ip: str) -> None:
    await db.execute(_TOUCH, session_id, IDLE, client_ip)


async def add_session(
    db: Any, secret_hash: bytes, user_name: str, client_ip: str, agent: str, longest: timedelta = LONGEST
) -> None:
    """Also forgets sessions that have ended."""
    await db.execute("DELETE FROM sessions WHERE idle_end < now() OR absolute_end < now()")
    await db.execute(
        """
        INSERT INTO sessions (id, secret_hash, user_name, idle_end, absolute_end, client_ip, agent)
        VALUES ($1, $2, $3, now() + $4::interval, now() + $5::interval, $6, $7)
        """,
        f"ses-{secrets.token_hex(8)}", secret_hash, user_name, IDLE, longest, client_ip, agent,
    )  # fmt: skip
    await db.execute("UPDATE users SET last_seen_at = now() WHERE name = $1", user_name)


async def sessions_of(db: Any, user_name: str, current_id: str) -> list[Session]:
    rows = await db.fetch(
        """
        SELECT id, created_at, last_seen_at, client_ip, agent, id = $2 AS current
        FROM sessions WHERE user_name = $1 AND idle_end > now() AND absolute_end > now()
        ORDER BY id = $2 DESC, last_seen_at DESC
        """,
        user_name, current_id,
    )  # fmt: skip
    return [Session(**row) for row in rows]


async def end_session(db: Any, session_id: str) -> None:
    await db.execute("DELETE FROM sessions WHERE id = $1", session_id)


async def end_sessions(db: Any, user_name: str, except_id: str = "") -> None:
    """Everywhere, or everywhere else."""
    await db.execute("DELETE FROM sessions WHERE user_name = $1 AND id <> $2", user_name, except_id)
