"""Channels as documents: what of them is secret, what they must have, and what they are called. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict, replace
from yarl import URL

from alert_svc.senders.guard import Network, refusal_at_once
from alert_svc.senders.sms import masked_number
from alert_svc.senders.webhook import is_free, key_of
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
from shared.contracts.wire import FieldError

COMMON = frozenset({"name", "id", "enabled", "fallback", "fallback_after_seconds", "version"})
SECRETS: dict[ChannelKind, tuple[str, ...]] = {
    "slack": ("webhook_url", "bot_token"),
    "email": ("password",),
    "sms": ("auth_token", "url"),
    "webhook": ("url", "signing_secret"),
    "pagerduty": ("routing_key",),
    "teams": ("webhook_url",),
    "discord": ("webhook_url",),
    "telegram": ("bot_token",),
    "apprise": ("url",),
}
ADDRESSES = ("url", "webhook_url")
HEADER = "header:"
"""Values of headers are secrets too, each by its own name."""
KEPT = "***"
"""As the value of a header: what is stored stays."""

_DOTS = "••••"


def kind_of(spec: AnyChannelSpec) -> ChannelKind:
    found: ChannelKind = spec.__struct_config__.tag  # type: ignore[assignment]
    return found


def config_of(spec: AnyChannelSpec) -> dict[str, Any]:
    """What may be shown, by field. Of headers only the names."""
    hidden = COMMON | set(SECRETS[kind_of(spec)])
    found = {name: value for name, value in asdict(spec).items() if name not in hidden}
    if isinstance(spec, WebhookChannel):
        found["headers"] = dict.fromkeys(spec.headers, KEPT)
    return found


def secrets_of(spec: AnyChannelSpec) -> dict[str, str]:
    """What is given of the secrets, by field."""
    found = {name: getattr(spec, name) for name in SECRETS[kind_of(spec)]}
    if isinstance(spec, WebhookChannel):
        found |= {f"{HEADER}{name.lower()}": value for name, value in spec.headers.items() if value != KEPT}
    return {name: value for name, value in found.items() if value}


def with_secrets(spec: AnyChannelSpec, opened: Mapping[str, str]) -> AnyChannelSpec:
    """The channel with its secrets in their places; those it has already stay."""
    missing = {name: opened[name] for name in SECRETS[kind_of(spec)] if not getattr(spec, name) and name in opened}
    if isinstance(spec, WebhookChannel):
        headers = {
            name: opened.get(f"{HEADER}{name.lower()}", "") if value == KEPT else value
            for name, value in spec.headers.items()
        }
        return replace(spec, **missing, headers=headers)
    return replace(spec, **missing)


def spec_from(kind: str, name: str, config: Mapping[str, Any]) -> AnyChannelSpec:
    """A channel as it is stored, without secrets. Raises msgspec.ValidationError."""
    found: AnyChannelSpec = msgspec.convert({**config, "kind": kind, "name": name}, AnyChannelSpec)
    return found


def kept_of(spec: AnyChannelSpec, stored: Collection[str]) -> set[str]:
    """Which of the stored secrets stay: those that are not given anew, and that this form of the channel uses."""
    gone = {*secrets_of(spec), *_needless(spec)}
    if isinstance(spec, WebhookChannel):
        named = {f"{HEADER}{name.lower()}" for name in spec.headers}
        gone |= {name for name in stored if name.startswith(HEADER) and name not in named}
    return set(stored) - gone


def _needless(spec: AnyChannelSpec) -> set[str]:
    """Of the other way that its kind knows: whoever gives one way leaves the other."""
    if isinstance(spec, SlackChannel):
        given = {name for name in SECRETS["slack"] if getattr(spec, name)}
        return set(SECRETS["slack"]) - given if given else set()
    return {"url"} if isinstance(spec, SmsChannel) and spec.provider == "twilio" else set()


def channel_errors(spec: AnyChannelSpec, stored: Collection[str], allowed: Sequence[Network]) -> list[FieldError]:
    """Every mistake of meaning. `stored`: the secrets that are kept already."""
    return [*_missing(spec, stored), *_addresses(spec, allowed), *_headers(spec, stored), *_signing(spec)]


def _missing(spec: AnyChannelSpec, stored: Collection[str]) -> Iterator[FieldError]:
    def lacks(name: str) -> bool:
        return not getattr(spec, name) and name not in stored

    match spec:
        case SlackChannel():
            if lacks("webhook_url") and lacks("bot_token"):
                yield FieldError("webhook_url", "give the address of a webhook, or a bot token and a channel")
            if not lacks("bot_token") and not spec.channel:
                yield FieldError("channel", "say which channel the bot writes to")
        case SmsChannel(provider="twilio"):
            for name in ("account_sid", "auth_token", "from_number"):
                if lacks(name):
                    yield FieldError(name, "is needed for Twilio")
        case SmsChannel() | WebhookChannel() | AppriseChannel():
            if lacks("url"):
                yield FieldError("url", "is needed")
        case TeamsChannel() | DiscordChannel():
            if lacks("webhook_url"):
                yield FieldError("webhook_url", "is needed")
        case PagerDutyChannel():
            if lacks("routing_key"):
                yield FieldError("routing_key", "is needed: the integration key of a service in PagerDuty")
        case TelegramChannel():
            if lacks("bot_token"):
                yield FieldError("bot_token", "is needed: BotFather gives it")
        case EmailChannel():
            if spec.username and lacks("password"):
                yield FieldError("password", "is needed with a user name")


def _addresses(spec: AnyChannelSpec, allowed: Sequence[Network]) -> Iterator[FieldError]:
    for name in () if isinstance(spec, AppriseChannel) else ADDRESSES:
        if address := getattr(spec, name, None):
            yield from _address(name, address, allowed)
    if isinstance(spec, EmailChannel) and (why := refusal_at_once(spec.host, allowed)):
        yield FieldError("host", why)


def _address(name: str, address: str, allowed: Sequence[Network]) -> Iterator[FieldError]:
    try:
        url = URL(address)
        port = url.port
    except ValueError:
        yield FieldError(name, "is not a valid address")
        return
    if not url.host or port is None or not address.isprintable() or " " in address:
        yield FieldError(name, "is not a valid address")
    elif url.user or url.password:
        yield FieldError(name, "must not hold a user name or password: use a header")
    elif why := refusal_at_once(url.host, allowed):
        yield FieldError(name, why)


def _headers(spec: AnyChannelSpec, stored: Collection[str]) -> Iterator[FieldError]:
    if not isinstance(spec, WebhookChannel):
        return
    for name, value in spec.headers.items():
        if not is_free(name):
            yield FieldError(f"headers.{name}", "is set by Belfry")
        elif not value.isprintable():
            yield FieldError(f"headers.{name}", "must be one line of printable characters")
        elif value == KEPT and f"{HEADER}{name.lower()}" not in stored:
            yield FieldError(f"headers.{name}", "has no stored value to keep")


def _signing(spec: AnyChannelSpec) -> Iterator[FieldError]:
    """One secret, or several by blanks: the receiver may then know either."""
    if not isinstance(spec, WebhookChannel) or not spec.signing_secret:
        return
    try:
        keys = [key_of(secret) for secret in spec.signing_secret.split()]
    except ValueError as error:
        yield FieldError("signing_secret", str(error))
        return
    if any(not 16 <= len(key) <= 128 for key in keys) or not 1 <= len(keys) <= 4:
        yield FieldError("signing_secret", "must hold 16 to 128 bytes in base64, such as whsec_ and 44 characters")


def target_of(spec: AnyChannelSpec) -> str:
    """Where it goes, in one masked line. `spec` has its secrets."""
    match spec:
        case SlackChannel():
            return spec.channel if spec.bot_token else masked_url(spec.webhook_url)
        case EmailChannel():
            return _first(spec.to)
        case SmsChannel():
            return _first([masked_number(number) for number in spec.to])
        case PagerDutyChannel():
            return f"PagerDuty, {spec.region.upper()}"
        case TelegramChannel():
            return f"Telegram, chat {spec.chat_id}"
        case WebhookChannel():
            return masked_url(spec.url)
        case TeamsChannel() | DiscordChannel():
            return masked_url(spec.webhook_url)
        case AppriseChannel():
            return f"{(spec.url or '').partition('://')[0]}://{_DOTS}"


def masked_url(address: str | None) -> str:
    """`https://hooks.shop.example/T0••••`."""
    try:
        url = URL(address or "")
    except ValueError:
        return _DOTS
    path = url.path.lstrip("/")
    place = f":{url.port}" if url.port and not url.is_default_port() else ""
    return f"{url.scheme}://{url.host}{place}/{path[:2] if len(path) > 8 else ''}{_DOTS if path else ''}"


def hint_of(secret: str) -> str:
    """Its last characters, of one that is long enough not to be given away by them."""
    return _DOTS + (secret[-4:] if len(secret) >= 16 else "")


def _first(all_of_them: list[str]) -> str:
    more = len(all_of_them) - 1
    return all_of_them[0] + (f" and {more} more" if more else "")
