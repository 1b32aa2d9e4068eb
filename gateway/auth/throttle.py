"""Failed sign-ins slow down: for the user and for the address they come from, across all gateways."""

import hashlib
from typing import Any

from msgspec import Struct

from shared.problems import too_many


class Allowance(Struct, frozen=True):
    """After `free` tries in an hour the wait doubles from one second up to `longest_seconds`."""

    free: int
    longest_seconds: int


USER = Allowance(free=5, longest_seconds=300)
ADDRESS = Allowance(free=30, longest_seconds=900)

# The try is counted before the password is looked at, so that many at once are not all free. No row: still blocked.
_COUNT = """
INSERT INTO sign_in_attempts AS a (key, failures, last_at, blocked_until) VALUES ($1, 1, now(), now())
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN a.last_at < now() - interval '1 hour' THEN 1 ELSE least(a.failures + 1, 1000) END,
    last_at = now(),
    blocked_until = now() + make_interval(secs => CASE
        WHEN a.last_at < now() - interval '1 hour' OR a.failures + 1 < $2 THEN 0
        ELSE least($3::float8, power(2, least(a.failures + 1 - $2, 20)))
    END)
WHERE a.blocked_until <= now()
RETURNING failures
"""


async def count_try(db: Any, user_name: str, client_ip: str) -> None:
    """Raises ProblemError 429 with the time to wait when there were too many."""
    for key, allowance in ((_key("user", user_name), USER), (_key("address", client_ip), ADDRESS)):
        if await db.fetchval(_COUNT, key, allowance.free, allowance.longest_seconds) is None:
            raise too_many(await _wait_seconds(db, key), "Too many tries to sign in")


async def forgive(db: Any, user_name: str, client_ip: str) -> None:
    """The password was right: the user starts anew, and this try does not count against the address."""
    await db.execute(
        "DELETE FROM sign_in_attempts WHERE key = $1 OR last_at < now() - interval '1 day'", _key("user", user_name)
    )
    await db.execute(
        "UPDATE sign_in_attempts SET failures = greatest(failures - 1, 0), blocked_until = now() WHERE key = $1",
        _key("address", client_ip),
    )


async def _wait_seconds(db: Any, key: bytes) -> int:
    seconds = await db.fetchval(
        "SELECT ceil(extract(epoch FROM blocked_until - now()))::int FROM sign_in_attempts WHERE key = $1", key
    )
    return max(1, seconds or 1)


def _key(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}:{value}".encode()).digest()
