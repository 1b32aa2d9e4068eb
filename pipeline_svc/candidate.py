"""A change that was asked for: what it would make of the chain, and what is wrong with it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from pipeline_svc import pipeline
from pipeline_svc.differences import changes
from pipeline_svc.document import Catalogue, Saved, Step, order_of, reordered, stamped, with_step
from pipeline_svc.interceptors import check
from shared.contracts.pipeline.constraints import Violation
from shared.contracts.pipeline.procedures import StepChange
from shared.contracts.pipeline.revisions import Change, RevisionKind
from shared.contracts.wire import FieldError


class Deed(Struct, frozen=True, kw_only=True):
    """Who saves what kind of revision, when and why."""

    kind: RevisionKind
    actor: str
    at: datetime
    comment: str


class Candidate(Struct, frozen=True, kw_only=True):
    """`steps`: the chain with the change, as far as it can be made."""

    steps: list[Step]
    changes: list[Change]
    violations: list[Violation]
    errors: list[FieldError]

    @property
    def good(self) -> bool:
        return not (self.violations or self.errors)


def of_order(steps: Sequence[Step], order: Sequence[str], catalogue: Catalogue) -> Candidate:
    wrong = pipeline.wrong_members(order, order_of(steps))
    if wrong:
        errors = [FieldError("order", violation.message) for violation in wrong]
        return Candidate(steps=list(steps), changes=[], violations=wrong, errors=errors)
    return judged(steps, reordered(steps, order), [], catalogue)


def of_steps(steps: Sequence[Step], given: Sequence[StepChange], catalogue: Catalogue) -> Candidate:
    """Errors name `<step>.<setting>`."""
    after, errors = list(steps), list[FieldError]()
    for change in given:
        if change.id not in order_of(steps):
            errors.append(FieldError(change.id, "is not a step"))
            continue
        after = with_step(after, change.id, change.enabled, change.settings)
        if change.id not in catalogue:
            errors += [FieldError(f"{change.id}.enabled", "this Belfry has no such step")] if change.enabled else []
        elif change.settings is not None:
            step = next(step for step in after if step.id == change.id)
            read, wrong = check(change.id, step.settings)
            after = with_step(after, change.id, settings=read)
            errors += [FieldError(f"{change.id}.{error.field}", error.message) for error in wrong]
    return judged(steps, after, errors, catalogue)


def judged(before: Sequence[Step], after: Sequence[Step], errors: list[FieldError], catalogue: Catalogue) -> Candidate:
    return Candidate(
        steps=list(after),
        changes=changes(before, after),
        violations=pipeline.violations(after, catalogue, order_of(before)),
        errors=errors,
    )


def revised(saved: Saved, found: Candidate, deed: Deed) -> Saved:
    """The next revision."""
    revision = saved.revision + 1
    return Saved(
        revision=revision,
        kind=deed.kind,
        steps=stamped(saved.steps, found.steps, revision),
        changes=found.changes,
        saved_by=deed.actor,
        saved_at=deed.at,
        comment=deed.comment,
    )
