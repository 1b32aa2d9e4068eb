"""Health: everything under /api/v1/admin/health, and heartbeats."""

from typing import Any

from gateway.routes.route import Before, Route
from shared.contracts.health import procedures as health

_AT = "/api/v1/admin/health"
_SERVICE = f"{_AT}/services/{{service_id}}"
_WINDOW = f"{_AT}/maintenance/{{maintenance_id}}"

EXAMPLE_SERVICE = {
    "id": "orders",
    "name": "Orders",
    "group": "Shop",
    "checks": [{"kind": "http", "url": "https://orders.example/healthz", "degraded_ms": 500}],
    "dependencies": [{"id": "orders-db", "kind": "required"}],
}
EXAMPLE_MAINTENANCE = {
    "title": "Database upgrade",
    "service_ids": ["orders-db"],
    "starts_at": "2026-12-01T22:00:00Z",
    "duration_seconds": 7200,
}


def _spec_of_service(detail: Any, _: dict[str, str]) -> Any:
    return detail["spec"]


def _spec_of_window(found: Any, path: dict[str, str]) -> Any:
    return next((window["spec"] for window in found["maintenance"] if window["id"] == path["maintenance_id"]), None)


_SERVICE_BEFORE = Before(health.GET_SERVICE, _spec_of_service)
_WINDOW_BEFORE = Before(health.LIST_MAINTENANCE, _spec_of_window)

HEALTH: tuple[Route, ...] = (
    Route("GET", f"{_AT}/services", "viewer", health.LIST_SERVICES, "The board: all services, failing first"),
    Route(
        "POST", f"{_AT}/services", "admin", health.CREATE_SERVICE, "Watch a service",
        status=201, body="spec", example=EXAMPLE_SERVICE,
    ),
    Route("GET", _SERVICE, "viewer", health.GET_SERVICE, "Everything about one service"),
    Route(
        "PUT", _SERVICE, "admin", health.UPDATE_SERVICE, "Change a service; If-Match: its version",
        body="spec", if_match="base_version", before=_SERVICE_BEFORE, example=EXAMPLE_SERVICE,
    ),
    Route(
        "DELETE", _SERVICE, "admin", health.DELETE_SERVICE, "Watch a service no longer",
        status=204, before=_SERVICE_BEFORE,
    ),
    Route("GET", f"{_SERVICE}/history", "viewer", health.GET_HISTORY, "Uptime by UTC day"),
    Route("GET", f"{_SERVICE}/checks", "viewer", health.LIST_RUNS, "The last runs of its checks, newest first"),
    Route("POST", f"{_SERVICE}/check", "operator", health.CHECK_NOW, "Check now; the run counts as any other"),
    Route(
        "POST", f"{_AT}/try", "operator", health.TRY_SERVICE, "Run the checks of an unsaved service once",
        body="spec", example=EXAMPLE_SERVICE,
    ),
    Route("GET", f"{_AT}/dependencies", "viewer", health.GET_DEPENDENCIES, "The dependency map with root causes"),
    Route("GET", f"{_AT}/incidents", "viewer", health.LIST_INCIDENTS, "Spans in which a service was degraded or down"),
    Route("GET", f"{_AT}/maintenance", "viewer", health.LIST_MAINTENANCE, "Maintenance windows"),
    Route(
        "POST", f"{_AT}/maintenance", "operator", health.CREATE_MAINTENANCE, "Plan maintenance",
        status=201, body="spec", example=EXAMPLE_MAINTENANCE,
    ),
    Route(
        "PUT", _WINDOW, "operator", health.UPDATE_MAINTENANCE, "Change a maintenance window",
        body="spec", before=_WINDOW_BEFORE, example=EXAMPLE_MAINTENANCE,
    ),
    Route(
        "DELETE", _WINDOW, "operator", health.DELETE_MAINTENANCE, "Remove a maintenance window",
        status=204, before=_WINDOW_BEFORE,
    ),
    Route(
        "POST", "/api/v1/heartbeats/{service_id}", "operator", health.RECORD_HEARTBEAT, "A service says it lives",
        status=204, audited=False, example={"status": "pass", "interval_seconds": 60},
    ),
)  # fmt: skip
