"""Messages on their way: claimed by one replica at a time, and how far they have come."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct, convert, to_builtins

from alert_svc.retrying import Outcome
from alert_svc.store import fallbacks
from alert_svc.store.timeline import DELIVERY, delivery_of
from shared import outbox
from shared.contracts.alerts.deliveries import AlertDelivery, AlertMessage, ChannelKind, DeliveryStep
from shared.contracts.alerts.events import AlertDelivered
from shared.db import Connection

CLAIM = timedelta(seconds=25)  # longer than sending and recording take
MOST_STEPS = 40  # the first one and the last ones are kept

# Messages of one incident to one channel go one after the other, in the order of what they tell of.
ORDER = "(coalesce({0}.event_id, 0), {0}.queued_at, {0}.id)"


class Claim(Struct, frozen=True, kw_only=True):
    """A message that this replica sends. `thread`: the provider's id of the first one of its incident in this channel;
    `told`: one of its incident was accepted before."""

    id: str
    incident_id: int | None
    channel_id: str
    kind: ChannelKind
    message: AlertMessage
    attempts: int
    queued_at: datetime
    give_up_at: datetime
    possible_duplicate: bool
    done: tuple[str, ...]
    thread: str | None
    told: bool


async def drop_overtaken(conn: Connection, now: datetime) -> int:
    """What nobody needs to hear any more: its incident has ended, and the message that says so tells all of it."""
    rows = await conn.fetch(
        """
        UPDATE delivery AS d SET state = 'dropped', finished_at = $1, next_at = NULL, steps = d.steps || $2::jsonb
        FROM delivery AS r
        WHERE r.finished_at IS NULL AND r.reason = 'resolved' AND d.finished_at IS NULL AND d.reason <> 'resolved'
            AND d.incident_id = r.incident_id AND d.channel_id = r.channel_id AND d.kind <> 'pagerduty'
            AND (d.claim_until IS NULL OR d.claim_until < now())
        RETURNING d.id::text AS id, d.incident_id::text AS incident_id, d.channel_id
        """,
        now,
        DeliveryStep(state="dropped", at=now, detail=OVERTAKEN),
    )
    await _tell(conn, rows, {row["id"]: ("dropped", OVERTAKEN) for row in rows}, now)
    return len(rows)


OVERTAKEN = "Not needed any more: it has resolved, and the next message tells all"


DUE = f"""
    SELECT d.id, row_number() OVER (
        PARTITION BY d.channel_id ORDER BY d.message ->> 'severity' = 'critical' DESC, d.queued_at, d.id
    ) AS place
    FROM delivery AS d
    WHERE d.finished_at IS NULL AND (d.attempts = 0 OR d.next_at <= now())
        AND (d.claim_until IS NULL OR d.claim_until < now())
        AND NOT EXISTS (
            SELECT FROM delivery AS e
            WHERE e.incident_id = d.incident_id AND e.channel_id = d.channel_id AND e.finished_at IS NULL
                AND {ORDER.format("e")} < {ORDER.format("d")}
        )
"""
"""The oldest message of each incident and channel, critical ones first in each channel."""

TAKEN = """
    SELECT d.id, d.state = 'sending' AS was_cut_off FROM delivery AS d JOIN due ON due.id = d.id
    WHERE due.place <= coalesce(($1::jsonb ->> d.channel_id)::int, ($2::jsonb ->> d.kind)::int, 1)
        AND d.finished_at IS NULL AND (d.claim_until IS NULL OR d.claim_until < now())
    ORDER BY due.place LIMIT $3 FOR UPDATE OF d SKIP LOCKED
"""
"""As many of them as their channels may take now, that no other replica is taking."""

EARLIER = f"""
    (
        SELECT f.provider_id FROM delivery AS f
        WHERE f.incident_id = d.incident_id AND f.channel_id = d.channel_id AND f.provider_id IS NOT NULL
        ORDER BY {ORDER.format("f")} LIMIT 1
    ) AS thread,
    EXISTS (
        SELECT FROM delivery AS f
        WHERE f.incident_id = d.incident_id AND f.channel_id = d.channel_id AND f.id <> d.id
            AND f.state IN ('accepted', 'sent', 'delivered')
    ) AS told
"""
"""What the channel has heard of the incident before."""


async def claim(
    conn: Connection, owner: str, places: Mapping[str, int], widths: Mapping[ChannelKind, int], limit: int
) -> list[Claim]:
    """Messages that are due. `places`: how many of a channel may be taken, where that is less than the width of its
    kind."""
    rows = await conn.fetch(
        f"""
        WITH due AS ({DUE}), taken AS ({TAKEN})
        UPDATE delivery AS d SET state = 'sending', attempts = d.attempts + 1, claimed_by = $4,
            claim_until = now() + $5, possible_duplicate = d.possible_duplicate OR taken.was_cut_off
        FROM taken WHERE d.id = taken.id
        RETURNING d.id::text AS id, d.incident_id, d.channel_id, d.kind, d.message, d.attempts, d.queued_at,
            d.give_up_at, d.possible_duplicate, d.done, {EARLIER}
        """,
        dict(places),
        dict(widths),
        limit,
        owner,
        CLAIM,
    )
    return [convert(dict(row), Claim) for row in rows]


async def release(conn: Connection, delivery_ids: Sequence[str], owner: str) -> None:
    """Whoever comes next may take these at once; they were cut off."""
    await conn.execute(
        "UPDATE delivery SET claim_until = now() WHERE id = ANY($1::uuid[]) AND claimed_by = $2 AND state = 'sending'",
        list(delivery_ids),
        owner,
    )


async def record(conn: Connection, outcomes: Sequence[Outcome]) -> int:
    """How attempts went, unless another one was made since; what failed for good goes to the channel's fallback.
    Returns how many were recorded."""
    rows = await conn.fetch(
        """
        UPDATE delivery AS d SET state = u.state, next_at = u.next_at, error = nullif(u.error, 'null'),
            provider_id = coalesce(u.provider_id, d.provider_id), done = d.done || coalesce(u.done, '[]'),
            claimed_by = NULL, claim_until = NULL,
            finished_at = CASE WHEN u.next_at IS NULL OR u.state = 'sent' THEN u.at END,
            steps = CASE WHEN jsonb_array_length(d.steps) < $2 THEN d.steps ELSE d.steps - 1 END
                || jsonb_build_object('state', u.state, 'at', u.at, 'detail', u.detail)
        FROM jsonb_to_recordset($1::jsonb) AS u (
            id uuid, attempt int, state text, at timestamptz, detail text, next_at timestamptz, provider_id text,
            error jsonb, done jsonb
        )
        WHERE d.id = u.id AND d.attempts = u.attempt AND (
            d.finished_at IS NULL OR d.state = 'sent' OR (d.state = 'accepted' AND u.state IN ('delivered', 'failed'))
        )
        RETURNING d.id::text AS id, d.incident_id::text AS incident_id, d.channel_id
        """,
        to_builtins(list(outcomes), builtin_types=(datetime,)),
        MOST_STEPS,
    )
    known = {each.id: each for each in outcomes}
    recorded = [known[row["id"]] for row in rows]
    if recorded:
        await _tell(conn, rows, {each.id: (each.state, each.detail) for each in recorded}, recorded[0].at)
    now = datetime.now(UTC)
    await fallbacks.instead(conn, [each.id for each in recorded if each.state == "failed"], now)
    await fallbacks.also(conn, [each.id for each in recorded if each.state in ("accepted", "sent")], now)
    return len(rows)


async def queue_again(conn: Connection, delivery_id: str, actor: str, now: datetime) -> bool:
    """What has failed is due again, for another day. False: it has not failed."""
    row = await conn.fetchrow(
        """
        UPDATE delivery SET state = 'queued', finished_at = NULL, next_at = $2::timestamptz, error = NULL,
            done = CASE WHEN provider_id IS NULL THEN done ELSE '[]' END, provider_id = NULL, arrived = '{}',
            give_up_at = $2::timestamptz + interval '24 hours', steps = steps || $3::jsonb
        WHERE id = $1 AND state = 'failed'
        RETURNING id::text AS id, incident_id::text AS incident_id, channel_id, kind, key
        """,
        UUID(delivery_id),
        now,
        DeliveryStep(state="queued", at=now, detail=f"Again, by {actor}"),
    )
    if row is None:
        return False
    await _tell(conn, [row], {row["id"]: ("queued", f"Again, by {actor}")}, now)
    return True


async def list_deliveries(
    conn: Connection,
    *,
    channel_id: str | None,
    incident_id: int | None,
    state: str | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[AlertDelivery]:
    """Newest first."""
    rows = await conn.fetch(
        f"""
        SELECT {DELIVERY} FROM delivery
        WHERE ($1::text IS NULL OR channel_id = $1) AND ($2::bigint IS NULL OR incident_id = $2)
            AND ($3::text IS NULL OR state = $3)
            AND ($4::timestamptz IS NULL OR (queued_at, id) < ($4, $5::uuid))
        ORDER BY queued_at DESC, id DESC LIMIT $6
        """,
        channel_id,
        incident_id,
        state,
        *(before or (None, None)),
        limit,
    )
    return [delivery_of(row) for row in rows]


async def get_delivery(conn: Connection, delivery_id: str) -> AlertDelivery | None:
    row = await conn.fetchrow(f"SELECT {DELIVERY} FROM delivery WHERE id = $1::uuid", UUID(delivery_id))
    return delivery_of(row) if row else None


async def count_waiting(conn: Connection) -> dict[str, int]:
    """Messages that are not over, by kind of channel."""
    rows = await conn.fetch("SELECT kind, count(*) AS n FROM delivery WHERE finished_at IS NULL GROUP BY kind")
    return {row["kind"]: row["n"] for row in rows}


async def _tell(
    conn: Connection, rows: Sequence[asyncpg.Record], how: Mapping[str, tuple[str, str]], at: datetime
) -> None:
    events = [
        AlertDelivered(
            channel_id=row["channel_id"],
            delivery_id=row["id"],
            incident_id=row["incident_id"],
            state=how[row["id"]][0],  # type: ignore[arg-type]
            at=at,
            detail=how[row["id"]][1],
        )
        for row in rows
    ]
    await outbox.add(conn, events)
