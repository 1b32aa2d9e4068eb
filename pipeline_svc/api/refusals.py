"""Why a change is not saved: someone was faster, or a rule is broken."""

from typing import Any

from msgspec import json

from pipeline_svc import pipeline, store
from pipeline_svc.candidate import Candidate
from pipeline_svc.differences import merged_order
from pipeline_svc.document import Saved, order_of, reordered
from pipeline_svc.room import Room
from shared.contracts.pipeline.chain import TRIED_ANOTHER, Chain
from shared.contracts.pipeline.procedures import UpdateOrder
from shared.contracts.pipeline.revisions import OrderConflict, RevisionKind, StepConflict
from shared.contracts.wire import FieldError, Problem
from shared.db import Connection
from shared.problems import ProblemError, conflict, invalid_field, precondition_required
from shared.rpc import Caller

PLACE = {"order": "order", "step": "enabled", "rollback": "to_revision"}
"""The field that a broken rule is told at, by what was asked for."""


def refused(found: Candidate, kind: RevisionKind) -> ProblemError:
    """422 with every bad field, and every rule that is broken."""
    errors = [FieldError(_field(error.field, kind), error.message) for error in found.errors]
    errors = errors or [FieldError(PLACE.get(kind, ""), violation.message) for violation in found.violations]
    extensions = {"violations": found.violations}
    return ProblemError(
        Problem(status=422, title="Invalid input", detail=errors[0].message, errors=errors, extensions=extensions)
    )


def demand_proof(caller: Caller, chain: Chain) -> None:
    """Nobody changes the chain whose own request was not sent through it first, which gateways do. Raises ProblemError:
    428 without a proof, 409 for that of another chain, as when someone was faster."""
    if not caller.proof:
        raise precondition_required("Ask a gateway over HTTP: it sends your request through the changed chain first")
    if caller.proof != chain.proof:
        raise conflict("The chain was changed after this change was tried. Try again", code=TRIED_ANOTHER)


def members_of(saved: Saved) -> dict[str, Any]:
    """Who was faster, with what."""
    return {
        "current_revision": saved.revision,
        "current_order": order_of(saved.steps),
        "changed_by": saved.saved_by,
        "changed_at": saved.saved_at,
        "comment": saved.comment,
    }


async def order_conflict(room: Room, conn: Connection, saved: Saved, request: UpdateOrder) -> ProblemError:
    """409 with both orders, and both of them joined."""
    found = await store.find(conn, request.base_revision or 0)
    if found is None:
        return invalid_field("base_revision", f"There is no revision {request.base_revision}")
    base, theirs = order_of(room.fit(found).steps), order_of(saved.steps)
    merged = merged_order(base, theirs, request.order)
    members = OrderConflict(
        **members_of(saved),
        base_revision=found.revision,
        base_order=base,
        merged_order=merged,
        merge_violations=pipeline.violations(reordered(saved.steps, merged), room.catalogue, theirs) if merged else [],
    )
    return conflict(f"{saved.saved_by} saved revision {saved.revision} meanwhile", **_plain(members))


async def step_conflict(conn: Connection, saved: Saved, id: str) -> ProblemError:
    """409 with the step as it is."""
    step = next(step for step in saved.steps if step.id == id)
    changed = await store.find(conn, step.version) or saved
    members = StepConflict(
        current_revision=saved.revision,
        current_version=step.version,
        current_enabled=step.enabled,
        current_settings=step.settings,
        changed_by=changed.saved_by,
        changed_at=changed.saved_at,
        comment=changed.comment,
    )
    return conflict(f"{changed.saved_by} changed {id} meanwhile", **_plain(members))


def _field(field: str, kind: RevisionKind) -> str:
    """Where the caller wrote it: a PATCH names the step in its path."""
    setting = field.partition(".")[2]
    return f"settings.{setting}" if kind == "step" and setting else field


def _plain(members: OrderConflict | StepConflict) -> dict[str, Any]:
    plain: dict[str, Any] = json.decode(json.encode(members))
    return plain
