"""What decides about sending without sending: keys, lanes, when to try again."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alert_svc.channel_specs import (
    SECRETS,
    config_of,
    hint_of,
    kept_of,
    kind_of,
    masked_url,
    secrets_of,
    spec_from,
    target_of,
    with_secrets,
)
from alert_svc.channel_view import resealed
from alert_svc.keyring import Keyring, KeyringError, keyring_of, new_key, parsed, read_file, write_file
from alert_svc.lanes import WIDTHS, Lanes
from alert_svc.retrying import LONGEST_SECONDS, after, wait_seconds
from alert_svc.senders.outgoing import failed, refused
from alert_svc.senders.plain import cut, one_line
from alert_svc.senders.slack import escaped, whole
from alert_svc.senders.table import LIMITS, SENDERS
from shared.contracts.alerts.channels import SlackChannel, SmsChannel, WebhookChannel
from shared.redaction import is_secret

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_secret_is_read_only_in_its_own_place_and_by_its_own_key(tmp_path: Path) -> None:
    """Encrypted at rest with the id of its key; a row that is swapped or changed is no secret any more."""
    keyring = keyring_of("", str(tmp_path / "new" / "place"))
    sealed = keyring.seal("hook-secret", "ops", "url", NOW, "••••")
    assert "hook-secret" not in str(sealed)
    assert (tmp_path / "new" / "place" / "alert.keys").stat().st_mode & 0o777 == 0o600
    assert keyring_of("", str(tmp_path / "new" / "place")).open(sealed, "ops", "url") == "hook-secret"
    for channel_id, field in (("other", "url"), ("ops", "signing_secret")):
        with pytest.raises(KeyringError, match="was changed, or belongs elsewhere"):
            keyring.open(sealed, channel_id, field)
    stranger = keyring_of(base64.b64encode(new_key()).decode(), str(tmp_path))
    with pytest.raises(KeyringError, match=f"encrypted with key {sealed.key}"):
        stranger.open(sealed, "ops", "url")
    with pytest.raises(KeyringError, match="Key 2 is not 32 bytes"):
        parsed(f"{base64.b64encode(new_key()).decode()}, c2hvcnQ=")
    with pytest.raises(KeyringError, match="BELFRY_ENCRYPTION_KEYS"):
        Keyring(lambda: []).seal("x", "ops", "url", NOW, "")


def test_a_key_that_is_added_while_a_process_runs_is_used_and_old_ones_still_read(tmp_path: Path) -> None:
    file = tmp_path / "alert.keys"
    keyring = keyring_of("", str(tmp_path))
    old = keyring.seal("one", "ops", "url", NOW, "••••")
    write_file(file, [new_key(), *read_file(file)])
    new = keyring.seal("two", "ops", "signing_secret", NOW, "••••")
    assert old.key != new.key == keyring.newest_id()
    assert (keyring.open(old, "ops", "url"), keyring.open(new, "ops", "signing_secret")) == ("one", "two")
    turned = resealed({"url": old, "signing_secret": new}, "ops", keyring)
    assert ({each.key for each in turned.values()}, turned["signing_secret"]) == ({new.key}, new)
    assert (keyring.open(turned["url"], "ops", "url"), turned["url"].set_at) == ("one", NOW)


def test_a_lane_starts_small_grows_with_success_and_shrinks_to_one_with_failure() -> None:
    lanes = Lanes()
    limit = LIMITS["webhook"]
    for _ in range(WIDTHS["webhook"]):
        lanes.enter("ops", "webhook", 0.0)
    assert lanes.places(0.0) == {"ops": 0}
    lanes.leave("ops", 0.1, is_well=True)
    assert lanes.places(0.1)["ops"] == 2
    for _ in range(limit.width):
        lanes.enter("ops", "webhook", 1.0)
        lanes.leave("ops", 1.0, is_well=True)
    assert lanes.places(1.0)["ops"] == limit.width - lanes.busy
    lanes.leave("ops", 2.0, is_well=False)
    assert lanes.places(2.0)["ops"] == 0
    while lanes.busy:
        lanes.leave("ops", 3.0, is_well=False)
    assert lanes.places(3.0) == {"ops": 1}
    lanes.enter("ops", "webhook", 3.0)
    lanes.leave("ops", 3.0, is_well=False, pause_seconds=30)
    assert (lanes.places(32.9), lanes.places(33.0)) == ({"ops": 0}, {"ops": 1})


def test_a_lane_keeps_to_its_rate_and_is_forgotten_when_idle() -> None:
    lanes, limit = Lanes(), LIMITS["telegram"]
    for _ in range(limit.burst):
        lanes.enter("chat", "telegram", 0.0)
        lanes.leave("chat", 0.0, is_well=True)
    assert lanes.places(0.0) == {"chat": 0}
    assert 0 < lanes.wait_seconds(5.0) <= 1 / limit.per_second
    assert lanes.places(1.0 / limit.per_second) == {"chat": 1}
    assert lanes.places(limit.burst / limit.per_second + 1) == {}
    assert lanes.wait_seconds(5.0) == 5.0


@given(st.integers(1, 10_000), st.none() | st.floats(0, 3600), st.floats(0, 1))
def test_waits_grow_are_bounded_and_never_shorter_than_asked(attempt: int, asked: float | None, chance: float) -> None:
    waits = wait_seconds(attempt, asked, chance)
    assert 0.25 <= waits <= LONGEST_SECONDS if asked is None else asked <= waits <= asked + 1


def test_what_may_pass_is_retried_until_its_time_is_over_and_what_may_not_never() -> None:
    until = NOW + timedelta(hours=24)
    passing, final = failed("timeout", "late"), refused("refused", "no")
    assert after("1", 3, passing, until, NOW, 0.5).state == "retrying"
    assert after("1", 3, final, until, NOW, 0.5).state == "failed"
    over = after("1", 300, passing, until, until - timedelta(seconds=1), 1.0)
    assert (over.state, over.next_at, over.detail) == ("failed", None, "Given up after 300 attempts: late")


def test_every_kind_has_its_sender_its_limits_and_its_secrets() -> None:
    assert SENDERS.keys() == LIMITS.keys() == SECRETS.keys()
    assert all(is_secret(name) for name in ("encryption_keys", "routing_key", "signing_secret", "bot_token"))


def test_a_channel_is_taken_apart_and_put_together_again() -> None:
    """Secrets and the values of headers on one side, what may be shown on the other."""
    given = WebhookChannel(
        name="Ops", url="https://hooks.shop.example/T0123456/x7Qa", signing_secret="whsec_" + "A" * 44,
        headers={"Authorization": "Bearer abc"},
    )  # fmt: skip
    config, secrets = config_of(given), secrets_of(given)
    assert config == {"headers": {"Authorization": "***"}}
    assert secrets.keys() == {"url", "signing_secret", "header:authorization"}
    assert with_secrets(spec_from(kind_of(given), "Ops", config), secrets) == given
    assert target_of(given) == "https://hooks.shop.example/T0••••"
    assert target_of(SmsChannel(name="s", to=["+4915112345678", "+4930901820"])) == "+49151•••678 and 1 more"
    assert target_of(SlackChannel(name="s", bot_token="x", channel="#ops")) == "#ops"
    assert (masked_url("https://h.example:8443/abc"), hint_of("short"), hint_of("a" * 12 + "x7Qa")) == (
        "https://h.example:8443/••••", "••••", "••••x7Qa",
    )  # fmt: skip


def test_whoever_gives_one_way_to_slack_leaves_the_other() -> None:
    both = ["webhook_url", "bot_token"]
    hook = SlackChannel(name="s", webhook_url="https://hooks.slack.com/services/1")
    assert kept_of(hook, both) == set()
    assert kept_of(SlackChannel(name="s", bot_token="x", channel="#a"), ["webhook_url"]) == set()
    assert kept_of(SlackChannel(name="s", channel="#b"), ["bot_token"]) == {"bot_token"}
    named = WebhookChannel(name="w", headers={"X-Key": "***"})
    assert kept_of(named, ["url", "header:x-key", "header:x-old"]) == {"url", "header:x-key"}


@given(st.text(max_size=200), st.integers(1, 50))
def test_texts_are_cut_and_cleaned_without_breaking_an_escape(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length
    assert "\n" not in one_line(text)
    short = whole(escaped(text), length)
    assert len(short) <= max(length, 1)
    assert all(rest.startswith(("amp;", "lt;", "gt;")) for rest in short.split("&")[1:])
