"""The saved chain, its cost and who runs it, as one answer."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from pipeline_svc import costs
from pipeline_svc.document import Catalogue, Saved, Step
from pipeline_svc.interceptors import summary
from pipeline_svc.store import Applied
from shared.contracts.pipeline.document import Confirmation, Pipeline, PipelineNode, PipelineStep
from shared.contracts.pipeline.events import PipelineMeasured


class Facts(Struct, frozen=True, kw_only=True):
    """What is known at a moment."""

    now: datetime
    saved: Saved
    applied: Applied | None
    nodes: Sequence[PipelineNode]
    spans: Sequence[PipelineMeasured]


def pipeline(facts: Facts, catalogue: Catalogue) -> Pipeline:
    saved, totals = facts.saved, costs.total(facts.spans)
    return Pipeline(
        revision=saved.revision,
        running_revision=running_revision(facts.nodes),
        restart_required=restart_required(facts.nodes, saved.revision),
        steps=[step_view(step, place, totals, catalogue) for place, step in enumerate(saved.steps, 1)],
        handler=costs.stats_of(costs.HANDLER, totals),
        avg_ms=costs.avg_ms(totals),
        steps_avg_ms=costs.steps_avg_ms(totals),
        requests_per_second=costs.requests_per_second(totals),
        nodes=list(facts.nodes),
        confirmation=confirmation(facts.applied, facts.now),
        updated_by=saved.saved_by,
        updated_at=saved.saved_at,
        comment=saved.comment,
    )


def step_view(step: Step, place: int, totals: costs.Totals, catalogue: Catalogue) -> PipelineStep:
    """A step this release does not have keeps its id, its place and its settings."""
    known, stats = catalogue.get(step.id), costs.stats_of(step.id, totals)
    return PipelineStep(
        id=step.id,
        name=known.name if known else step.id,
        order=place,
        enabled=step.enabled,
        avg_ms=stats.avg_ms,
        phase=known.phase if known else "transform",
        doc=known.doc if known else "This Belfry has no such step. It is kept, and off.",
        summary=summary(step.id, step.settings),
        locked=known.locked if known else False,
        known=known is not None,
        version=step.version,
        settings=step.settings,
        constraints=known.constraints if known else [],
        stats=stats,
    )


def running_revision(nodes: Sequence[PipelineNode]) -> int | None:
    """What all gateways run; none when they differ, or none is there."""
    revisions = {node.revision for node in nodes}
    return revisions.pop() if len(revisions) == 1 else None


def restart_required(nodes: Sequence[PipelineNode], revision: int) -> bool:
    return any(node.revision != revision for node in nodes)


def confirmation(applied: Applied | None, now: datetime) -> Confirmation | None:
    """What someone has to confirm; null once it is, or once it is too late."""
    if applied is None or applied.confirm_until is None or applied.returns_to is None or applied.confirm_until <= now:
        return None
    return Confirmation(
        revision=applied.revision,
        returns_to=applied.returns_to,
        applied_by=applied.applied_by,
        until=applied.confirm_until,
    )
