"""What the preview shows of a message is what the forms of production send, read back."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from alert_svc.channel_specs import kind_of
from alert_svc.messages import message
from alert_svc.samples import sample_facts
from alert_svc.senders.outgoing import Outgoing
from alert_svc.senders.plain import cleaned
from alert_svc.senders.reading import READERS, Reading, read_back
from shared.contracts.alerts.channels import (
    AnyChannelSpec,
    AppriseChannel,
    DiscordChannel,
    EmailChannel,
    PagerDutyChannel,
    SlackChannel,
    SmsChannel,
    TeamsChannel,
    TelegramChannel,
    WebhookChannel,
)
from shared.contracts.alerts.deliveries import ChannelKind
from shared.contracts.alerts.rules import AlertRuleSpec, Matcher

NOW = datetime(2026, 11, 29, 14, 2, 8, tzinfo=UTC)
NAME = "*Queue* <b>is</b> long & [wide](https://x.example)"
SPEC = AlertRuleSpec(
    name=NAME, metric="queue.depth", operator=">", threshold=10, duration=60, description="Look at the workers",
    selector=[Matcher(label="service", value="mail_out")],
)  # fmt: skip
TO: dict[str, Any] = {"name": "ops", "to": ["+4915112345678"]}
CHANNELS: list[AnyChannelSpec] = [
    SlackChannel(name="ops"),
    EmailChannel(name="ops", host="mail.example", from_address="belfry@shop.example", to=["ops@shop.example"]),
    SmsChannel(**TO, from_number="+4930555"),
    SmsChannel(**TO, provider="http"),
    WebhookChannel(name="ops", headers={"X-Key": "***"}),
    PagerDutyChannel(name="ops"),
    TeamsChannel(name="ops"),
    DiscordChannel(name="ops"),
    TelegramChannel(name="ops", chat_id="1"),
    AppriseChannel(name="ops"),
]


def seen(channel: AnyChannelSpec, **more: Any) -> Reading:
    said = replace(message(sample_facts("queue", SPEC, "jobs", NOW), "fired", NOW), **more)
    outgoing = Outgoing(id="1", message=cleaned(said), at=NOW, link="https://belfry.example/admin/incidents")
    return read_back(kind_of(channel), channel, outgoing)


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda each: kind_of(each))
def test_each_channel_shows_the_words_as_they_were_meant(channel: AnyChannelSpec) -> None:
    """F2.5.5: whatever a form escapes is read as it was written; nothing of ours is left in it."""
    found = seen(channel)
    whole = f"{found.title}\n{found.text}"
    assert f"Firing (warning): {NAME}: mail_out" in whole
    assert "12 jobs, over 10 jobs for 1 min." in whole
    assert "&lt;" not in whole
    assert "\\" not in whole
    if kind_of(channel) not in ("sms", "webhook"):
        assert "Severity: warning" in whole or "severity: warning" in whole
        assert "service=mail_out" in whole
    assert found.sent


def test_what_a_form_cuts_is_cut_in_the_preview_too() -> None:
    long = seen(CHANNELS[2], text="x" * 3000)
    assert len(long.text) <= 480
    assert "…" in long.text


def test_every_kind_can_be_read() -> None:
    assert set(READERS) == set(get_args(ChannelKind)) == {kind_of(each) for each in CHANNELS}
