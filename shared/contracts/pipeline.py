"""The pipeline: the steps every request passes in the gateway, their order, settings and cost."""

from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct, json

from shared.contracts.interceptors import Phase
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Event, FieldError, Id, Nothing, Rpc

GATEWAY = "gateway"
"""Whose chain it is: the id in the subjects of its events."""
WINDOW_SECONDS = 300

Comment = Annotated[str, Meta(max_length=300)]
Order = Annotated[list[Id], Meta(min_length=1, max_length=100)]
Settings = dict[str, Any]
ConstraintKind = Literal["before", "after", "requires"]
ChangeKind = Literal["moved", "enabled", "disabled", "settings", "added", "removed"]
RevisionKind = Literal["initial", "order", "step", "rollback", "return"]
"""What made a revision. `return`: a risky one was applied and not confirmed, so the one before came back."""
Origin = Literal["saved", "applied", "copy", "default"]
"""Where a gateway has its chain from: the latest saved revision at its start; one that was applied since; the last one
it could read while pipeline_svc was away; or the one it was built with, because it could read none."""


# --- the catalogue ------------------------------------------------------------------------------------------------


class When(Struct, frozen=True):
    """A constraint that holds only while a setting of the step has one of these values."""

    setting: str
    values: list[str]


class Constraint(Struct, frozen=True, kw_only=True):
    """`before`, `after`: where the step may stand, switched on or off. `requires`: what must be on while it is on.
    `reason`: a sentence for people."""

    kind: ConstraintKind
    others: list[str]
    reason: str
    when: When | None = None


class Violation(Struct, frozen=True, kw_only=True):
    """A rule that does not hold, such as `rate_limit_after_auth`. `rule` may also be `locked`, `permutation` or
    `lock_out`. `nearest_place`: from 1, the closest one to what was asked at which `step` breaks no rule;
    `nearest_order`: the whole order with it there. Both null where moving that step alone does not help."""

    rule: str
    step: str
    other: str | None
    message: str
    nearest_place: int | None = None
    nearest_order: list[str] | None = None


# --- what it costs ------------------------------------------------------------------------------------------------


class StepStats(Struct, frozen=True, kw_only=True):
    """Self time of a step, without what it waits for further in; null without calls. `answered`: requests that went no
    further, because the step gave the answer or refused them. `errors`: exceptions of its own. `share_pct`: of the
    time of all requests. The id of the handler, behind the last step, is `handler`."""

    id: str
    calls: int
    calls_per_second: float
    answered: int
    answered_per_second: float
    errors: int
    avg_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    share_pct: float | None


class NodeStats(Struct, frozen=True, kw_only=True):
    """What one gateway measured. `avg_ms`: of whole requests; `steps_avg_ms`: the part of it outside of the handler."""

    node: str
    revision: int
    requests: int
    requests_per_second: float
    avg_ms: float | None
    steps_avg_ms: float | None
    steps: list[StepStats]
    handler: StepStats


class MiddlewareStats(Struct, frozen=True, kw_only=True):
    """The last `window_seconds`, over all gateways and for each. Upgrades to WebSocket are not in it. No quantile is
    further from the exact value than `error_bound_pct`."""

    window_seconds: int
    from_at: datetime
    to_at: datetime
    requests: int
    requests_per_second: float
    avg_ms: float | None
    steps_avg_ms: float | None
    steps: list[StepStats]
    handler: StepStats
    nodes: list[NodeStats]
    error_bound_pct: float


# --- the document -------------------------------------------------------------------------------------------------


class PipelineStep(Struct, frozen=True, kw_only=True):
    """`order`: its place, from 1. `avg_ms`: self time over the last five minutes. `summary`: its settings in a line.
    `version` grows with each change of this step. `known`: false when this Belfry has no such step any more; it is kept
    and off."""

    id: str
    name: str
    order: int
    enabled: bool
    avg_ms: float | None
    phase: Phase
    doc: str
    summary: str
    locked: bool
    known: bool
    version: int
    settings: Settings
    constraints: list[Constraint]
    stats: StepStats | None


class PipelineNode(Struct, frozen=True, kw_only=True):
    """A gateway. `rejected_revision`: the last one it could not build, and `error` why; null once it runs a newer one.
    `unknown_steps`: steps of the revision it runs that it does not have, and leaves out."""

    node: str
    version: str
    revision: int
    origin: Origin
    started_at: datetime
    changed_at: datetime
    seen_at: datetime
    rejected_revision: int | None = None
    error: str = ""
    unknown_steps: list[str] = []


class Confirmation(Struct, frozen=True, kw_only=True):
    """A risky revision runs; unless someone confirms it until then, `returns_to` comes back as a new revision."""

    revision: int
    returns_to: int
    applied_by: str
    until: datetime


class Pipeline(Struct, frozen=True, kw_only=True):
    """The saved chain, what it costs, and which gateway runs what. `running_revision`: null when gateways differ, or
    none is there. `restart_required`: a gateway does not run the saved revision yet. `confirmation`: see there."""

    revision: int
    running_revision: int | None
    restart_required: bool
    steps: list[PipelineStep]
    handler: StepStats | None
    avg_ms: float | None
    steps_avg_ms: float | None
    requests_per_second: float
    nodes: list[PipelineNode]
    confirmation: Confirmation | None
    updated_by: str
    updated_at: datetime
    comment: str
    window_seconds: int = WINDOW_SECONDS


class Middleware(Struct, frozen=True, kw_only=True):
    """One step in full. `schema`: the JSON Schema of its settings; `defaults`: every setting as it is without a change;
    `nodes`: its stats for each gateway."""

    step: PipelineStep
    revision: int
    restart_required: bool
    schema: dict[str, Any]
    defaults: Settings
    nodes: dict[str, StepStats]
    changed_by: str
    changed_at: datetime


class Change(Struct, frozen=True, kw_only=True):
    """What a revision did to one step. `before` and `after`: its place from 1 when it moved, else the settings that
    differ."""

    step: str
    kind: ChangeKind
    before: Any = None
    after: Any = None


class Revision(Struct, frozen=True, kw_only=True):
    """A saved chain. `running_on`: the gateways that run it. `changes`: against the one before it."""

    revision: int
    kind: RevisionKind
    saved_by: str
    saved_at: datetime
    comment: str
    latest: bool
    running_on: list[str]
    changes: list[Change]


class Revisions(Struct, frozen=True, kw_only=True):
    """Newest first."""

    revisions: list[Revision]
    next_cursor: str | None


class RevisionDiff(Struct, frozen=True, kw_only=True):
    """What leads from one revision to another: of the steps that moved only those that had to."""

    from_revision: int
    to_revision: int
    from_order: list[str]
    to_order: list[str]
    changes: list[Change]


class Validation(Struct, frozen=True, kw_only=True):
    """Could it be saved? `errors`: bad settings by field, `<step>.<setting>`. `risky`: applied without a restart it has
    to be confirmed. `chain`: what would be saved, null when it is not valid."""

    valid: bool
    risky: bool
    violations: list[Violation]
    errors: list[FieldError]
    changes: list[Change]
    chain: "Chain | None"


class OrderConflict(Struct, frozen=True, kw_only=True):
    """Members of the 409 to an order made from an older revision. `merged_order`: the moves of both, null when they
    cannot be joined; `merge_violations`: what would keep it from being saved."""

    current_revision: int
    current_order: list[str]
    base_revision: int
    base_order: list[str]
    changed_by: str
    changed_at: datetime
    comment: str
    merged_order: list[str] | None
    merge_violations: list[Violation]


class StepConflict(Struct, frozen=True, kw_only=True):
    """Members of the 409 to a change of a step made from an older version of it."""

    current_revision: int
    current_version: int
    current_enabled: bool
    current_settings: Settings
    changed_by: str
    changed_at: datetime
    comment: str


# --- what gateways read -------------------------------------------------------------------------------------------


class ChainStep(Struct, frozen=True, kw_only=True):
    id: str
    enabled: bool
    settings: Settings = {}


class Chain(Struct, frozen=True, kw_only=True):
    """A chain as gateways build it, in running order."""

    revision: int
    steps: list[ChainStep]

    @property
    def proof(self) -> str:
        """What a caller shows to have tried this very chain."""
        return blake2b(json.encode(self, order="sorted"), digest_size=16).hexdigest()


class AppliedChain(Struct, frozen=True, kw_only=True):
    """The chain every gateway should run now. `number` grows with each one applied; 0: none ever was."""

    number: int
    chain: Chain


TRIED_ANOTHER = "tried_another"
"""The code of the 409 to a change whose proof is of another chain than it would make: to be tried anew."""
CHAINS_BUCKET = "pipeline"
SAVED_KEY = "pipeline.saved"
"""Holds the Chain of the latest revision."""
APPLIED_KEY = "pipeline.applied"
"""Holds the last AppliedChain."""


# --- events -------------------------------------------------------------------------------------------------------


class PipelineChanged(Event, frozen=True, kw_only=True):
    """A revision of the chain was saved. Gateways run it after a restart, or when it is applied."""

    SUBJECT: ClassVar[str] = "belfry.v1.pipeline.changed.{service}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    service: str = GATEWAY
    revision: int
    kind: RevisionKind
    actor: str
    at: datetime
    comment: str
    changes: list[Change]


class PipelineApplied(Event, frozen=True, kw_only=True):
    """Gateways are to run this revision now. `confirm_until`: null when nobody has to confirm it."""

    SUBJECT: ClassVar[str] = "belfry.v1.pipeline.applied.{service}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    service: str = GATEWAY
    revision: int
    from_revision: int | None
    actor: str
    at: datetime
    confirm_until: datetime | None


class PipelineConfirmed(Event, frozen=True, kw_only=True):
    """A risky revision was confirmed and stays."""

    SUBJECT: ClassVar[str] = "belfry.v1.pipeline.confirmed.{service}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    service: str = GATEWAY
    revision: int
    actor: str
    at: datetime


class NodeAnnounced(Event, frozen=True, kw_only=True):
    """A gateway says which chain it runs: at its start, after each change of it, every five seconds, and when it ends
    (`stopped`)."""

    SUBJECT: ClassVar[str] = "belfry.v1.pipeline.announced.{node}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    node: str
    state: PipelineNode
    stopped: bool = False


class MeasuredStep(Struct, frozen=True, kw_only=True):
    """Self time of one step in a span, as a histogram: bucket `offset + i` holds `counts[i]` calls. Bucket `b` reaches
    from `2**(b // 8) * (1 + b % 8 / 8)` nanoseconds up to where the next begins."""

    id: str
    calls: int
    answered: int
    errors: int
    sum_ms: float
    offset: int
    counts: list[int]


class PipelineMeasured(Event, frozen=True, kw_only=True):
    """What the steps of a gateway cost since it said so last, about five seconds ago. The last one is the handler."""

    SUBJECT: ClassVar[str] = "belfry.v1.pipeline.measured.{node}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    node: str
    revision: int
    from_at: datetime
    to_at: datetime
    requests: int
    sum_ms: float
    steps: list[MeasuredStep]


EVENTS = (PipelineChanged, PipelineApplied, PipelineConfirmed, NodeAnnounced, PipelineMeasured)


# --- remote procedures --------------------------------------------------------------------------------------------


class UpdateOrder(Struct, frozen=True, kw_only=True):
    """`order`: every step, in running order. Of `base_revision` (409) and `if_match` (412) one must be given."""

    order: Order
    base_revision: int | None = None
    if_match: int | None = None
    comment: Comment = ""


class StepChange(Struct, frozen=True, kw_only=True):
    """What is left out stays. `settings`: only those that change."""

    id: Id
    enabled: bool | None = None
    settings: Settings | None = None


class ValidateChange(Struct, frozen=True, kw_only=True):
    """A change that is only tried: of the order, of steps, or back to a revision."""

    order: Order | None = None
    steps: Annotated[list[StepChange], Meta(max_length=100)] = []
    to_revision: int | None = None


class UpdateMiddleware(Struct, frozen=True, kw_only=True):
    """What is left out stays. `settings`: only those that change. `base_version`: refuse with 409 when the step was
    changed since; `if_match`: with 412."""

    middleware_id: Id
    enabled: bool | None = None
    settings: Settings | None = None
    base_version: int | None = None
    if_match: int | None = None
    comment: Comment = ""


class RevisionRef(Struct, frozen=True, kw_only=True):
    """Must be the latest one: 409 otherwise."""

    revision: int


class Rollback(Struct, frozen=True, kw_only=True):
    """Save the chain of `to_revision` again. `base_revision`: refuse with 409 when there is a newer one."""

    to_revision: int
    base_revision: int | None = None
    comment: Comment = ""


class RevisionsQuery(Struct, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=128)] | None = None


class DiffQuery(Struct, frozen=True, kw_only=True):
    """`against`: the revision compared with; the one before when left out."""

    revision: int
    against: int | None = None


class MiddlewareRef(Struct, frozen=True, kw_only=True):
    middleware_id: Id


class StatsQuery(Struct, frozen=True, kw_only=True):
    window_seconds: Annotated[int, Meta(ge=10, le=WINDOW_SECONDS)] = WINDOW_SECONDS


GET_PIPELINE = Rpc("belfry.rpc.pipeline.get_pipeline", Nothing, Pipeline)
UPDATE_PIPELINE = Rpc("belfry.rpc.pipeline.update_pipeline", UpdateOrder, Pipeline)
VALIDATE_PIPELINE = Rpc("belfry.rpc.pipeline.validate_pipeline", ValidateChange, Validation)
APPLY_PIPELINE = Rpc("belfry.rpc.pipeline.apply_pipeline", RevisionRef, Pipeline, 5.0)
CONFIRM_PIPELINE = Rpc("belfry.rpc.pipeline.confirm_pipeline", RevisionRef, Pipeline)
ROLLBACK_PIPELINE = Rpc("belfry.rpc.pipeline.rollback_pipeline", Rollback, Pipeline)
LIST_REVISIONS = Rpc("belfry.rpc.pipeline.list_revisions", RevisionsQuery, Revisions)
GET_REVISION_DIFF = Rpc("belfry.rpc.pipeline.get_revision_diff", DiffQuery, RevisionDiff)
GET_MIDDLEWARE = Rpc("belfry.rpc.pipeline.get_middleware", MiddlewareRef, Middleware)
UPDATE_MIDDLEWARE = Rpc("belfry.rpc.pipeline.update_middleware", UpdateMiddleware, Pipeline)
GET_MIDDLEWARE_STATS = Rpc("belfry.rpc.pipeline.get_middleware_stats", StatsQuery, MiddlewareStats)
GET_CHAIN = Rpc("belfry.rpc.pipeline.get_chain", Nothing, Chain)

RPCS = (
    GET_PIPELINE,
    UPDATE_PIPELINE,
    VALIDATE_PIPELINE,
    APPLY_PIPELINE,
    CONFIRM_PIPELINE,
    ROLLBACK_PIPELINE,
    LIST_REVISIONS,
    GET_REVISION_DIFF,
    GET_MIDDLEWARE,
    UPDATE_MIDDLEWARE,
    GET_MIDDLEWARE_STATS,
    GET_CHAIN,
)
