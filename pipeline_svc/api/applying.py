"""Applying the saved revision to gateways that run, confirming it, and what comes back when nobody does."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from msgspec import structs

from pipeline_svc import candidate, pipeline, store
from pipeline_svc.api.reading import read_pipeline
from pipeline_svc.api.refusals import demand_proof, members_of
from pipeline_svc.candidate import Deed
from pipeline_svc.document import Saved, chain_of
from pipeline_svc.metrics import APPLIED, SAVED
from pipeline_svc.room import Room
from pipeline_svc.store import Applied
from pipeline_svc.view import running_revision
from shared.contracts.pipeline import procedures as contract
from shared.contracts.pipeline.document import Pipeline, PipelineNode
from shared.db import Connection
from shared.problems import conflict
from shared.rpc import Caller

log = structlog.get_logger(__name__)

CONFIRM = timedelta(seconds=60)
SETTLE_SECONDS = 3.0
BELFRY = "belfry"


async def apply_pipeline(room: Room, request: contract.RevisionRef, caller: Caller) -> Pipeline:
    """Answers when every gateway runs it or said why not, at the latest after three seconds."""
    async with room.changing() as conn:
        saved = await room.latest(conn)
        if request.revision != saved.revision:
            raise conflict(f"Revision {saved.revision} is the latest", **members_of(saved))
        demand_proof(caller, chain_of(saved.revision, saved.steps))
        order = await _order(room, conn, saved, caller.actor)
        await store.apply(conn, order, saved, order.returns_to)
        APPLIED.inc()
        log.info("pipeline.applied", revision=saved.revision, actor=caller.actor, risky=order.confirm_until is not None)
    await room.fleet.until(lambda: settled(room.fleet.nodes(room.now()), saved.revision), SETTLE_SECONDS)
    async with room.pool.acquire(timeout=1) as conn:
        return await read_pipeline(room, conn)


async def confirm_pipeline(room: Room, request: contract.RevisionRef, caller: Caller) -> Pipeline:
    async with room.changing() as conn:
        if not await store.confirm(conn, request.revision, caller.actor, room.now()):
            raise conflict(f"Revision {request.revision} does not wait to be confirmed")
        return await read_pipeline(room, conn)


async def return_unconfirmed(room: Room) -> None:
    """When the time to confirm a risky revision is over, the one that ran before becomes the latest, and is applied."""
    async with room.pool.acquire(timeout=5) as conn:
        if not _is_late(room, await store.applied(conn)):
            return
    async with room.changing() as conn:
        late = await store.applied(conn)
        if late is not None and _is_late(room, late):
            await _return(room, conn, late)


def settled(nodes: Sequence[PipelineNode], revision: int) -> bool:
    return all(revision in (node.revision, node.rejected_revision) for node in nodes)


async def _order(room: Room, conn: Connection, saved: Saved, actor: str) -> Applied:
    """With the revision that comes back, when this one has to be confirmed."""
    now, last = room.now(), await store.applied(conn)
    nodes = room.fleet.nodes(now)
    running = running_revision(nodes) or min((node.revision for node in nodes), default=saved.revision)
    ran = await store.find(conn, running)
    confirm = ran is not None and pipeline.risky(room.fit(ran).steps, saved.steps, room.catalogue)
    return Applied(
        number=last.number + 1 if last else 1,
        revision=saved.revision,
        applied_by=actor,
        applied_at=now,
        returns_to=running if confirm else None,
        confirm_until=now + CONFIRM if confirm else None,
    )


def _is_late(room: Room, applied: Applied | None) -> bool:
    return applied is not None and applied.confirm_until is not None and applied.confirm_until <= room.now()


async def _return(room: Room, conn: Connection, late: Applied) -> None:
    latest = await room.latest(conn)
    earlier = await store.find(conn, late.returns_to or latest.revision) or latest
    found = candidate.judged(latest.steps, room.fit(earlier).steps, [], room.catalogue)
    comment = f"Revision {earlier.revision} came back: {late.revision} was not confirmed in time"
    saved = candidate.revised(latest, found, Deed(kind="return", actor=BELFRY, at=room.now(), comment=comment))
    await store.save(conn, saved)
    SAVED.labels("return").inc()
    order = structs.replace(
        late,
        number=late.number + 1,
        revision=saved.revision,
        applied_by=BELFRY,
        applied_at=room.now(),
        returns_to=None,
        confirm_until=None,
    )
    await store.apply(conn, order, saved, late.revision)
    log.warning("pipeline.returned", revision=saved.revision, unconfirmed=late.revision, to=earlier.revision)
