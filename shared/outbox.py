"""What must not be lost: written in the caller's transaction, stored in JetStream right after, in order, once.

The relay sends under an advisory lock, so one replica at a time and rows in their order. A row leaves the table when
JetStream acknowledged it; what a crash left is sent again under the same id, which JetStream takes only once.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import structlog
from aiohttp import web
from msgspec import Struct, json

from shared.bus import Bus
from shared.contracts.wire import Event
from shared.db import Connection, Pool
from shared.envelope import seal
from shared.jetstream import JetStreamError, OutboxMessage, purge, store
from shared.keys import BUS, POOL
from shared.keyvalue import subject_of
from shared.metrics import OUTBOX_AGE, OUTBOX_ROWS, OUTBOX_WAITING, round_of
from shared.problems import problem_of
from shared.telemetry import current_traceparent
from shared.timers import TIMERS_STREAM, Alarm, Timer

log = structlog.get_logger(__name__)

OUTBOX_WAKE = web.AppKey("OUTBOX_WAKE", asyncio.Event)
"""Set after a commit: the relay sends at once instead of at its next sweep."""

SWEEP_SECONDS = 1.0
PAGE = 500
LOCK_NAME = "belfry.outbox"

INSERT = """
INSERT INTO outbox (id, action, subject, headers, body)
SELECT row.id, row.action, row.subject, row.headers::jsonb, row.body
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
    WITH ORDINALITY AS row (id, action, subject, headers, body, place)
ORDER BY row.place
"""
LOCK = "SELECT pg_try_advisory_xact_lock(hashtext($1 || '.' || current_schema()))"
SELECT = """
SELECT id, action, subject, headers, body, extract(epoch FROM now() - created_at)::float8 AS age_seconds
FROM outbox WHERE rejected IS NULL ORDER BY position LIMIT $1
"""
DELETE = "DELETE FROM outbox WHERE id = ANY($1::uuid[])"
REJECT = """
UPDATE outbox SET rejected = row.reason
FROM unnest($1::uuid[], $2::text[]) AS row (id, reason)
WHERE outbox.id = row.id
"""


class Row(Struct, frozen=True, kw_only=True):
    id: UUID
    action: str
    subject: str
    headers: dict[str, str] = {}
    body: bytes = b""
    age_seconds: float = 0.0


async def add(conn: Connection, events: Sequence[Event]) -> None:
    """Events to be stored in their streams once the caller's transaction is committed."""
    traceparent = current_traceparent()
    await _insert(conn, [_row_of(event, traceparent) for event in events])


async def put(conn: Connection, bucket: str, key: str, value: Struct) -> None:
    """A key-value entry to be written once the caller's transaction is committed."""
    await _insert(conn, [Row(id=uuid4(), action="store", subject=subject_of(bucket, key), body=json.encode(value))])


async def add_work(conn: Connection, jobs: Sequence[OutboxMessage]) -> None:
    """Work to be queued once the caller's transaction is committed, once for each id (a UUID)."""
    await _insert(
        conn,
        [Row(id=UUID(job.id), action="store", subject=job.subject, headers=job.headers, body=job.body) for job in jobs],
    )


async def add_schedule(conn: Connection, *timers: Timer | Alarm) -> None:
    """Set timers, or replace them."""
    rows = [Row(id=uuid4(), action="store", subject=timer.subject, headers=timer.headers) for timer in timers]
    await _insert(conn, rows)


async def remove_schedule(conn: Connection, subject: str) -> None:
    """End the timer whose schedule is kept on `subject`."""
    await _insert(conn, [Row(id=uuid4(), action="purge", subject=subject)])


async def waiting_subjects(conn: Connection) -> set[str]:
    """The subjects for which something waits to be sent."""
    rows = await conn.fetch("SELECT DISTINCT subject FROM outbox WHERE rejected IS NULL")
    return {row["subject"] for row in rows}


async def relay_context(app: web.Application) -> AsyncIterator[None]:
    """Sends what the outbox holds, as long as the application lives; OUTBOX_WAKE hastens it."""
    wake = app[OUTBOX_WAKE] = asyncio.Event()
    task = asyncio.create_task(_relay(app[POOL], app[BUS], wake), name="outbox relay")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def relay_once(pool: Pool, bus: Bus) -> bool:
    """Send one page in order; True when all of a full page was sent, so that there may be more."""
    async with pool.acquire(timeout=5) as conn, conn.transaction():
        if not await conn.fetchval(LOCK, LOCK_NAME):
            return False
        rows = [Row(**dict(record)) for record in await conn.fetch(SELECT, PAGE)]
        sent, rejected = await _send(bus, rows)
        if rejected:
            await conn.execute(REJECT, list(rejected), list(rejected.values()))
        await conn.execute(DELETE, sent)
    _measure(rows, len(sent), len(rejected))
    return len(rows) == PAGE == len(sent) + len(rejected)


async def _relay(pool: Pool, bus: Bus, wake: asyncio.Event) -> None:
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SWEEP_SECONDS):
                await wake.wait()
        wake.clear()
        await bus.wait_up()
        try:
            with round_of("outbox_relay"):
                while await relay_once(pool, bus):
                    pass
        except Exception as error:
            if problem_of(error) is None and not isinstance(error, asyncpg.PostgresError):
                log.exception("outbox.failed")
            else:
                log.warning("outbox.waiting", reason=str(error)[:200])


def _measure(rows: Sequence[Row], sent: int, rejected: int) -> None:
    OUTBOX_WAITING.set(len(rows) - sent - rejected)
    OUTBOX_AGE.set(rows[0].age_seconds if rows else 0)
    OUTBOX_ROWS.labels("sent").inc(sent)
    OUTBOX_ROWS.labels("rejected").inc(rejected)


async def _send(bus: Bus, rows: Sequence[Row]) -> tuple[list[UUID], dict[UUID, str]]:
    """The ids that were sent, and those that never will be. Stops at the first row that must be tried again."""
    sent: list[UUID] = []
    rejected: dict[UUID, str] = {}
    for action, group in groupby(rows, lambda row: row.action):
        part = list(group)
        done, refused = await (_store(bus, part) if action == "store" else _purge(bus, part))
        sent += done
        rejected |= refused
        if len(done) + len(refused) < len(part):
            break
    return sent, rejected


async def _store(bus: Bus, rows: Sequence[Row]) -> tuple[list[UUID], dict[UUID, str]]:
    messages = [OutboxMessage(id=str(row.id), subject=row.subject, body=row.body, headers=row.headers) for row in rows]
    outcome = await store(bus, messages)
    for id, reason in outcome.rejected.items():
        log.error("outbox.rejected", id=id, reason=reason)
    return [UUID(id) for id in outcome.stored], {UUID(id): reason for id, reason in outcome.rejected.items()}


async def _purge(bus: Bus, rows: Sequence[Row]) -> tuple[list[UUID], dict[UUID, str]]:
    done: list[UUID] = []
    for row in rows:
        try:
            await purge(bus, TIMERS_STREAM, row.subject)
        except JetStreamError as error:
            log.warning("outbox.not_purged", subject=row.subject, reason=str(error))
            break
        done.append(row.id)
    return done, {}


def _row_of(event: Event, traceparent: str) -> Row:
    id = uuid4()
    envelope = seal(event, str(id), traceparent)
    return Row(id=id, action="store", subject=envelope.subject, headers=envelope.headers, body=envelope.body)


async def _insert(conn: Connection, rows: Sequence[Row]) -> None:
    columns: list[list[Any]] = [
        [row.id for row in rows],
        [row.action for row in rows],
        [row.subject for row in rows],
        [json.encode(row.headers).decode() for row in rows],
        [row.body for row in rows],
    ]
    if rows:
        await conn.execute(INSERT, *columns)
