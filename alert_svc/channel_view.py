"""Channels as they are shown, and as they are sent with: the only place where stored secrets are opened."""

from collections.abc import Mapping

from alert_svc.channel_specs import hint_of, spec_from, with_secrets
from alert_svc.keyring import Keyring, Sealed
from alert_svc.store.channels import StoredChannel, Users
from shared.contracts.alerts.channels import AlertChannel, AnyChannelSpec, LastDelivery, SecretState


def shown(channel: StoredChannel, users: Users, last: LastDelivery | None) -> AlertChannel:
    return AlertChannel(
        id=channel.id,
        name=channel.name,
        kind=channel.kind,
        enabled=channel.enabled,
        config=channel.config,
        secrets={name: SecretState(set_at=sealed.set_at, hint=sealed.hint) for name, sealed in channel.secrets.items()},
        target=channel.target,
        fallback=channel.fallback,
        fallback_after_seconds=channel.fallback_after_seconds,
        used_by_rules=users.rules.get(channel.id, []),
        used_by_policies=users.policies.get(channel.id, []),
        last_delivery=last,
        version=channel.version,
        source=channel.source,
        updated_by=channel.updated_by,
        updated_at=channel.updated_at,
    )


def opened(channel: StoredChannel, keyring: Keyring) -> dict[str, str]:
    """Raises KeyringError."""
    return {name: keyring.open(sealed, channel.id, name) for name, sealed in channel.secrets.items()}


def complete(channel: StoredChannel, keyring: Keyring) -> AnyChannelSpec:
    """With its secrets. Raises KeyringError, msgspec.ValidationError."""
    return with_secrets(spec_from(channel.kind, channel.name, channel.config), opened(channel, keyring))


def resealed(secrets: Mapping[str, Sealed], channel_id: str, keyring: Keyring) -> dict[str, Sealed]:
    """The same secrets under the newest key. Raises KeyringError."""
    newest = keyring.newest_id()
    return {
        name: sealed
        if sealed.key == newest
        else keyring.seal(keyring.open(sealed, channel_id, name), channel_id, name, sealed.set_at, sealed.hint)
        for name, sealed in secrets.items()
    }


def hints(secrets: Mapping[str, str]) -> dict[str, str]:
    return {name: hint_of(secret) for name, secret in secrets.items()}
