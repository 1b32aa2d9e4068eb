"""People of the provider among the users, in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from gateway.auth.identity import Identity, lower
from gateway.auth.oidc.person import Person, RefusedError
from shared import outbox
from shared.contracts.auth import AccessRevoked
from shared.contracts.wire import Role


async def admit(db: Any, person: Person) -> tuple[str, bool]:
    """The person is a user now, with the role that the provider gives. Returns what the user is called, which is the
    name at the first sign-in, and whether the role is another one than before. To be called in a transaction. Raises
    RefusedError: disabled here, or the name is somebody else's."""
    row = await _find(db, person) or await _add(db, person)
    if row["disabled"]:
        raise RefusedError("disabled")
    await _seen(db, row["name"])
    if row["role"] == person.role:
        return row["name"], False
    await db.execute("UPDATE users SET role = $2 WHERE name = $1", row["name"], person.role)
    await outbox.add(db, [AccessRevoked(subject_id=row["name"], subject_kind="user", at=datetime.now(UTC))])
    return row["name"], True


async def find_people(db: Any, identities: Sequence[Identity]) -> list[Identity]:
    """Those whose tokens have not expired and who are not disabled, with a role of at most what they have now."""
    now = datetime.now(UTC)
    living = [each for each in identities if each.expires_at is not None and each.expires_at > now]
    rows = await db.fetch(
        "SELECT name, role FROM users WHERE name = ANY($1) AND issuer IS NOT NULL AND NOT disabled",
        [each.user_name for each in living],
    )
    roles: dict[str, Role] = {row["name"]: row["role"] for row in rows}
    return [
        structs.replace(each, role=lower(each.role, roles[each.user_name]))
        for each in living
        if each.user_name in roles
    ]


async def _seen(db: Any, name: str) -> None:
    """At most once a minute, as sessions."""
    await db.execute(
        """
        UPDATE users SET last_seen_at = now()
        WHERE name = $1 AND (last_seen_at IS NULL OR last_seen_at < now() - interval '1 minute')
        """,
        name,
    )


async def _find(db: Any, person: Person) -> Any:
    return await db.fetchrow(
        "SELECT name, role, disabled FROM users WHERE issuer = $1 AND subject = $2", person.issuer, person.subject
    )


async def _add(db: Any, person: Person) -> Any:
    """Two gateways may do it at once: one of them finds what the other made."""
    await db.execute(
        "INSERT INTO users (name, role, issuer, subject) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        person.name, person.role, person.issuer, person.subject,
    )  # fmt: skip
    row = await _find(db, person)
    if row is None:
        raise RefusedError("name_taken")
    return row
