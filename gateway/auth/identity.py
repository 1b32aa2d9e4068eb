"""Who asks: the result of looking at a cookie or a bearer token."""

import hmac
import secrets
import time
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Literal

from msgspec import Struct

from shared.contracts.auth import UserSource
from shared.contracts.wire import ROLES, Role

Access = Literal["public", "self", "viewer", "operator", "admin"]
"""Who may? `public`: anyone. `self`: anyone signed in, even before the first password was changed. Else: this role and
those above."""

RANKS = {role: rank for rank, role in enumerate(ROLES)}

CACHE_SECONDS = 5.0
CACHE_SIZE = 10_000
SECRET_BYTES = 32


class Identity(Struct, frozen=True, kw_only=True):
    """`id` is of the session or token; `oidc` is a token of the sign-in provider. `settled`: false while a password
    that someone else chose was not changed. `source`: of the user."""

    kind: Literal["session", "token", "oidc"]
    id: str
    user_name: str
    role: Role
    settled: bool = True
    source: UserSource = "password"
    created_at: datetime
    last_seen_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def actor(self) -> str:
        """The name in the audit trail and on the bus."""
        return f"token:{self.id}" if self.kind == "token" else self.user_name


def allows(access: Access, identity: Identity | None) -> bool:
    """May they? Roles include those below them; `public` needs nobody, `self` anybody."""
    if access == "public":
        return True
    if identity is None:
        return False
    return access == "self" or RANKS[identity.role] >= RANKS[access]


def lower(role: Role, other: Role) -> Role:
    return min(role, other, key=ROLES.index)


def new_secret(prefix: str = "") -> str:
    return prefix + secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> bytes:
    """What is stored of a random secret: enough to know it again, useless to who reads the database."""
    return sha256(as_bytes(secret)).digest()


def as_bytes(header: str) -> bytes:
    """A header's value as it came, also when it is no UTF-8."""
    return header.encode("utf-8", "surrogateescape")


def csrf_token(key: bytes, session_id: str) -> str:
    return hmac.new(key, session_id.encode(), sha256).hexdigest()


NOBODY = (0.0, None)


class IdentityCache:
    """Who was looked up within the last seconds, by what they had shown. Not even here a secret stands as it is: its
    key is a hash, one that costs a request less than the stored one."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[float, Identity]] = {}

    def get(self, shown: str) -> Identity | None:
        until, identity = self._known.get(blake2b(as_bytes(shown)).digest(), NOBODY)
        return identity if time.monotonic() < until else None

    def put(self, shown: str, identity: Identity) -> None:
        if len(self._known) >= CACHE_SIZE:
            self._known.clear()
        self._known[blake2b(as_bytes(shown)).digest()] = (time.monotonic() + CACHE_SECONDS, identity)

    def clear(self) -> None:
        self._known.clear()
