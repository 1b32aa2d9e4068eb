"""Whether what was sent has arrived: asked of those providers that come to know it later than they accept, and told by
them where they can reach us."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import ValidationError

from alert_svc.channel_view import complete
from alert_svc.keyring import KeyringError
from alert_svc.retrying import Outcome
from alert_svc.room import Room
from alert_svc.senders import sms
from alert_svc.senders.outgoing import SendFault
from alert_svc.store import arrivals, channels, sending
from alert_svc.store.arrivals import Sent
from alert_svc.store.channels import StoredChannel
from shared.contracts.alerts.channels import SmsChannel

AT_ONCE = 50
ASK_SECONDS = 10.0
LONGEST = timedelta(minutes=10)  # some networks never say


async def ask_arrived(room: Room) -> None:
    async with room.pool.acquire(timeout=5) as conn:
        taken = await arrivals.take_sent(conn, AT_ONCE)
        found = await channels.list_channels(conn, [each.channel_id for each in taken]) if taken else []
    known = {channel.id: channel for channel in found}
    outcomes = await asyncio.gather(*(_asked(room, sent, known.get(sent.channel_id)) for sent in taken))
    told = [outcome for outcome in outcomes if outcome is not None]
    if told:
        async with room.pool.acquire(timeout=5) as conn, conn.transaction():
            await sending.record(conn, told)
        room.wake_outbox()
        room.dispatcher.wake()


async def _asked(room: Room, sent: Sent, channel: StoredChannel | None) -> Outcome | None:
    """None: to be asked again."""
    now = datetime.now(UTC)
    ids = sent.provider_id.split(",")
    try:
        if channel is None:
            return _over(sent, "accepted", "The channel was removed before it could be asked", now)
        arrived = await _count(room, channel, ids)
    except SendFault as fault:
        if not fault.error.is_permanent:
            return None
        return _lost(sent, fault, now)
    except (KeyringError, ValidationError, TimeoutError):
        arrived = 0
    if arrived == len(ids):
        return _over(sent, "delivered", f"Arrived at {arrived} of {len(ids)}", now)
    return _over(sent, "accepted", "The provider does not say whether it arrived", now) if _is_late(sent, now) else None


async def _count(room: Room, channel: StoredChannel, ids: list[str]) -> int:
    """How many have arrived. Raises SendFault when one never will."""
    spec = complete(channel, room.keyring)
    assert isinstance(spec, SmsChannel)
    arrived = 0
    async with asyncio.timeout(ASK_SECONDS):
        for id in ids:
            answer = await room.courier.wire.exchange(sms.question(spec, id, room.courier.providers.twilio))
            arrived += sms.has_arrived(answer)
    return arrived


def told(sent: Sent, fields: Mapping[str, str], now: datetime) -> tuple[list[str], Outcome | None]:
    """What Twilio tells of one of its texts: those that have arrived now, and what that means for the whole."""
    sid, code = fields.get("MessageSid", ""), fields.get("ErrorCode", "")
    ids = sent.provider_id.split(",")
    if sid not in ids or sid in sent.arrived:
        return sent.arrived, None
    try:
        number = int(code) if code.isdecimal() else 0
        if not sms.arrived(fields.get("MessageStatus", ""), number, fields.get("ErrorMessage", "")):
            return sent.arrived, None
    except SendFault as fault:
        return sent.arrived, _lost(sent, fault, now)
    arrived = [*sent.arrived, sid]
    whole = len(arrived) == len(ids)
    return arrived, _over(sent, "delivered", f"Arrived at {len(ids)} of {len(ids)}", now) if whole else None


def _lost(sent: Sent, fault: SendFault, now: datetime) -> Outcome:
    return Outcome(
        id=sent.id, attempt=sent.attempts, state="failed", at=now, detail=fault.error.detail, error=fault.error
    )


def _is_late(sent: Sent, now: datetime) -> bool:
    return now - sent.finished_at > LONGEST


def _over(sent: Sent, state: str, detail: str, now: datetime) -> Outcome:
    return Outcome(id=sent.id, attempt=sent.attempts, state=state, at=now, detail=detail)  # type: ignore[arg-type]
