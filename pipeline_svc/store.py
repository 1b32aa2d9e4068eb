"""Revisions of the chain, and which one gateways were told to run: with their events, in one transaction."""

from datetime import datetime
from typing import Any

import asyncpg
from msgspec import Struct, json

from pipeline_svc.document import Saved, Step, chain_of
from shared import outbox
from shared.contracts.pipeline.chain import APPLIED_KEY, CHAINS_BUCKET, SAVED_KEY, AppliedChain
from shared.contracts.pipeline.events import PipelineApplied, PipelineChanged, PipelineConfirmed
from shared.contracts.pipeline.revisions import Change
from shared.db import Connection

_steps = json.Decoder(list[Step])
_changes = json.Decoder(list[Change])
COLUMNS = "revision, kind, steps::text AS steps, changes::text AS changes, saved_by, saved_at, comment"


class Applied(Struct, frozen=True, kw_only=True):
    """What gateways were told to run. `confirm_until`: null when nobody has to confirm it (any more)."""

    number: int
    revision: int
    applied_by: str
    applied_at: datetime
    returns_to: int | None
    confirm_until: datetime | None


def _saved(row: asyncpg.Record) -> Saved:
    given: dict[str, Any] = dict(row)
    return Saved(**{**given, "steps": _steps.decode(row["steps"]), "changes": _changes.decode(row["changes"])})


async def hold_still(conn: Connection) -> None:
    """Until the caller's transaction ends nobody else saves or applies."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('belfry.pipeline'))")


async def latest(conn: Connection) -> Saved | None:
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM revision ORDER BY revision DESC LIMIT 1")
    return _saved(row) if row else None


async def find(conn: Connection, revision: int) -> Saved | None:
    row = await conn.fetchrow(f"SELECT {COLUMNS} FROM revision WHERE revision = $1", revision)
    return _saved(row) if row else None


async def list_before(conn: Connection, revision: int | None, limit: int) -> list[Saved]:
    """Newest first, those older than `revision`."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM revision WHERE $1::bigint IS NULL OR revision < $1 ORDER BY revision DESC LIMIT $2",
        revision,
        limit,
    )
    return [_saved(row) for row in rows]


async def save(conn: Connection, saved: Saved) -> None:
    """A new revision, its event, and the copy that gateways read."""
    await conn.execute(
        "INSERT INTO revision (revision, kind, steps, changes, saved_by, saved_at, comment) "
        "VALUES ($1, $2, $3::text::jsonb, $4::text::jsonb, $5, $6, $7)",
        saved.revision,
        saved.kind,
        json.encode(saved.steps).decode(),
        json.encode(saved.changes).decode(),
        saved.saved_by,
        saved.saved_at,
        saved.comment,
    )
    event = PipelineChanged(
        revision=saved.revision,
        kind=saved.kind,
        actor=saved.saved_by,
        at=saved.saved_at,
        comment=saved.comment,
        changes=saved.changes,
    )
    await outbox.add(conn, [event])
    await copy_saved(conn, saved)


async def applied(conn: Connection) -> Applied | None:
    row = await conn.fetchrow("SELECT number, revision, applied_by, applied_at, returns_to, confirm_until FROM applied")
    return Applied(**dict(row)) if row else None


async def apply(conn: Connection, order: Applied, saved: Saved, from_revision: int | None) -> None:
    """Tell gateways to run `saved`."""
    await conn.execute(
        """
        INSERT INTO applied (number, revision, applied_by, applied_at, returns_to, confirm_until)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (one) DO UPDATE SET
            number = excluded.number, revision = excluded.revision, applied_by = excluded.applied_by,
            applied_at = excluded.applied_at, returns_to = excluded.returns_to, confirm_until = excluded.confirm_until
        """,
        order.number,
        order.revision,
        order.applied_by,
        order.applied_at,
        order.returns_to,
        order.confirm_until,
    )
    event = PipelineApplied(
        revision=order.revision,
        from_revision=from_revision,
        actor=order.applied_by,
        at=order.applied_at,
        confirm_until=order.confirm_until,
    )
    await outbox.add(conn, [event])
    await copy_applied(conn, order, saved)


async def confirm(conn: Connection, revision: int, actor: str, now: datetime) -> bool:
    """False: this revision does not wait for it (any more)."""
    changed = await conn.fetchval(
        "UPDATE applied SET confirm_until = NULL, returns_to = NULL "
        "WHERE revision = $1 AND confirm_until > $2 RETURNING number",
        revision,
        now,
    )
    if changed is not None:
        await outbox.add(conn, [PipelineConfirmed(revision=revision, actor=actor, at=now)])
    return changed is not None


async def copy_saved(conn: Connection, saved: Saved) -> None:
    await outbox.put(conn, CHAINS_BUCKET, SAVED_KEY, chain_of(saved.revision, saved.steps))


async def copy_applied(conn: Connection, order: Applied, saved: Saved) -> None:
    copy = AppliedChain(number=order.number, chain=chain_of(saved.revision, saved.steps))
    await outbox.put(conn, CHAINS_BUCKET, APPLIED_KEY, copy)
