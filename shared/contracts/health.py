"""Health: monitored services, their checks, status, uptime, incidents and maintenance."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.contracts.checks import CheckKind, CheckSpec
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Event, Id, Nothing, Rpc

Status = Literal["healthy", "degraded", "down", "unknown"]
"""What do the service's own checks say?"""
Result = Literal["pass", "warn", "fail", "error"]
"""What did one run say? `error`: we could not measure, which never counts against the service."""
Overlay = Literal["maintenance", "flapping", "stale", "paused"]
DayState = Literal["healthy", "degraded", "down", "maintenance", "no_data"]
EdgeKind = Literal["required", "limited", "optional"]
SourceKind = Literal["file", "api", "nats", "heartbeat", "self"]
Trigger = Literal["schedule", "manual", "heartbeat"]

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Interval = Annotated[float, Meta(ge=1, le=86_400)]
Timeout = Annotated[float, Meta(gt=0, le=60)]
Threshold = Annotated[int, Meta(ge=1, le=20)]


# --- what is monitored --------------------------------------------------------------------------------------------


class Dependency(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`required`: its fault degrades the dependent; `limited`: puts it at risk; `optional`: is only drawn."""

    id: Id
    kind: EdgeKind = "required"


class ServiceSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A monitored service as an operator writes it, in `belfry.yaml` or over the API."""

    id: Id
    name: Name | None = None
    group: Name = "Services"
    description: Annotated[str, Meta(max_length=500)] = ""
    interval_seconds: Interval = 30
    timeout_seconds: Timeout = 5
    failure_threshold: Threshold = 3
    success_threshold: Threshold = 2
    dependencies: list[Dependency] = []
    checks: Annotated[list[CheckSpec], Meta(min_length=1, max_length=20)]
    tags: list[Annotated[str, Meta(min_length=1, max_length=50)]] = []
    public: bool = False
    public_name: Name | None = None
    paused: bool = False


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a service was declared. Only `api` and `heartbeat` ones can be changed over the API."""

    kind: SourceKind
    path: str = ""
    line: int = 0


# --- one run of the checks ----------------------------------------------------------------------------------------


class Phase(Struct, frozen=True):
    """One phase of a check: dns, connect, tls, request, first_byte, body, query, handshake, ..."""

    name: str
    duration_ms: float


class Assertion(Struct, frozen=True, kw_only=True):
    """One statement about the answer, with what was expected and what came."""

    name: str
    expected: str
    actual: str
    passed: bool


class ComponentOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check of a service found. `response_head`: at most 2 KB, secrets masked."""

    component: str
    kind: CheckKind
    result: Result
    reason: str
    duration_ms: float
    critical: bool = False
    address: str = ""
    phases: list[Phase] = []
    assertions: list[Assertion] = []
    response_head: str = ""
    certificate_ends_at: datetime | None = None
    children: "list[ComponentOutcome]" = []


class CheckRun(Struct, frozen=True, kw_only=True):
    """One run of all checks of a service, newest first in lists."""

    id: str
    service_id: str
    trigger: Trigger
    started_at: datetime
    duration_ms: float
    result: Result
    reason: str
    affected: list[str] = []
    components: list[ComponentOutcome] = []


# --- what is shown ------------------------------------------------------------------------------------------------


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


class ConfigState(Struct, frozen=True, kw_only=True):
    """The declarative file: when it was last read well, and what is wrong with it now."""

    path: str
    loaded_at: datetime | None
    errors: list[str] = []


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


class UptimeDay(Struct, frozen=True, kw_only=True):
    """One UTC day. Seconds add up to the elapsed part of the day."""

    date: str
    worst: DayState
    uptime_pct: float | None
    coverage_pct: float
    outages: int
    healthy_seconds: float
    degraded_seconds: float
    down_seconds: float
    maintenance_seconds: float
    unknown_seconds: float


class UptimeHistory(Struct, frozen=True, kw_only=True):
    """Uptime of a service over `days` UTC days, oldest first, today last."""

    service_id: str
    from_at: datetime
    to_at: datetime
    uptime_pct: float | None
    coverage_pct: float
    days: list[UptimeDay]


class CheckRuns(Struct, frozen=True, kw_only=True):
    """Last runs, newest first; `next_cursor` continues."""

    runs: list[CheckRun]
    next_cursor: str | None


class GraphNode(Struct, frozen=True, kw_only=True):
    """A service in the dependency map. `known` is false for an id that is named but not monitored."""

    id: str
    name: str
    group: str
    status: Status
    effective: Status
    overlays: list[Overlay]
    at_risk: bool
    root_causes: list[str]
    is_root_cause: bool
    reason: str
    known: bool


class GraphEdge(Struct, frozen=True, kw_only=True):
    """`source` depends on `target`; `impaired` when it lies on a path to a root cause."""

    source: str
    target: str
    kind: EdgeKind
    impaired: bool


class RootCause(Struct, frozen=True, kw_only=True):
    """A failing service (or a cycle of them) with no failing dependency, and all it affects."""

    members: list[str]
    status: Status
    affects: list[str]


class DependencyMap(Struct, frozen=True, kw_only=True):
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    cycles: list[list[str]]
    root_causes: list[RootCause]


class HealthIncident(Struct, frozen=True, kw_only=True):
    """A span in which a service was degraded or down; open while `ended_at` is null."""

    id: str
    service_id: str
    service_name: str
    status: Status
    started_at: datetime
    confirmed_at: datetime
    ended_at: datetime | None
    duration_seconds: float
    reason: str
    affected: list[str]


class HealthIncidents(Struct, frozen=True, kw_only=True):
    incidents: list[HealthIncident]
    next_cursor: str | None


class MaintenanceSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Planned work on services and groups: once, or by an RFC 5545 rule in a time zone. Empty lists: on all."""

    title: Name
    note: Annotated[str, Meta(max_length=2000)] = ""
    service_ids: list[Id] = []
    groups: list[Name] = []
    starts_at: Annotated[datetime, Meta(tz=True)]
    duration_seconds: Annotated[float, Meta(ge=60, le=30 * 86_400)]
    rrule: Annotated[str, Meta(max_length=500)] | None = None
    time_zone: Annotated[str, Meta(max_length=64)] = "UTC"
    public: bool = True


class Maintenance(Struct, frozen=True, kw_only=True):
    """A maintenance window with its current or next occurrence."""

    id: str
    spec: MaintenanceSpec
    active: bool
    occurrence_starts_at: datetime | None
    occurrence_ends_at: datetime | None
    created_by: str
    created_at: datetime


class MaintenanceList(Struct, frozen=True, kw_only=True):
    maintenance: list[Maintenance]


class PublicService(Struct, frozen=True, kw_only=True):
    """A service as strangers may see it: no host, no reason."""

    id: str
    name: str
    group: str
    status: Literal["healthy", "degraded", "down", "unknown", "maintenance"]
    uptime_pct: float | None
    days: list[UptimeDay]


class PublicIncident(Struct, frozen=True, kw_only=True):
    service_name: str
    status: Status
    started_at: datetime
    ended_at: datetime | None


class PublicMaintenance(Struct, frozen=True, kw_only=True):
    title: str
    note: str
    starts_at: datetime
    ends_at: datetime
    active: bool


class StatusPage(Struct, frozen=True, kw_only=True):
    """The public status page's data: only services marked public."""

    services: list[PublicService]
    incidents: list[PublicIncident]
    maintenance: list[PublicMaintenance]
    generated_at: datetime
    last_recorded_at: datetime | None


# --- events -------------------------------------------------------------------------------------------------------


class HealthChanged(Event, frozen=True, kw_only=True):
    """A service's confirmed status changed; `started_at` is the first outcome of the run that confirmed it."""

    SUBJECT: ClassVar[str] = "belfry.v1.health.changed.{service_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    service_id: str
    name: str
    group: str
    from_status: Status
    to_status: Status
    started_at: datetime
    confirmed_at: datetime
    reason: str
    affected: list[str] = msgspec.field(default_factory=list)
    maintenance: bool = False
    flapping: bool = False


class HealthChecked(Event, frozen=True, kw_only=True):
    """One run of a service's checks was recorded. `interval_seconds`: how often they are due; `certificate_ends_at`:
    the first of its certificates to end, when a check saw one."""

    SUBJECT: ClassVar[str] = "belfry.v1.health.checked.{service_id}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    service_id: str
    run_id: str
    trigger: Trigger
    at: datetime
    result: Result
    status: Status
    duration_ms: float
    reason: str = ""
    interval_seconds: float = 30.0
    certificate_ends_at: datetime | None = None


class ServiceDeclared(Event, frozen=True, kw_only=True):
    """A monitored service was added, changed or removed."""

    SUBJECT: ClassVar[str] = "belfry.v1.health.declared.{service_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    service_id: str
    change: Literal["added", "changed", "removed"]
    version: int
    actor: str


EVENTS = (HealthChanged, HealthChecked, ServiceDeclared)


# --- remote procedures --------------------------------------------------------------------------------------------


class ServiceRef(Struct, frozen=True, kw_only=True):
    service_id: Id


class CreateService(Struct, frozen=True, kw_only=True):
    spec: ServiceSpec


class UpdateService(Struct, frozen=True, kw_only=True):
    """`base_version`: refuse with 412 when the service was changed since."""

    service_id: Id
    spec: ServiceSpec
    base_version: int | None = None


class HistoryQuery(Struct, frozen=True, kw_only=True):
    service_id: Id
    days: Annotated[int, Meta(ge=1, le=400)] = 30


class RunsQuery(Struct, frozen=True, kw_only=True):
    service_id: Id
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=128)] | None = None
    result: Result | None = None


class IncidentsQuery(Struct, frozen=True, kw_only=True):
    service_id: Id | None = None
    state: Literal["open", "ended", "all"] = "all"
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Annotated[str, Meta(max_length=128)] | None = None


class TryService(Struct, frozen=True, kw_only=True):
    """Run the checks of an unsaved service once; nothing is stored."""

    spec: ServiceSpec


class CreateMaintenance(Struct, frozen=True, kw_only=True):
    spec: MaintenanceSpec


class UpdateMaintenance(Struct, frozen=True, kw_only=True):
    maintenance_id: Id
    spec: MaintenanceSpec


class MaintenanceRef(Struct, frozen=True, kw_only=True):
    maintenance_id: Id


class Heartbeat(Struct, frozen=True, kw_only=True):
    """A service says it lives. Also accepted on `belfry.heartbeat.<service_id>`; the first one creates the service."""

    service_id: Id
    status: Literal["pass", "warn", "fail"] = "pass"
    reason: Annotated[str, Meta(max_length=500)] = ""
    interval_seconds: Interval | UnsetType = UNSET
    grace_seconds: Annotated[float, Meta(ge=0, le=86_400)] | UnsetType = UNSET


HEARTBEAT_SUBJECT = "belfry.heartbeat.*"

LIST_SERVICES = Rpc("belfry.rpc.health.list_services", Nothing, Board)
GET_SERVICE = Rpc("belfry.rpc.health.get_service", ServiceRef, ServiceDetail)
CREATE_SERVICE = Rpc("belfry.rpc.health.create_service", CreateService, ServiceDetail)
UPDATE_SERVICE = Rpc("belfry.rpc.health.update_service", UpdateService, ServiceDetail)
DELETE_SERVICE = Rpc("belfry.rpc.health.delete_service", ServiceRef, Nothing)
GET_HISTORY = Rpc("belfry.rpc.health.get_history", HistoryQuery, UptimeHistory)
LIST_RUNS = Rpc("belfry.rpc.health.list_runs", RunsQuery, CheckRuns)
CHECK_NOW = Rpc("belfry.rpc.health.check_now", ServiceRef, CheckRun, 4.7)
TRY_SERVICE = Rpc("belfry.rpc.health.try_service", TryService, CheckRun, 4.7)
GET_DEPENDENCIES = Rpc("belfry.rpc.health.get_dependencies", Nothing, DependencyMap)
LIST_INCIDENTS = Rpc("belfry.rpc.health.list_incidents", IncidentsQuery, HealthIncidents)
LIST_MAINTENANCE = Rpc("belfry.rpc.health.list_maintenance", Nothing, MaintenanceList)
CREATE_MAINTENANCE = Rpc("belfry.rpc.health.create_maintenance", CreateMaintenance, Maintenance)
UPDATE_MAINTENANCE = Rpc("belfry.rpc.health.update_maintenance", UpdateMaintenance, Maintenance)
DELETE_MAINTENANCE = Rpc("belfry.rpc.health.delete_maintenance", MaintenanceRef, Nothing)
GET_STATUS_PAGE = Rpc("belfry.rpc.health.get_status_page", Nothing, StatusPage)
RECORD_HEARTBEAT = Rpc("belfry.rpc.health.record_heartbeat", Heartbeat, Nothing)

RPCS = (
    LIST_SERVICES,
    GET_SERVICE,
    CREATE_SERVICE,
    UPDATE_SERVICE,
    DELETE_SERVICE,
    GET_HISTORY,
    LIST_RUNS,
    CHECK_NOW,
    TRY_SERVICE,
    GET_DEPENDENCIES,
    LIST_INCIDENTS,
    LIST_MAINTENANCE,
    CREATE_MAINTENANCE,
    UPDATE_MAINTENANCE,
    DELETE_MAINTENANCE,
    GET_STATUS_PAGE,
    RECORD_HEARTBEAT,
)
