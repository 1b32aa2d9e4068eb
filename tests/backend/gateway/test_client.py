"""Whose word counts about where a request comes from."""

from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from gateway.auth.audit import without_secrets
from gateway.auth.identity import CACHE_SIZE, Identity, IdentityCache, allows
from gateway.client import believed
from shared.contracts.wire import Role

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def identity(role: Role = "viewer") -> Identity:
    return Identity(kind="token", id="tok-1", user_name="ana", role=role, created_at=datetime.now(UTC))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, rubbish", "10.0.0.1"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("", "198.51.100.1", ""),
        ("10.0.0.1", "::ffff:198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"),
    ],
)
def test_only_trusted_proxies_say_who_the_client_is(peer: str, forwarded: str, client: str) -> None:
    assert believed(peer, forwarded, PROXIES) == client


def test_roles_include_those_below_them() -> None:
    operator = identity(role="operator")

    assert [allows(access, operator) for access in ("public", "self", "viewer", "operator", "admin")] == [True] * 4 + [
        False
    ]
    assert [allows(access, None) for access in ("public", "self", "viewer")] == [True, False, False]


def test_the_memory_is_bounded_and_forgets_all_at_once() -> None:
    cache = IdentityCache()
    for number in range(CACHE_SIZE + 1):
        cache.put(str(number), identity())

    assert cache.get(str(CACHE_SIZE)) is not None
    assert cache.get("0") is None
    cache.clear()
    assert cache.get(str(CACHE_SIZE)) is None


def test_secrets_are_hidden_wherever_they_stand() -> None:
    told = without_secrets(
        {"password": "x", "headers": {"X-Api-Key": "x", "Accept": "y"}, "checks": [{"dsn": "postgres://u:x@h/d"}]}
    )

    assert told == {
        "password": "***",
        "headers": {"X-Api-Key": "***", "Accept": "y"},
        "checks": [{"dsn": "postgres://u:***@h/d"}],
    }
