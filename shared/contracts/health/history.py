"""Uptime by day, and incidents."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.contracts.health.services import Status

DayState = Literal["healthy", "degraded", "down", "maintenance", "no_data"]


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
