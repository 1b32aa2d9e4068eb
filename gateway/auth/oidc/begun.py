"""Sign-ins that have begun, in PostgreSQL: any gateway may take the browser back, once."""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from gateway.auth.identity import hash_of
from shared.problems import too_many

LASTS = timedelta(minutes=10)
AT_ONCE = 100
"""Of one network; more of them wait until others have ended."""


class Begun(Struct, frozen=True, kw_only=True):
    nonce: str
    verifier: str
    next: str


async def begin(db: Any, state: str, browser: str, begun: Begun, network: str) -> None:
    """Raises ProblemError 429 when there are too many from this network."""
    await db.execute("DELETE FROM oidc_sign_ins WHERE ends_at < now()")
    added = await db.fetchval(
        """
        INSERT INTO oidc_sign_ins (state_hash, browser_hash, nonce, verifier, next, network, ends_at)
        SELECT $1, $2, $3, $4, $5, $6::text, now() + $7::interval
        WHERE (SELECT count(*) FROM oidc_sign_ins WHERE network = $6) < $8
        RETURNING true
        """,
        hash_of(state), hash_of(browser), begun.nonce, begun.verifier, begun.next, network, LASTS, AT_ONCE,
    )  # fmt: skip
    if not added:
        raise too_many(int(LASTS.total_seconds()), "Too many sign-ins were begun from here")


async def take(db: Any, state: str, browser: str) -> Begun | None:
    """What was begun with this state in this browser, which nobody can take again; None when there is none."""
    row = await db.fetchrow(
        """
        DELETE FROM oidc_sign_ins WHERE state_hash = $1 AND browser_hash = $2 AND ends_at > now()
        RETURNING nonce, verifier, next
        """,
        hash_of(state), hash_of(browser),
    )  # fmt: skip
    return Begun(**row) if row else None
