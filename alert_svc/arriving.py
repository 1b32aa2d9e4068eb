"""Whether what was sent has arrived: asked of those providers that come to know it later than they accept."""

import asyncio
from datetime import UTC, datetime, timedelta

from msgspec import ValidationError

from alert_svc.channel_view import complete
from alert_svc.keyring import KeyringError
from alert_svc.retrying import Outcome
from alert_svc.room import Room
from alert_svc.senders import sms
from alert_svc.senders.outgoing import SendFault
from alert_svc.store import channels, sending
from alert_svc.store.channels import StoredChannel
from alert_svc.store.sending import Sent
from shared.contracts.alerts.channels import SmsChannel

AT_ONCE = 50
ASK_SECONDS = 10.0
LONGEST = timedelta(minutes=10)  # some networks never say


async def ask_arrived(room: Room) -> None:
    async with room.pool.acquire(timeout=5) as conn:
        taken = await sending.take_sent(conn, AT_ONCE)
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
        return Outcome(
            id=sent.id, attempt=sent.attempts, state="failed", at=now, detail=fault.error.detail, error=fault.error
        )
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


def _is_late(sent: Sent, now: datetime) -> bool:
    return now - sent.finished_at > LONGEST


def _over(sent: Sent, state: str, detail: str, now: datetime) -> Outcome:
    return Outcome(id=sent.id, attempt=sent.attempts, state=state, at=now, detail=detail)  # type: ignore[arg-type]
