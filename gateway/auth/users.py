"""Users, in PostgreSQL: local accounts, and people of the sign-in provider."""

from typing import Any

from shared.contracts.auth import User
from shared.contracts.wire import Role

_COLUMNS = """name, role, disabled, must_change_password, created_at, last_seen_at,
    CASE WHEN issuer IS NULL THEN 'password' ELSE 'oidc' END AS source"""


async def find_user(db: Any, name: str) -> User | None:
    row = await db.fetchrow(f"SELECT {_COLUMNS} FROM users WHERE name = $1", name)
    return User(**row) if row else None


async def all_users(db: Any) -> list[User]:
    return [User(**row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM users ORDER BY name")]


async def password_hash_of(db: Any, name: str) -> str | None:
    """None also for a disabled user, and for one who has no password here."""
    password_hash: str | None = await db.fetchval(
        "SELECT password_hash FROM users WHERE name = $1 AND NOT disabled", name
    )
    return password_hash


async def add_user(db: Any, name: str, role: Role, password_hash: str, must_change: bool) -> User | None:
    """None when the name is taken."""
    row = await db.fetchrow(
        f"""
        INSERT INTO users (name, role, password_hash, must_change_password) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO NOTHING RETURNING {_COLUMNS}
        """,
        name, role, password_hash, must_change,
    )  # fmt: skip
    return User(**row) if row else None


async def change_user(db: Any, name: str, role: Role | None, disabled: bool | None) -> User:
    """Only what is given changes."""
    row = await db.fetchrow(
        f"""
        UPDATE users SET role = coalesce($2, role), disabled = coalesce($3, disabled)
        WHERE name = $1 RETURNING {_COLUMNS}
        """,
        name, role, disabled,
    )  # fmt: skip
    return User(**row)


async def set_password(db: Any, name: str, password_hash: str, must_change: bool) -> None:
    await db.execute(
        "UPDATE users SET password_hash = $2, must_change_password = $3 WHERE name = $1",
        name,
        password_hash,
        must_change,
    )


async def remove_user(db: Any, name: str) -> None:
    """With sessions and tokens."""
    await db.execute("DELETE FROM tokens WHERE created_by = $1", name)
    await db.execute("DELETE FROM users WHERE name = $1", name)


async def lock_admins(db: Any) -> set[str]:
    """The names of all admins who can sign in. No other transaction changes them until this one ends."""
    await db.execute("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")
    rows = await db.fetch("SELECT name FROM users WHERE role = 'admin' AND NOT disabled")
    return {row["name"] for row in rows}
