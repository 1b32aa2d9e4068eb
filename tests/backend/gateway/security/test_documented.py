"""The threat model names code, tests and limits as they are."""

import re

from gateway.auth.oidc import begun, provider
from gateway.auth.throttle import ADDRESS, USER
from gateway.settings import GatewaySettings
from shared.contracts.interceptors import BodyLimitSettings, InFlightSettings, RateLimitSettings, TimeoutSettings
from tests.reference import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
LIMITS = TEXT.partition("## Limits")[2].partition("## TLS")[0]
DEFENDED = TEXT.partition("## What is defended")[2].partition("## Limits")[0]


def row(words: str) -> list[float]:
    """The numbers of the limit that a row is about."""
    line = next(line for line in LIMITS.splitlines() if line.startswith(f"| {words} |"))
    return [float(number) for number in re.findall(r"\d+", line.split("|")[2])]


def test_every_file_that_is_named_exists_and_every_attack_has_a_test() -> None:
    named = set(re.findall(r"`((?:gateway|shared|deploy|alert_svc|tests)/[\w/.]+)`", TEXT))
    assert {path for path in named if not (ROOT / path).exists()} == set()
    attacks = [line for line in DEFENDED.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(attacks) > 15
    assert [line for line in attacks if "`tests/" not in line.split("|")[3]] == []


def test_every_test_that_tries_to_get_in_is_named() -> None:
    here = {
        f"tests/backend/gateway/security/{path.name}" for path in (ROOT / "tests/backend/gateway/security").iterdir()
    }
    tests = {path for path in here if "/test_" in path and not path.endswith("test_documented.py")}
    assert {path for path in tests if path not in TEXT} == set()


def test_limits_are_those_of_the_code() -> None:
    rate, flight, settings = RateLimitSettings(), InFlightSettings(), GatewaySettings()
    assert row("requests of one user or address") == [rate.requests, rate.per_seconds, rate.burst]
    assert row("requests at a time") == [flight.max_requests, flight.max_per_client]
    assert row("a body") == [BodyLimitSettings().max_bytes]
    assert row("an answer") == [TimeoutSettings().seconds]
    assert row("wrong passwords of one name") == [USER.free, 1, USER.longest_seconds]
    assert row("sign-ins from one address") == [ADDRESS.free, ADDRESS.longest_seconds]
    minutes = begun.LASTS.total_seconds() / 60
    assert row("sign-ins begun at the provider, of one network") == [begun.AT_ONCE, minutes]
    assert row("asking the provider for unknown keys")[-1] == provider.TRY_AGAIN_SECONDS
    assert row("WebSockets") == [settings.ws_max_connections, settings.ws_max_per_user, settings.ws_max_per_ip]
    assert row("what one WebSocket sends") == [settings.ws_commands_per_second]
