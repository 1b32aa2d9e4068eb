"""The chain as it is shown: its steps, gateways and what waits to be confirmed."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from shared.contracts.interceptors import Phase
from shared.contracts.pipeline.constraints import Constraint
from shared.contracts.pipeline.stats import WINDOW_SECONDS, StepStats

Settings = dict[str, Any]


Origin = Literal["saved", "applied", "copy", "default"]
"""Where a gateway has its chain from: the latest saved revision at its start; one that was applied since; the last one
it could read while pipeline_svc was away; or the one it was built with, because it could read none."""


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
