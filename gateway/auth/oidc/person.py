"""From verified claims to a person with a role, or why not. Opens nothing."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from gateway.auth.oidc.config import Config
from shared.contracts.wire import ROLES, Role

NAME = re.compile(r"^[a-z0-9][a-z0-9._@+-]{0,62}$")
SUBJECT_LENGTH = 255

Reason = Literal["no_role", "no_name", "name_taken", "disabled", "expired", "denied", "provider", "invalid"]
"""Why somebody is not let in; the sign-in page has words for each."""

WORDS: dict[Reason, str] = {
    "no_role": "The provider knows you, but none of your groups has a role here",
    "no_name": "The provider gives no name that can be used here",
    "name_taken": "Another account here has your name already",
    "disabled": "The account was disabled here",
    "expired": "The sign-in took too long, or was begun in another browser",
    "denied": "The provider did not let you in",
    "provider": "The provider does not answer as it should",
    "invalid": "What the provider said of you cannot be trusted",
}


class RefusedError(Exception):
    """Somebody is not let in."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(WORDS[reason])
        self.reason = reason


class Person(Struct, frozen=True, kw_only=True):
    """Who they are is (issuer, subject); `name` is only what they are called."""

    issuer: str
    subject: str
    name: str
    role: Role


def person_of(claims: Mapping[str, Any], config: Config) -> Person:
    """Raises RefusedError: no role, or no name."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_LENGTH or not subject.isprintable():
        raise RefusedError("invalid")
    role = role_of(found(claims, config.role_claim), config.roles)
    if role is None:
        raise RefusedError("no_role")
    name = str(found(claims, config.user_claim) or subject).strip().lower()
    if not NAME.match(name):
        raise RefusedError("no_name")
    return Person(issuer=config.issuer, subject=subject, name=name, role=role)


def role_of(held: Any, roles: Mapping[str, Role]) -> Role | None:
    """The highest role of what the claim holds: a text, or a list of texts."""
    values = [held] if isinstance(held, str) else held if isinstance(held, list) else []
    mapped = [roles[value] for value in values if isinstance(value, str) and value in roles]
    return max(mapped, key=ROLES.index, default=None)


def found(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its whole name, else by the path of its name: `realm_access.roles`. None without one."""
    if name in claims:
        return claims[name]
    held: Any = claims
    for part in name.split("."):
        held = held.get(part) if isinstance(held, Mapping) else None
    return held
