"""Alerts: rules on metrics, incidents they lead to, and who is told how."""

from shared.contracts.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertConfigured,
    AlertDelivered,
    AlertFired,
    AlertNoted,
    AlertResolved,
)
from shared.contracts.alerts.metrics import MetricMeasured, MetricSampled
from shared.contracts.alerts.procedures import RPCS

__all__ = ["EVENTS", "RPCS"]

EVENTS = (
    AlertFired,
    AlertAcknowledged,
    AlertResolved,
    AlertNoted,
    AlertDelivered,
    AlertConfigured,
    AlertChanged,
    MetricSampled,
    MetricMeasured,
)
