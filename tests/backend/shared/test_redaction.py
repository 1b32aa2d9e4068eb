"""No password gets out: not in an address, not in a field, not in a log line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.log import hide_secrets
from shared.redaction import is_secret, redact


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ana:hush@db:5432/belfry", "postgresql://ana:***@db:5432/belfry"),
        ("cannot reach nats://a:b@n1,nats://a:c@n2 now", "cannot reach nats://a:***@n1,nats://a:***@n2 now"),
        ("nats://s3cr3t@broker:4222", "nats://***@broker:4222"),
        ("postgresql://db/belfry?user=ana&password=hush&a=1", "postgresql://db/belfry?user=ana&password=***&a=1"),
        ("postgresql://:hush@db/belfry", "postgresql://:***@db/belfry"),
        ("https://shop.example/a:b@c", "https://shop.example/a:b@c"),
        ("https://ana@shop.example", "https://ana@shop.example"),
        ("at 12:00 ana@shop.example wrote", "at 12:00 ana@shop.example wrote"),
    ],
)
def test_addresses_lose_their_password(text: str, shown: str) -> None:
    assert redact(text) == shown


@given(st.from_regex(r"[A-Za-z0-9!$%&'()*+,;=._~-]{4,20}", fullmatch=True))
def test_no_password_survives(password: str) -> None:
    assert f":{password}@" not in redact(f"dsn=postgresql://ana:{password}@db/belfry, next")


@pytest.mark.parametrize(
    "name", ["password", "admin_password", "admin_token", "secret", "SEED", "Authorization", "tokens"]
)
def test_fields_that_hold_secrets_are_known(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["nats_seed_file", "password_changed_at", "database_url", "event", "token_id"])
def test_other_fields_are_shown(name: str) -> None:
    assert not is_secret(name)


def test_log_lines_are_cleaned_in_depth() -> None:
    event = {
        "event": "database.waiting",
        "address": "postgresql://ana:hush@db/b",
        "password": "hush",
        "request": {"headers": {"Authorization": "Bearer hush"}, "urls": ["nats://a:hush@n"], "size": 5},
        "error": ConnectionError("cannot reach postgresql://ana:hush@db/b"),
    }
    cleaned = hide_secrets(None, "info", event)
    assert "hush" not in str(cleaned)
    assert cleaned["request"]["size"] == 5
    assert cleaned["address"] == "postgresql://ana:***@db/b"
