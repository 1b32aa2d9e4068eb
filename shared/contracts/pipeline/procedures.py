"""What pipeline_svc is asked."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.contracts.pipeline.chain import Chain
from shared.contracts.pipeline.constraints import Order
from shared.contracts.pipeline.document import Middleware, Pipeline, Settings
from shared.contracts.pipeline.revisions import Comment, RevisionDiff, Revisions, Validation
from shared.contracts.pipeline.stats import WINDOW_SECONDS, MiddlewareStats
from shared.contracts.wire import Id, Nothing, Rpc


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
