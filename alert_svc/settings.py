"""What alert_svc is told from outside."""

from typing import Annotated

from msgspec import Meta

from alert_svc.keyring import Keyring, KeyringError, keyring_of
from alert_svc.senders.guard import Network, networks
from alert_svc.senders.table import Providers
from shared.settings import Port, Settings

Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+")]


class AlertSettings(Settings, frozen=True, kw_only=True):
    """`alert_send`: whether this replica sends messages, or leaves that to others. `alert_allow`: addresses and
    networks that messages may go to although they are private. `alert_retention_days`: how long incidents are kept that
    have ended. `alert_tests_per_minute`: how many tests a user may send, and a channel may get. `encryption_keys`: of
    the secrets of channels, newest first; without, a file in the data directory holds them. The `_url`s: where the
    services of others are."""

    service: str = "alert_svc"
    port: Port = 8085
    alert_send: bool = True
    alert_allow: tuple[str, ...] = ()
    alert_retention_days: Annotated[int, Meta(ge=1, le=36_500)] = 365
    alert_tests_per_minute: Annotated[int, Meta(ge=1, le=100_000)] = 10
    encryption_keys: str = ""
    public_url: Url | None = None
    slack_url: Url = Providers().slack
    twilio_url: Url = Providers().twilio
    telegram_url: Url = Providers().telegram
    pagerduty_url: Url | None = None

    @property
    def networks(self) -> list[Network]:
        """Raises ValueError for a text that is no network."""
        try:
            return networks(self.alert_allow)
        except ValueError as error:
            raise ValueError(f"BELFRY_ALERT_ALLOW: {error}") from None

    def keyring(self) -> Keyring:
        """Raises ValueError for what is no key."""
        try:
            return keyring_of(self.encryption_keys, self.data_dir)
        except KeyringError as error:
            raise ValueError(f"BELFRY_ENCRYPTION_KEYS: {error}") from None

    @property
    def providers(self) -> Providers:
        return Providers(
            slack=self.slack_url.rstrip("/"),
            twilio=self.twilio_url.rstrip("/"),
            telegram=self.telegram_url.rstrip("/"),
            pagerduty=(self.pagerduty_url or "").rstrip("/"),
        )
