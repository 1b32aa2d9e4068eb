"""What providers tell of messages by themselves, verified by their signatures: nobody is signed in."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import ValidationError

from alert_svc import arriving, channel_view
from alert_svc.keyring import KeyringError
from alert_svc.room import Room
from alert_svc.senders import twilio_callbacks
from alert_svc.store import arrivals, channels, sending
from alert_svc.store.channels import StoredChannel
from shared.contracts.alerts import requests
from shared.contracts.alerts.channels import SmsChannel
from shared.contracts.wire import Nothing
from shared.problems import forbidden
from shared.rpc import Caller


async def take_twilio_callback(room: Room, request: requests.TwilioCallback, caller: Caller) -> Nothing:
    """Raises ProblemError 403 for what is not signed by Twilio for a message of ours."""
    async with room.pool.acquire(timeout=2) as conn:
        sent = await arrivals.get_sent(conn, request.delivery_id) if _is_id(request.delivery_id) else None
        stored = await channels.get_channel(conn, sent.channel_id) if sent else None
        if stored is None or not _is_signed(room, stored, request):
            raise forbidden("It is not signed by Twilio for a message of ours")
        async with conn.transaction():
            known = await arrivals.get_sent(conn, request.delivery_id, lock=True)
            if known is not None:
                arrived, outcome = arriving.told(known, request.fields, datetime.now(UTC))
                await arrivals.set_arrived(conn, known.id, arrived)
                await sending.record(conn, [outcome] if outcome else [])
    room.wake_outbox()
    room.dispatcher.wake()  # one that did not arrive goes to the fallback
    return Nothing()


def _is_signed(room: Room, stored: StoredChannel, request: requests.TwilioCallback) -> bool:
    try:
        spec = channel_view.complete(stored, room.keyring)
    except (KeyringError, ValidationError):
        return False
    address = twilio_callbacks.address(room.courier.public_url, request.delivery_id)
    token = spec.auth_token if isinstance(spec, SmsChannel) else None
    if not address or not token:
        return False
    return twilio_callbacks.is_signed(token, address, request.fields, request.signature)


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
