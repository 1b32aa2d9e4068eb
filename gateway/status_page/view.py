"""What the page says, worked out before anything is drawn."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.health.status_page import PublicIncident, PublicMaintenance, PublicService, StatusPage

Shown = Literal["healthy", "degraded", "down", "unknown", "maintenance"]

STALE_AFTER = timedelta(minutes=3)
WORST_FIRST: tuple[Shown, ...] = ("down", "degraded", "unknown", "maintenance", "healthy")
HEADLINES: dict[Shown, tuple[str, str]] = {
    "down": ("All systems are down", "Some systems are down"),
    "degraded": ("All systems are degraded", "Some systems are degraded"),
    "unknown": ("The state of the systems is unknown", "The state of some systems is unknown"),
    "maintenance": ("Maintenance is under way", "Maintenance is under way"),
    "healthy": ("All systems are healthy", "All systems are healthy"),
}
"""What to say when all are so, and when only some are."""


class View(Struct, frozen=True, kw_only=True):
    """`stale_for`: how old the data is, when it is too old to be believed; then no service counts as healthy."""

    status: Shown
    headline: str
    services: list[PublicService]
    open_incidents: list[PublicIncident]
    past_incidents: list[PublicIncident]
    maintenance: list[PublicMaintenance]
    updated_at: datetime | None
    stale_for: timedelta | None
    now: datetime


def view_of(page: StatusPage, now: datetime | None = None) -> View:
    now = now or datetime.now(UTC)
    age = now - page.last_recorded_at if page.last_recorded_at else None
    stale_for = age if age is None or age > STALE_AFTER else None
    stale = age is None or stale_for is not None
    services = [replace(service, status="unknown") if stale else service for service in page.services]
    status: Shown = next(
        (each for each in WORST_FIRST if any(service.status == each for service in services)), "unknown"
    )
    return View(
        status=status,
        headline=_headline(status, services, checked=age is not None),
        services=services,
        open_incidents=[incident for incident in page.incidents if incident.ended_at is None],
        past_incidents=[incident for incident in page.incidents if incident.ended_at is not None],
        maintenance=sorted((each for each in page.maintenance if each.ends_at > now), key=lambda each: each.starts_at),
        updated_at=page.last_recorded_at,
        stale_for=stale_for,
        now=now,
    )


def unknown_page(now: datetime) -> StatusPage:
    """What is known when nobody answers and nobody ever did."""
    return StatusPage(services=[], incidents=[], maintenance=[], generated_at=now, last_recorded_at=None)


def _headline(status: Shown, services: list[PublicService], checked: bool) -> str:
    if not services and checked:
        return "No system is listed here yet"
    of_all, of_some = HEADLINES[status]
    return of_all if all(service.status == status for service in services) else of_some
