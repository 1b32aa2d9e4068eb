"""What health_svc is asked."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from shared.contracts.health.board import Board, ServiceDetail
from shared.contracts.health.graph import DependencyMap
from shared.contracts.health.history import HealthIncidents, UptimeHistory
from shared.contracts.health.maintenance import Maintenance, MaintenanceList, MaintenanceSpec
from shared.contracts.health.runs import CheckRun, CheckRuns
from shared.contracts.health.services import Interval, Result, ServiceSpec
from shared.contracts.health.status_page import StatusPage
from shared.contracts.wire import Id, Nothing, Rpc


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
