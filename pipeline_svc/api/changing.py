"""Changes of the chain: its order, one step, or back to a revision. Each makes a new revision."""

import structlog

from pipeline_svc import candidate, pipeline, store
from pipeline_svc.api.reading import place_or_404, read_pipeline
from pipeline_svc.api.refusals import demand_proof, members_of, order_conflict, refused, step_conflict
from pipeline_svc.candidate import Candidate, Deed
from pipeline_svc.document import Saved, chain_of, order_of
from pipeline_svc.metrics import SAVED
from pipeline_svc.room import Room
from shared.contracts.pipeline import procedures as contract
from shared.contracts.pipeline.document import Pipeline
from shared.contracts.pipeline.procedures import StepChange
from shared.contracts.pipeline.revisions import Validation
from shared.db import Connection
from shared.problems import conflict, invalid_field, precondition_failed, precondition_required
from shared.rpc import Caller

log = structlog.get_logger(__name__)


async def update_pipeline(room: Room, request: contract.UpdateOrder, caller: Caller) -> Pipeline:
    if request.base_revision is None and request.if_match is None:
        raise precondition_required("Name the revision the order was made from, in base_revision or If-Match")
    async with room.changing() as conn:
        saved = await room.latest(conn)
        if request.if_match not in (None, saved.revision):
            raise precondition_failed(f"The pipeline is at revision {saved.revision}", **members_of(saved))
        if request.base_revision not in (None, saved.revision):
            raise await order_conflict(room, conn, saved, request)
        found = candidate.of_order(saved.steps, request.order, room.catalogue)
        deed = Deed(kind="order", actor=caller.actor, at=room.now(), comment=request.comment)
        await _save(conn, saved, found, caller, deed)
        return await read_pipeline(room, conn)


async def update_middleware(room: Room, request: contract.UpdateMiddleware, caller: Caller) -> Pipeline:
    change = StepChange(id=request.middleware_id, enabled=request.enabled, settings=request.settings)
    async with room.changing() as conn:
        saved = await room.latest(conn)
        step = saved.steps[place_or_404(order_of(saved.steps), change.id) - 1]
        if request.if_match not in (None, step.version):
            raise precondition_failed(f"{step.id} is at version {step.version}")
        if request.base_version not in (None, step.version):
            raise await step_conflict(conn, saved, step.id)
        found = candidate.of_steps(saved.steps, [change], room.catalogue)
        deed = Deed(kind="step", actor=caller.actor, at=room.now(), comment=request.comment)
        await _save(conn, saved, found, caller, deed)
        return await read_pipeline(room, conn)


async def rollback_pipeline(room: Room, request: contract.Rollback, caller: Caller) -> Pipeline:
    async with room.changing() as conn:
        saved = await room.latest(conn)
        if request.base_revision not in (None, saved.revision):
            raise conflict(f"Revision {saved.revision} was saved meanwhile", **members_of(saved))
        earlier = await store.find(conn, request.to_revision)
        if earlier is None:
            raise invalid_field("to_revision", f"There is no revision {request.to_revision}")
        found = candidate.judged(saved.steps, room.fit(earlier).steps, [], room.catalogue)
        comment = request.comment or f"Rolled back to {request.to_revision}"
        deed = Deed(kind="rollback", actor=caller.actor, at=room.now(), comment=comment)
        await _save(conn, saved, found, caller, deed)
        return await read_pipeline(room, conn)


async def validate_pipeline(room: Room, request: contract.ValidateChange, caller: Caller) -> Validation:
    """Nothing is saved."""
    async with room.pool.acquire(timeout=2) as conn:
        saved = await room.latest(conn)
        found = await _asked_for(room, conn, saved, request)
    return Validation(
        valid=found.good,
        risky=pipeline.risky(saved.steps, found.steps, room.catalogue),
        violations=found.violations,
        errors=found.errors,
        changes=found.changes,
        chain=chain_of(saved.revision + bool(found.changes), found.steps) if found.good else None,
    )


async def _asked_for(room: Room, conn: Connection, saved: Saved, request: contract.ValidateChange) -> Candidate:
    steps = saved.steps
    if request.to_revision is not None:
        earlier = await store.find(conn, request.to_revision)
        if earlier is None:
            raise invalid_field("to_revision", f"There is no revision {request.to_revision}")
        steps = room.fit(earlier).steps
    found = candidate.of_steps(steps, request.steps, room.catalogue)
    if request.order is None:
        return candidate.judged(saved.steps, found.steps, found.errors, room.catalogue)
    ordered = candidate.of_order(found.steps, request.order, room.catalogue)
    if ordered.errors:
        return Candidate(
            steps=ordered.steps, changes=[], violations=ordered.violations, errors=found.errors + ordered.errors
        )
    return candidate.judged(saved.steps, ordered.steps, found.errors, room.catalogue)


async def _save(conn: Connection, saved: Saved, found: Candidate, caller: Caller, deed: Deed) -> None:
    """A new revision, unless nothing changes. Raises ProblemError 422, and what a missing proof does."""
    if not found.good:
        raise refused(found, deed.kind)
    if found.changes:
        demand_proof(caller, chain_of(saved.revision + 1, found.steps))
        await store.save(conn, candidate.revised(saved, found, deed))
        SAVED.labels(deed.kind).inc()
        log.info("pipeline.saved", revision=saved.revision + 1, kind=deed.kind, actor=deed.actor)
