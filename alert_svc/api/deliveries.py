"""Messages on their way: the list, and another try for one that failed."""

from datetime import UTC, datetime
from uuid import UUID

from alert_svc.room import Room
from alert_svc.store import sending
from shared.contracts.alerts import requests
from shared.contracts.alerts.deliveries import AlertDeliveries
from shared.contracts.wire import Nothing
from shared.cursors import decode_cursor, encode_cursor
from shared.problems import conflict, invalid_field, not_found
from shared.rpc import Caller


async def list_deliveries(room: Room, request: requests.DeliveriesQuery, caller: Caller) -> AlertDeliveries:
    before = decode_cursor(request.cursor)
    if before is not None and not _is_id(before[1]):
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew")
    async with room.pool.acquire(timeout=2) as conn:
        found = await sending.list_deliveries(
            conn,
            channel_id=request.channel_id,
            incident_id=int(request.incident_id) if request.incident_id else None,
            state=request.state,
            before=before,
            limit=request.limit + 1,
        )
    page = found[: request.limit]
    cursor = encode_cursor(page[-1].queued_at, page[-1].id) if len(found) > request.limit else None
    return AlertDeliveries(deliveries=page, next_cursor=cursor)


async def retry_delivery(room: Room, request: requests.DeliveryRef, caller: Caller) -> Nothing:
    if not _is_id(request.delivery_id):
        raise not_found(f"There is no delivery {request.delivery_id}")
    async with room.pool.acquire(timeout=2) as conn:
        async with conn.transaction():
            queued = await sending.queue_again(conn, request.delivery_id, caller.actor, datetime.now(UTC))
        if not queued:
            found = await sending.get_delivery(conn, request.delivery_id)
            if found is None:
                raise not_found(f"There is no delivery {request.delivery_id}")
            raise conflict(f"It has not failed: it is {found.state}", state=found.state)
    room.wake_outbox()
    room.dispatcher.wake()
    return Nothing()


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
