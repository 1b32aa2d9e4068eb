"""Notification channels: one Struct per kind, told apart by `kind`. Secrets go in and never come out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from shared.contracts.alerts.deliveries import ChannelKind, DeliveryState
from shared.contracts.alerts.rules import AlertName, RuleSource, Version
from shared.contracts.checks import Host, Port
from shared.contracts.wire import Id

WRITE_ONLY = {"writeOnly": True}
SecretText = Annotated[str, Meta(min_length=1, max_length=4096, extra_json_schema=WRITE_ONLY)]
"""Write-only: left out, what is stored stays."""
SecretUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^\s/]+",
        max_length=2048,
        description="an address that starts with https://",
        extra_json_schema=WRITE_ONLY,
    ),
]
MailAddress = Annotated[str, Meta(pattern=r"^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}$", description="an e-mail address")]
PhoneNumber = Annotated[str, Meta(pattern=r"^\+[1-9]\d{6,14}$", description="a number such as +4915112345678")]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]{1,64}$")]
HeaderValue = Annotated[str, Meta(pattern=r"^[\x20-\x7e]*$", max_length=1000)]
Recipients = Annotated[list[PhoneNumber], Meta(min_length=1, max_length=20)]


class ChannelSpec(Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Common to every kind. `fallback`: the channel that gets what this one refused for good, and what it has not taken
    `fallback_after_seconds` after it was queued."""

    name: AlertName
    id: Id | None = None
    enabled: bool = True
    fallback: Id | None = None
    fallback_after_seconds: Annotated[float, Meta(ge=30, le=86_400)] = 900.0
    version: Version | None = None


class SlackChannel(ChannelSpec, tag="slack", frozen=True, kw_only=True):
    """An incoming webhook, or a bot token with a channel: then the message is edited and threaded on resolve."""

    webhook_url: SecretUrl | None = None
    bot_token: SecretText | None = None
    channel: Annotated[str, Meta(max_length=80)] = ""


class EmailChannel(ChannelSpec, tag="email", frozen=True, kw_only=True):
    """Mail over SMTP."""

    host: Host
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Annotated[str, Meta(max_length=200)] = ""
    password: SecretText | None = None
    from_address: MailAddress
    to: Annotated[list[MailAddress], Meta(min_length=1, max_length=50)]


class SmsChannel(ChannelSpec, tag="sms", frozen=True, kw_only=True):
    """Twilio (`account_sid`, `auth_token`, `from_number`), or a gateway of one's own that takes JSON at `url`."""

    provider: Literal["twilio", "http"] = "twilio"
    to: Recipients
    account_sid: Annotated[str, Meta(pattern=r"^AC[0-9a-fA-F]{32}$")] | None = None
    auth_token: SecretText | None = None
    from_number: Annotated[str, Meta(max_length=40)] = ""
    url: SecretUrl | None = None


class WebhookChannel(ChannelSpec, tag="webhook", frozen=True, kw_only=True):
    """JSON by POST, signed as Standard Webhooks say with `signing_secret` (`whsec_...`; made when left out)."""

    url: SecretUrl | None = None
    signing_secret: SecretText | None = None
    headers: Annotated[dict[HeaderName, HeaderValue], Meta(max_length=20)] = {}


class PagerDutyChannel(ChannelSpec, tag="pagerduty", frozen=True, kw_only=True):
    """Events API v2 of a service integration."""

    routing_key: SecretText | None = None
    region: Literal["us", "eu"] = "us"


class TeamsChannel(ChannelSpec, tag="teams", frozen=True, kw_only=True):
    """A workflow that takes messages by webhook."""

    webhook_url: SecretUrl | None = None


class DiscordChannel(ChannelSpec, tag="discord", frozen=True, kw_only=True):
    """A channel's webhook."""

    webhook_url: SecretUrl | None = None


class TelegramChannel(ChannelSpec, tag="telegram", frozen=True, kw_only=True):
    """A bot and the chat it writes to."""

    bot_token: SecretText | None = None
    chat_id: Annotated[str, Meta(pattern=r"^(-?\d{1,20}|@\w{5,32})$", description="a number, or @channel")]


class AppriseChannel(ChannelSpec, tag="apprise", frozen=True, kw_only=True):
    """A service that the package `apprise` knows, where that is installed: `url` is an address in its notation."""

    url: (
        Annotated[
            str,
            Meta(
                pattern=r"^[A-Za-z0-9]+://\S+$",
                max_length=2048,
                description="an address of Apprise, such as ntfys://ntfy.sh/topic",
                extra_json_schema=WRITE_ONLY,
            ),
        ]
        | None
    ) = None


AnyChannelSpec = (
    SlackChannel
    | EmailChannel
    | SmsChannel
    | WebhookChannel
    | PagerDutyChannel
    | TeamsChannel
    | DiscordChannel
    | TelegramChannel
    | AppriseChannel
)


class SecretState(Struct, frozen=True, kw_only=True):
    """That a secret is stored, since when, and its last characters."""

    set_at: datetime
    hint: str


class LastDelivery(Struct, frozen=True, kw_only=True):
    at: datetime
    state: DeliveryState
    detail: str


class AlertChannel(Struct, frozen=True, kw_only=True):
    """A channel as it is shown: `config` without secrets, `target` in one masked line, who uses it, and how the last
    delivery went. Values of headers are `***`; sent back as that, they stay. `new_signing_secret`: only in the answer
    that makes a webhook which was given none, and never again."""

    id: str
    name: str
    kind: ChannelKind
    enabled: bool
    config: dict[str, Any]
    secrets: dict[str, SecretState]
    target: str
    fallback: str | None
    fallback_after_seconds: float
    used_by_rules: list[str]
    used_by_policies: list[str]
    last_delivery: LastDelivery | None
    version: int
    source: RuleSource
    updated_by: str
    updated_at: datetime
    new_signing_secret: str | None = None


class AlertChannels(Struct, frozen=True, kw_only=True):
    """`kinds`: those that can be made here; `apprise` only where that package is installed."""

    channels: list[AlertChannel]
    kinds: list[ChannelKind]
