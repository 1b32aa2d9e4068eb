"""All services as the health page shows them."""

from datetime import datetime

from msgspec import Struct

from shared.contracts.checks import CheckKind
from shared.contracts.config import ConfigState
from shared.contracts.health.runs import CheckRun
from shared.contracts.health.services import EdgeKind, Overlay, Result, ServiceSpec, Source, Status


class ServiceCard(Struct, frozen=True, kw_only=True):
    """A service on the board. `status` is its own, `effective` also counts its dependencies.
    `uptime_pct` and `coverage_pct` are over 30 days, floored; null without data."""

    id: str
    name: str
    group: str
    kinds: list[CheckKind]
    status: Status
    effective: Status
    overlays: list[Overlay]
    at_risk: bool
    root_causes: list[str]
    reason: str
    affected: list[str]
    since: datetime | None
    last_check: datetime | None
    next_check: datetime | None
    interval_seconds: float
    duration_ms: float | None
    uptime_pct: float | None
    coverage_pct: float
    recent: list[Result]
    fail_rate_1h_pct: float | None
    dependencies: list[str]
    tags: list[str]
    source: Source
    public: bool
    maintenance_until: datetime | None
    incident_id: str | None
    last_beat_at: datetime | None = None


class Board(Struct, frozen=True, kw_only=True):
    """All services, failing first. `checking`: false when no worker has recorded a run for longer than it should."""

    services: list[ServiceCard]
    counts: dict[str, int]
    generated_at: datetime
    checking: bool
    last_recorded_at: datetime | None
    config: ConfigState | None


class Impact(Struct, frozen=True, kw_only=True):
    """A service on the other side of dependencies; `via` is the chain between, nearest first."""

    id: str
    name: str
    effective: Status
    at_risk: bool
    kind: EdgeKind
    via: list[str]


class ServiceDetail(Struct, frozen=True, kw_only=True):
    """Everything about one service: card, spec, the last run, why it has its status, and who is affected.
    `why` holds the outcomes that led to the status; `cause_path` goes from the service to its root cause."""

    service: ServiceCard
    spec: ServiceSpec
    version: int
    last_run: CheckRun | None
    why: list[str]
    cause_path: list[str]
    affects: list[Impact]
    affected_by: list[Impact]
