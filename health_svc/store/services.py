"""What is monitored: declared services, the state of each, and their timers."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

import asyncpg
from msgspec import Struct, json

from health_svc.health_check import ServiceState, known_until, lapse, stale_after_seconds
from health_svc.store.transitions import Confirmed, save_transitions
from shared import outbox
from shared.contracts.health.events import ServiceDeclared
from shared.contracts.health.runs import CheckRun
from shared.contracts.health.services import ServiceSpec, Source
from shared.db import Connection
from shared.timers import Timer

DOMAIN = "health"

REMEMBERED = 20_000

# Declarations change seldom: the same text is decoded once.
_spec = lru_cache(REMEMBERED)(json.Decoder(ServiceSpec).decode)
_source = lru_cache(REMEMBERED)(json.Decoder(Source).decode)
_state = json.Decoder(ServiceState)
_run = json.Decoder(CheckRun)


class Monitored(Struct, frozen=True, kw_only=True):
    """A declared service with its state machine's memory; `last_duration_ms` is that of its last run."""

    spec: ServiceSpec
    source: Source
    version: int
    state: ServiceState
    last_duration_ms: float | None
    last_beat_at: datetime | None
    created_at: datetime


COLUMNS = """
    s.spec::text AS spec, s.source::text AS source, s.version,
    t.state::text AS state, (t.last_run ->> 'duration_ms')::float8 AS last_duration_ms, t.last_beat_at, s.created_at
"""


def monitored(row: asyncpg.Record) -> Monitored:
    return Monitored(
        spec=_spec(row["spec"]),
        source=_source(row["source"]),
        version=row["version"],
        state=_state.decode(row["state"]),
        last_duration_ms=row["last_duration_ms"],
        last_beat_at=row["last_beat_at"],
        created_at=row["created_at"],
    )


async def list_monitored(conn: Connection) -> list[Monitored]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM service s JOIN service_state t ON t.service_id = s.id ORDER BY s.id"
    )
    return [monitored(row) for row in rows]


async def get_monitored(conn: Connection, service_id: str) -> Monitored | None:
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM service s JOIN service_state t ON t.service_id = s.id WHERE s.id = $1", service_id
    )
    return monitored(row) if row else None


async def last_run(conn: Connection, service_id: str) -> CheckRun | None:
    text = await conn.fetchval("SELECT last_run::text FROM service_state WHERE service_id = $1", service_id)
    return _run.decode(text) if text else None


async def list_by_ids(conn: Connection, service_ids: Sequence[str]) -> dict[str, Monitored]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM service s JOIN service_state t ON t.service_id = s.id WHERE s.id = ANY($1)", service_ids
    )
    return {m.spec.id: m for m in map(monitored, rows)}


async def list_unseen(conn: Connection) -> list[str]:
    """The ids of services that were never checked, oldest first."""
    rows = await conn.fetch(
        """
        SELECT s.id FROM service s JOIN service_state t ON t.service_id = s.id
        WHERE t.last_run IS NULL AND NOT (s.spec -> 'paused')::boolean ORDER BY s.created_at, s.id
        """
    )
    return [row["id"] for row in rows]


async def list_overdue(conn: Connection, intervals: float, from_seconds: float) -> list[str]:
    """The ids of services that were not measured for so many of their intervals, of those with an interval of
    `from_seconds` or more."""
    rows = await conn.fetch(
        """
        SELECT id FROM (
            SELECT s.id, (s.spec ->> 'interval_seconds')::float8 AS seconds, s.spec -> 'paused' AS paused,
                (t.state ->> 'last_measured_at')::timestamptz AS measured_at
            FROM service s JOIN service_state t ON t.service_id = s.id
        ) AS known
        WHERE NOT paused::boolean AND seconds >= $2 AND measured_at < now() - $1 * seconds * interval '1 second'
        ORDER BY measured_at, id
        """,
        intervals,
        from_seconds,
    )
    return [row["id"] for row in rows]


async def hold_still(conn: Connection) -> None:
    """Until the caller's transaction ends nobody declares, changes or removes a service."""
    await conn.execute("LOCK TABLE service IN SHARE MODE")


async def declare(
    conn: Connection, spec: ServiceSpec, source: Source, actor: str
) -> Literal["added", "changed"] | None:
    """Add or change a service with its timer and event, in the caller's transaction. None: nothing was new."""
    row = await conn.fetchrow(
        """
        INSERT INTO service (id, spec, source) VALUES ($1, $2::text::jsonb, $3::text::jsonb)
        ON CONFLICT (id) DO UPDATE
            SET spec = excluded.spec, source = excluded.source, version = service.version + 1, updated_at = now()
            WHERE (service.spec, service.source) IS DISTINCT FROM (excluded.spec, excluded.source)
        RETURNING version, xmax = 0 AS added
        """,
        spec.id,
        json.encode(spec).decode(),
        json.encode(source).decode(),
    )
    if row is None:
        return None
    await _keep_state(conn, spec)
    await _keep_timer(conn, spec)
    change: Literal["added", "changed"] = "added" if row["added"] else "changed"
    await outbox.add(conn, [ServiceDeclared(service_id=spec.id, change=change, version=row["version"], actor=actor)])
    return change


async def remove(conn: Connection, service_id: str, actor: str) -> bool:
    """Remove a service, its timer and its open interval. False: there is none."""
    version = await conn.fetchval("DELETE FROM service WHERE id = $1 RETURNING version", service_id)
    if version is None:
        return False
    await conn.execute("UPDATE status_interval SET to_at = now() WHERE service_id = $1 AND to_at IS NULL", service_id)
    await outbox.remove_schedule(conn, timer_of(service_id, 30).subject)
    await outbox.add(conn, [ServiceDeclared(service_id=service_id, change="removed", version=version, actor=actor)])
    return True


async def record_beat(conn: Connection, service_id: str, at: datetime) -> None:
    await conn.execute(
        "UPDATE service_state SET last_beat_at = greatest(last_beat_at, $2) WHERE service_id = $1", service_id, at
    )


def timer_of(service_id: str, interval_seconds: float) -> Timer:
    return Timer(DOMAIN, service_id, interval_seconds)


async def _keep_state(conn: Connection, spec: ServiceSpec) -> None:
    """A new service starts unknown; a paused one stops having a status, so that the pause counts as no data."""
    await conn.execute(
        "INSERT INTO service_state (service_id, state) VALUES ($1, $2::text::jsonb) ON CONFLICT DO NOTHING",
        spec.id,
        json.encode(ServiceState()).decode(),
    )
    if spec.paused:
        await _pause(conn, spec)


async def _pause(conn: Connection, spec: ServiceSpec) -> None:
    """From the last result on nothing is known; the open interval ends there, and who listens is told."""
    text = await conn.fetchval("SELECT state::text FROM service_state WHERE service_id = $1 FOR UPDATE", spec.id)
    before, now = _state.decode(text), datetime.now(UTC)
    known_to = known_until(before, stale_after_seconds(spec.interval_seconds, spec.timeout_seconds)) or now
    paused, changes = lapse(before, min(now, known_to), now, "Paused")
    await conn.execute(
        "UPDATE service_state SET state = $2::text::jsonb WHERE service_id = $1", spec.id, json.encode(paused).decode()
    )
    await save_transitions(conn, [Confirmed(spec, change, paused) for change in changes])


async def _keep_timer(conn: Connection, spec: ServiceSpec) -> None:
    timer = timer_of(spec.id, spec.interval_seconds)
    if spec.paused:
        await outbox.remove_schedule(conn, timer.subject)
    else:
        await outbox.add_schedule(conn, timer)
