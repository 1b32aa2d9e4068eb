"""Messages that another channel gets: of one that failed for good, or that its channel has not taken for too long."""

from collections.abc import Sequence
from datetime import datetime

from alert_svc.store.deliveries import jobs_of
from shared import outbox
from shared.db import Connection

INSTEAD = """
    JOIN channel AS c ON c.id = d.channel_id JOIN channel AS f ON f.id = c.fallback AND f.enabled
    WHERE d.id = ANY($1::uuid[]) AND f.id <> split_part(d.key, ':', 3)
        AND f.id <> ALL ((string_to_array(d.key, '/'))[2:])
"""
"""The fallbacks of channels, each once: those that a message has been through stand in its key."""

ALSO = """
    JOIN delivery AS t ON t.incident_id = d.incident_id AND t.fallback_of IS NOT NULL
        AND t.state IN ('accepted', 'sent', 'delivered')
    JOIN channel AS f ON f.id = t.channel_id AND f.enabled
    WHERE d.id = ANY($1::uuid[]) AND d.reason = 'resolved' AND t.reason <> 'resolved' AND NOT EXISTS (
        SELECT FROM delivery AS r
        WHERE r.incident_id = d.incident_id AND r.channel_id = t.channel_id AND r.reason = 'resolved'
    )
"""
"""The channels that heard of a beginning as fallbacks, and would not hear of the end."""


async def instead(conn: Connection, delivery_ids: Sequence[str], now: datetime) -> int:
    """These go to the fallbacks of their channels, unless they did before. Returns how many do."""
    return await _pass_on(conn, INSTEAD, delivery_ids, now)


async def also(conn: Connection, delivery_ids: Sequence[str], now: datetime) -> int:
    """Of these, what tells of an end goes to those who heard of the beginning as fallbacks."""
    return await _pass_on(conn, ALSO, delivery_ids, now)


async def pass_on_late(conn: Connection, now: datetime) -> int:
    """What its channel has not taken for as long as the channel allows goes to the fallback too; and the end of what a
    fallback was told of, without waiting again. Returns how many."""
    late = await conn.fetch(
        """
        SELECT d.id::text AS id FROM delivery AS d JOIN channel AS c ON c.id = d.channel_id
        WHERE d.finished_at IS NULL AND c.fallback IS NOT NULL
            AND d.queued_at <= $1::timestamptz - c.fallback_after_seconds * interval '1 second'
            AND NOT EXISTS (SELECT FROM delivery AS t WHERE t.fallback_of = d.id)
        """,
        now,
    )
    ends = await conn.fetch("SELECT id::text AS id FROM delivery WHERE finished_at IS NULL AND reason = 'resolved'")
    passed = await instead(conn, [row["id"] for row in late], now)
    return passed + await also(conn, [row["id"] for row in ends], now)


async def _pass_on(conn: Connection, to: str, delivery_ids: Sequence[str], now: datetime) -> int:
    """The same messages to other channels. Returns how many are new."""
    if not delivery_ids:
        return 0
    rows = await conn.fetch(
        f"""
        INSERT INTO delivery (
            id, key, incident_id, event_id, channel_id, channel_name, kind, reason, step, loop, message, steps,
            queued_at, next_at, fallback_of
        )
        SELECT gen_random_uuid(), q.* FROM (
            SELECT DISTINCT d.key || '/' || f.id AS key, d.incident_id, d.event_id, f.id, f.name, f.kind, d.reason,
                d.step, d.loop, d.message,
                jsonb_build_array(jsonb_build_object('state', 'queued', 'at', $2::timestamptz,
                    'detail', 'Instead of ' || d.channel_name)),
                $2::timestamptz, $2::timestamptz, d.id
            FROM delivery AS d {to}
        ) AS q
        ON CONFLICT (key) DO NOTHING RETURNING id, channel_id, kind, key
        """,
        list(delivery_ids),
        now,
    )
    await outbox.add_work(conn, jobs_of(rows))
    return len(rows)
