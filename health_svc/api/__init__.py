"""The endpoints of health_svc on the bus: which function answers which remote procedure."""

from collections.abc import Awaitable, Callable
from typing import Any

from health_svc.api import history, maintenance, services, status_page
from health_svc.handlers import record_heartbeat
from health_svc.room import Room
from shared.contracts.health import procedures as contract
from shared.contracts.wire import Rpc
from shared.rpc import Caller

HANDLERS: list[tuple[Rpc, Callable[[Room, Any, Caller], Awaitable[Any]]]] = [
    (contract.LIST_SERVICES, services.list_services),
    (contract.GET_SERVICE, services.get_service),
    (contract.CREATE_SERVICE, services.create_service),
    (contract.UPDATE_SERVICE, services.update_service),
    (contract.DELETE_SERVICE, services.delete_service),
    (contract.GET_HISTORY, history.get_history),
    (contract.LIST_RUNS, history.list_runs),
    (contract.CHECK_NOW, services.check_now),
    (contract.TRY_SERVICE, services.try_service),
    (contract.GET_DEPENDENCIES, services.get_dependencies),
    (contract.LIST_INCIDENTS, history.list_incidents),
    (contract.LIST_MAINTENANCE, maintenance.list_maintenance),
    (contract.CREATE_MAINTENANCE, maintenance.create_maintenance),
    (contract.UPDATE_MAINTENANCE, maintenance.update_maintenance),
    (contract.DELETE_MAINTENANCE, maintenance.delete_maintenance),
    (contract.GET_STATUS_PAGE, status_page.get_status_page),
    (contract.RECORD_HEARTBEAT, record_heartbeat),
]
