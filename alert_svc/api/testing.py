"""Test sends: a real message to a channel, saved or not, or a sample of a rule; answered in time, whatever happens."""

import time
from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from alert_svc import channel_view
from alert_svc.api.channels import channel_or_404, errors_of
from alert_svc.api.rules import rule_or_404
from alert_svc.catalogue import unit_of
from alert_svc.channel_specs import kept_of, kind_of, with_secrets
from alert_svc.keyring import KeyringError
from alert_svc.room import Room
from alert_svc.samples import sample_of_channel, sample_of_rule
from alert_svc.senders.outgoing import SendFault, failed
from alert_svc.store import channels, test_sends
from shared.contracts.alerts import requests
from shared.contracts.alerts.channels import AnyChannelSpec
from shared.contracts.alerts.deliveries import AlertMessage, TestResult
from shared.problems import invalid, invalid_field, too_many
from shared.rpc import Caller

SECONDS = 8.0  # of the ten that a test may take, with all that is around it


async def test_notification_channel(room: Room, request: requests.TestChannel, caller: Caller) -> TestResult:
    async with room.pool.acquire(timeout=1) as conn:
        stored = await channel_or_404(conn, request.channel_id)
    await _refuse_too_many(room, caller, stored.id)
    return await _test(room, stored.id, _complete(room, stored), sample_of_channel(stored.name, caller.actor, _now()))


async def test_unsaved_channel(room: Room, request: requests.TestUnsavedChannel, caller: Caller) -> TestResult:
    spec, began = request.channel, time.monotonic()
    async with room.pool.acquire(timeout=1) as conn:
        found = await channels.list_channels(conn)
    stored = next((each for each in found if each.id == spec.id and each.kind == kind_of(spec)), None)
    kept = kept_of(spec, stored.secrets) if stored else set[str]()
    if errors := await errors_of(room, spec, kept, {each.id: each.fallback for each in found}):
        raise invalid(errors)
    given: AnyChannelSpec | SendFault = spec
    if stored is not None:
        try:
            opened = channel_view.opened(stored, room.keyring)
            given = with_secrets(spec, {name: opened[name] for name in kept})
        except KeyringError as error:
            given = failed("misconfigured", str(error))
    await _refuse_too_many(room, caller, spec.id or f"{kind_of(spec)}:{spec.name}")
    return await _test(room, spec.id or spec.name, given, sample_of_channel(spec.name, caller.actor, _now()), began)


async def test_alert_rule(room: Room, request: requests.TestAlertRule, caller: Caller) -> TestResult:
    async with room.pool.acquire(timeout=1) as conn:
        rule = await rule_or_404(conn, request.rule_id)
        if request.channel is None and not rule.spec.channels:
            raise invalid_field("channel", "is needed: the rule has no channel of its own")
        stored = await channel_or_404(conn, request.channel or rule.spec.channels[0])
    unit = unit_of(rule.spec.metric, room.engine.store.units().get(rule.spec.metric, ""))
    sample = sample_of_rule(rule.id, rule.spec, unit, request.reason, _now())
    await _refuse_too_many(room, caller, stored.id)
    return await _test(room, stored.id, _complete(room, stored), sample)


async def _refuse_too_many(room: Room, caller: Caller, channel: str) -> None:
    """Raises ProblemError 429."""
    async with room.pool.acquire(timeout=1) as conn, conn.transaction():
        full = await test_sends.take_turn(conn, caller.actor, channel, room.tests_per_minute)
    if full is not None:
        what, seconds = full
        most = "1 test" if room.tests_per_minute == 1 else f"{room.tests_per_minute} tests"
        done = f"You have sent {most}" if what == "actor" else f"This channel was sent {most}"
        raise too_many(seconds, f"{done} within a minute, which is the limit. Try again in {seconds} s")


def _complete(room: Room, stored: channels.StoredChannel) -> AnyChannelSpec | SendFault:
    try:
        return channel_view.complete(stored, room.keyring)
    except KeyringError as error:
        return failed("misconfigured", str(error), "Store its secrets anew, or bring back the key")
    except msgspec.ValidationError:
        return failed("misconfigured", "What is stored of the channel cannot be used", "Save it anew")


async def _test(
    room: Room, name: str, channel: AnyChannelSpec | SendFault, message: AlertMessage, began: float | None = None
) -> TestResult:
    now = time.monotonic()
    began = now if began is None else began
    left = max(0.1, round(SECONDS - (now - began), 1))
    try:
        if isinstance(channel, SendFault):
            raise channel
        receipt = await room.courier.send(channel, room.courier.outgoing(str(uuid4()), message), left)
    except SendFault as fault:
        error = fault.error
        return TestResult(
            success=False, channel=name, error=error.detail, hint=error.hint or None, code=error.code,
            duration_ms=_ms_since(began),
        )  # fmt: skip
    took = _ms_since(began)
    return TestResult(
        success=True, channel=name, message=f"{receipt.detail} in {took:.0f} ms", provider_id=receipt.provider_id,
        duration_ms=took,
    )  # fmt: skip


def _ms_since(began: float) -> float:
    return round((time.monotonic() - began) * 1000, 1)


def _now() -> datetime:
    return datetime.now(UTC)
