"""Health: monitored services, their checks, status, uptime, incidents and maintenance."""

from shared.contracts.health.events import HealthChanged, HealthChecked, ServiceDeclared
from shared.contracts.health.procedures import RPCS

__all__ = ["EVENTS", "RPCS"]

EVENTS = (HealthChanged, HealthChecked, ServiceDeclared)
