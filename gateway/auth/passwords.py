"""Passwords: argon2id, in threads, a few at a time, and as slow for a user that does not exist."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from shared.contracts.wire import FieldError

AT_ONCE = 2  # each takes 19 MiB and a core
WORDS_BYTES = 15
NAME_COUNTS_FROM = 4
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODY = _HASHER.hash(secrets.token_hex(16))


class Passwords:
    """Hashes and checks without holding up the event loop."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._places:
            return await asyncio.to_thread(_HASHER.hash, password)

    async def fits(self, password: str, password_hash: str | None) -> bool:
        """Does the password fit the hash? Takes as long without one, and is then always false."""
        async with self._places:
            fits = await asyncio.to_thread(_verify, password_hash or _NOBODY, password)
        return fits and password_hash is not None


def generated() -> str:
    """A password for the first sign-in: 20 letters, digits, - and _."""
    return secrets.token_urlsafe(WORDS_BYTES)


def faults_of(user_name: str, new_password: str, field: str) -> list[FieldError]:
    """What speaks against a new password, besides its length."""
    if len(user_name) >= NAME_COUNTS_FROM and user_name in new_password.lower():
        return [FieldError(field, "must not hold the user's name")]
    if len(set(new_password)) < 5:
        return [FieldError(field, "must hold at least 5 different characters")]
    return []


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
