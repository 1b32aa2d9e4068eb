"""What pipeline_svc and the gateways tell on the bus."""

from datetime import datetime
from typing import ClassVar

from shared.contracts.pipeline.chain import GATEWAY
from shared.contracts.pipeline.document import PipelineNode
from shared.contracts.pipeline.revisions import Change, RevisionKind
from shared.contracts.pipeline.stats import MeasuredStep
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Event


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
