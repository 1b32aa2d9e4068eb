"""The trail: who did what to which object, from where, and how it was before and after."""

from typing import Any

import msgspec
from aiohttp import web

from shared.contracts.auth import AuditEntry, AuditQuery, AuditTrail
from shared.problems import invalid_field
from shared.redaction import HIDDEN, is_secret, redact

OBJECT = web.RequestKey("AUDIT_OBJECT", str)
BEFORE = web.RequestKey("AUDIT_BEFORE", object)
AFTER = web.RequestKey("AUDIT_AFTER", object)
"""What a handler knows better than the request shows: which object, as it was and as it is now."""

TEXT_LIMIT = 16_384
_COLUMNS = "id, at, actor, role, action, object, outcome, client_ip, request_id, before, after"


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One entry before it is written."""

    actor: str
    role: str
    action: str
    object: str
    outcome: str
    client_ip: str
    request_id: str
    before: str | None = None
    after: str | None = None


async def record(db: Any, deed: Deed) -> None:
    await db.execute(
        """
        INSERT INTO audit (actor, role, action, object, outcome, client_ip, request_id, before, after)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        *msgspec.structs.astuple(deed),
    )


async def read_trail(db: Any, query: AuditQuery) -> AuditTrail:
    """Newest first."""
    rows = await db.fetch(
        f"""
        SELECT {_COLUMNS} FROM audit
        WHERE ($1::text IS NULL OR actor = $1) AND ($2::text IS NULL OR strpos(lower(action), lower($2)) > 0)
          AND ($3::bigint IS NULL OR id < $3)
        ORDER BY id DESC LIMIT $4
        """,
        query.actor, query.action, _position(query.cursor), query.limit + 1,
    )  # fmt: skip
    entries = [AuditEntry(**{**row, "id": str(row["id"])}) for row in rows[: query.limit]]
    return AuditTrail(entries=entries, next_cursor=entries[-1].id if len(rows) > query.limit else None)


def _position(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew")
    return int(cursor)


def told(value: Any, hidden: frozenset[str] = frozenset()) -> str | None:
    """A value as it may stand in the trail: JSON without secrets, of bounded length."""
    if value is None:
        return None
    text = msgspec.json.encode(without_secrets(value, hidden)).decode()
    return text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT] + "..."


def without_secrets(value: Any, hidden: frozenset[str] = frozenset()) -> Any:
    """The same JSON value, with what secret names hold and passwords in addresses hidden."""
    if isinstance(value, dict):
        return {
            name: HIDDEN
            if held and (name in hidden or is_secret(name.replace("-", "_")))
            else without_secrets(held, hidden)
            for name, held in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item, hidden) for item in value]
    return redact(value) if isinstance(value, str) else value
