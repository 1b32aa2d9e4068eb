"""Messages to be sent: written with what makes them due, handed to the senders by the outbox, once for each key."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from msgspec import Struct, json

from shared import outbox
from shared.contracts.alerts.deliveries import JOB_SUBJECT, AlertMessage, ChannelKind, DeliveryJob, DeliveryStep
from shared.db import Connection
from shared.jetstream import OutboxMessage


class Recipient(Struct, frozen=True):
    """A channel that can be told."""

    id: str
    kind: ChannelKind
    name: str


class NewDelivery(Struct, frozen=True, kw_only=True):
    """One message to one channel. `transition`: what about the incident changed, unique within it."""

    incident_id: int
    event_id: int | None
    channel: Recipient
    transition: str
    message: AlertMessage

    @property
    def key(self) -> str:
        place = f"{self.message.step}.{self.message.loop}"
        return f"{self.incident_id}:{self.transition}:{self.channel.id}:{place}"


async def list_recipients(conn: Connection, channel_ids: Sequence[str]) -> dict[str, Recipient]:
    """Those of these channels that are there and enabled."""
    rows = await conn.fetch(
        "SELECT id, kind, name FROM channel WHERE enabled AND id = ANY($1)", list(dict.fromkeys(channel_ids))
    )
    return {row["id"]: Recipient(row["id"], row["kind"], row["name"]) for row in rows}


async def list_told(conn: Connection, incident_ids: Sequence[int]) -> dict[int, list[str]]:
    """The channels that were told of each of these incidents, or are about to be."""
    rows = await conn.fetch(
        """
        SELECT incident_id, array_agg(DISTINCT channel_id ORDER BY channel_id) AS channels FROM delivery
        WHERE incident_id = ANY($1) AND fallback_of IS NULL GROUP BY incident_id
        """,
        list(incident_ids),
    )
    return {row["incident_id"]: row["channels"] for row in rows}


async def queue(conn: Connection, deliveries: Sequence[NewDelivery]) -> int:
    """In the caller's transaction; those queued before are left out. Returns how many are new."""
    if not deliveries:
        return 0
    now = datetime.now(UTC)
    steps = json.encode([DeliveryStep(state="queued", at=now)]).decode()
    ids = [uuid4() for _ in deliveries]
    rows = await conn.fetch(
        """
        INSERT INTO delivery (
            id, key, incident_id, event_id, channel_id, channel_name, kind, reason, step, loop, message, steps,
            queued_at, next_at
        )
        SELECT d.*, $11::text::jsonb, $12, $12 FROM unnest(
            $1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::int[], $10::int[], $13::jsonb[]
        ) AS d
        ON CONFLICT (key) DO NOTHING RETURNING id, channel_id, kind, key
        """,
        ids,
        [each.key for each in deliveries],
        [each.incident_id for each in deliveries],
        [each.event_id for each in deliveries],
        [each.channel.id for each in deliveries],
        [each.channel.name for each in deliveries],
        [each.channel.kind for each in deliveries],
        [each.message.reason for each in deliveries],
        [each.message.step for each in deliveries],
        [each.message.loop for each in deliveries],
        steps,
        now,
        [each.message for each in deliveries],
    )
    await outbox.add_work(conn, jobs_of(rows))
    return len(rows)


def jobs_of(rows: Sequence[asyncpg.Record]) -> list[OutboxMessage]:
    """What tells the senders of rows that were queued: `id`, `channel_id`, `kind` and `key` of each."""
    return [_job(row["id"], row["channel_id"], row["kind"], row["key"]) for row in rows]


def _job(id: object, channel_id: str, kind: ChannelKind, key: str) -> OutboxMessage:
    job = DeliveryJob(delivery_id=str(id), channel_id=channel_id, kind=kind, key=key)
    subject = JOB_SUBJECT.format(kind=kind, delivery_id=job.delivery_id)
    return OutboxMessage(id=job.delivery_id, subject=subject, body=json.encode(job))
