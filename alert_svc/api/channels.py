"""Channels: the list, one of them, making, changing and removing them. Secrets go in and never come out."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from alert_svc import channel_view
from alert_svc.api.documents import free_name, refuse_declared
from alert_svc.channel_specs import (
    channel_errors,
    config_of,
    hint_of,
    kept_of,
    kind_of,
    secrets_of,
    target_of,
    with_secrets,
)
from alert_svc.keyring import KeyringError, Sealed
from alert_svc.room import Room
from alert_svc.senders import apprise, table
from alert_svc.senders.webhook import new_secret
from alert_svc.store import channels
from alert_svc.store.channels import NewChannel, StoredChannel
from shared.contracts.alerts import requests
from shared.contracts.alerts.channels import AlertChannel, AlertChannels, AnyChannelSpec, AppriseChannel, WebhookChannel
from shared.contracts.alerts.rules import RuleSource
from shared.contracts.wire import FieldError, Nothing
from shared.db import Connection
from shared.problems import conflict, invalid, invalid_field, not_found, precondition_failed, unavailable
from shared.rpc import Caller


async def list_notification_channels(room: Room, _: Nothing, caller: Caller) -> AlertChannels:
    async with room.pool.acquire(timeout=2) as conn:
        return AlertChannels(channels=await _shown(conn, await channels.list_channels(conn)), kinds=table.kinds())


async def get_notification_channel(room: Room, request: requests.ChannelRef, caller: Caller) -> AlertChannel:
    async with room.pool.acquire(timeout=2) as conn:
        return await _one(conn, request.channel_id)


async def create_notification_channel(room: Room, request: requests.CreateChannel, caller: Caller) -> AlertChannel:
    """A webhook without a signing secret is given one, which is shown this once."""
    spec, made = _with_signature(request.channel)
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            taken = {each.id for each in await channels.list_channels(conn)}
            spec = replace(spec, id=free_name(taken, "channel", spec.id, spec.name))
            await add(room, conn, spec, "api", caller.actor)
        room.wake_outbox()
        return replace(await _one(conn, spec.id or ""), new_signing_secret=made)


async def update_notification_channel(room: Room, request: requests.UpdateChannel, caller: Caller) -> AlertChannel:
    spec = request.channel
    if spec.id not in (None, request.channel_id):
        raise invalid_field("id", f"must stay {request.channel_id}; an id cannot change")
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            stored = await channel_or_404(conn, request.channel_id, lock=True)
            refuse_declared(stored.id, stored.source)
            await _refuse_outdated(conn, stored, request)
            await change(room, conn, stored, replace(spec, id=stored.id), stored.source, caller.actor)
        room.wake_outbox()
        return await _one(conn, request.channel_id)


async def delete_notification_channel(room: Room, request: requests.ChannelRef, caller: Caller) -> Nothing:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        stored = await channel_or_404(conn, request.channel_id, lock=True)
        refuse_declared(stored.id, stored.source)
        await remove(conn, stored, caller.actor)
    room.wake_outbox()
    return Nothing()


# --- also for channels as code ------------------------------------------------------------------------------------


async def add(room: Room, conn: Connection, spec: AnyChannelSpec, source: RuleSource, actor: str) -> None:
    """In the caller's transaction. Raises ProblemError 409, 422."""
    await _refuse_mistakes(room, conn, spec, ())
    new = _written(room, spec, {}, source, actor)
    if not await channels.add_channel(conn, new):
        raise conflict(f"There is a channel {spec.id} already; choose another id or change that one")


async def change(
    room: Room, conn: Connection, stored: StoredChannel, spec: AnyChannelSpec, source: RuleSource, actor: str
) -> None:
    """A locked channel gets another spec; secrets that are left out stay. Raises ProblemError 422."""
    if kind_of(spec) != stored.kind:
        raise invalid_field("kind", f"must stay {stored.kind}; make another channel")
    names = kept_of(spec, stored.secrets)
    kept = {name: sealed for name, sealed in stored.secrets.items() if name in names}
    await _refuse_mistakes(room, conn, spec, kept.keys())
    await channels.change_channel(conn, _written(room, spec, kept, source, actor))


async def remove(conn: Connection, stored: StoredChannel, actor: str) -> None:
    """Raises ProblemError 409 when somebody names it."""
    users = await channels.users_of_channels(conn)
    rules, policies = users.rules.get(stored.id, []), users.policies.get(stored.id, [])
    fallbacks = users.fallbacks.get(stored.id, [])
    named = [
        f"{what} {', '.join(ids[:5])}"
        for what, ids in (("the rules", rules), ("the policies", policies), ("the channels", fallbacks))
        if ids
    ]
    if named:
        raise conflict(
            f"{stored.id} is named by {' and by '.join(named)}; change those first",
            used_by_rules=rules,
            used_by_policies=policies,
            fallback_of=fallbacks,
        )
    await channels.remove_channel(conn, stored, actor)


async def channel_or_404(conn: Connection, channel_id: str, *, lock: bool = False) -> StoredChannel:
    stored = await channels.get_channel(conn, channel_id, lock=lock)
    if stored is None:
        raise not_found(f"There is no channel {channel_id}")
    return stored


async def errors_of(
    room: Room, spec: AnyChannelSpec, stored: Collection[str], fallbacks: Mapping[str, str | None]
) -> list[FieldError]:
    """Every mistake at once. `fallbacks`: of all channels that there are."""
    wire = room.courier.wire
    of_apprise = await apprise.mistakes(spec, wire) if isinstance(spec, AppriseChannel) else []
    return [*channel_errors(spec, stored, wire.allowed), *of_apprise, *_fallback_errors(spec, fallbacks)]


# --- inside -------------------------------------------------------------------------------------------------------


def _with_signature(spec: AnyChannelSpec) -> tuple[AnyChannelSpec, str | None]:
    if not isinstance(spec, WebhookChannel) or spec.signing_secret:
        return spec, None
    made = new_secret()
    return replace(spec, signing_secret=made), made


def _written(
    room: Room, spec: AnyChannelSpec, kept: Mapping[str, Sealed], source: RuleSource, actor: str
) -> NewChannel:
    id, now = spec.id or "", datetime.now(UTC)
    try:
        sealed = {
            name: room.keyring.seal(secret, id, name, now, hint_of(secret)) for name, secret in secrets_of(spec).items()
        }
        whole = with_secrets(spec, {name: room.keyring.open(each, id, name) for name, each in kept.items()})
    except (KeyringError, OSError) as error:
        raise unavailable("alert_svc", str(error)) from error
    return NewChannel(
        id=id,
        kind=kind_of(spec),
        name=spec.name,
        enabled=spec.enabled,
        config=config_of(spec),
        secrets={**kept, **sealed},
        target=target_of(whole),
        fallback=spec.fallback,
        fallback_after_seconds=spec.fallback_after_seconds,
        source=source,
        actor=actor,
    )


async def _refuse_mistakes(room: Room, conn: Connection, spec: AnyChannelSpec, stored: Collection[str]) -> None:
    fallbacks = {each.id: each.fallback for each in await channels.list_channels(conn)}
    if errors := await errors_of(room, spec, stored, fallbacks):
        raise invalid(errors)


def _fallback_errors(spec: AnyChannelSpec, fallbacks: Mapping[str, str | None]) -> list[FieldError]:
    if spec.fallback is None:
        return []
    if spec.fallback not in fallbacks:
        return [FieldError("fallback", f"there is no channel {spec.fallback}")]
    seen: set[str | None] = {spec.id}
    next_one: str | None = spec.fallback
    while next_one is not None and next_one not in seen:
        seen.add(next_one)
        next_one = fallbacks.get(next_one)
    return [] if next_one is None else [FieldError("fallback", "leads back to this channel")]


async def _refuse_outdated(conn: Connection, stored: StoredChannel, request: requests.UpdateChannel) -> None:
    detail = f"{stored.updated_by} changed {stored.id} meanwhile: it is at version {stored.version}"
    if request.base_version not in (None, stored.version):
        raise precondition_failed(detail, version=stored.version)
    if request.channel.version not in (None, stored.version):
        current = await _one(conn, stored.id)
        raise conflict(detail, version=stored.version, current=current, changed_by=stored.updated_by)


async def _one(conn: Connection, channel_id: str) -> AlertChannel:
    [shown] = await _shown(conn, [await channel_or_404(conn, channel_id)])
    return shown


async def _shown(conn: Connection, found: list[StoredChannel]) -> list[AlertChannel]:
    users, last = await channels.users_of_channels(conn), await channels.last_deliveries(conn)
    return [channel_view.shown(channel, users, last.get(channel.id)) for channel in found]
