"""What everybody may see."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from shared.contracts.health.history import UptimeDay
from shared.contracts.health.services import Status


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
