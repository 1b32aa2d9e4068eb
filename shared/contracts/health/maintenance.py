"""When a service is worked on."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from shared.contracts.health.services import Name
from shared.contracts.wire import Id


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
