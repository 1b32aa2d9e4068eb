"""Maintenance windows in force: read every few seconds, asked for every run."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from health_svc.maintenance import active_at, occurrences
from health_svc.store.maintenance import Window
from shared.contracts.health.maintenance import MaintenanceSpec
from shared.contracts.health.services import ServiceSpec


class Windows:
    """The windows as last read from the store; `replace` after each change."""

    def __init__(self) -> None:
        self._windows: list[Window] = []

    def replace(self, windows: Iterable[Window]) -> None:
        self._windows = list(windows)

    def until(self, spec: ServiceSpec, at: datetime) -> datetime | None:
        """When the maintenance that covers the service now ends; None: it is in none."""
        ends = [end for w in self._windows if covers(w.spec, spec) and (end := active_until(w.spec, at))]
        return max(ends, default=None)

    def covers(self, spec: ServiceSpec, at: datetime) -> bool:
        return self.until(spec, at) is not None

    def between(self, spec: ServiceSpec, from_at: datetime, to_at: datetime) -> list[tuple[datetime, datetime]]:
        """The spans of maintenance that concern the service; they may overlap."""
        return [o for w in self._windows if covers(w.spec, spec) for o in occurrences(w.spec, from_at, to_at)]


def covers(window: MaintenanceSpec, spec: ServiceSpec) -> bool:
    """Does the window concern this service? One that names nothing concerns all."""
    if not window.service_ids and not window.groups:
        return True
    return spec.id in window.service_ids or spec.group in window.groups


def active_until(window: MaintenanceSpec, at: datetime) -> datetime | None:
    occurrence = active_at(window, at)
    return occurrence[1] if occurrence else None


def has_begun(window: MaintenanceSpec, now: datetime) -> bool:
    """Did the window touch the past, so that uptime must be computed again?"""
    return window.starts_at <= now + timedelta(seconds=1)
