"""What health_svc tells on the bus."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from shared.contracts.health.services import Result, Status, Trigger
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Event


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
