"""When a person is wanted: each alert with what makes it fire, and what must not. docs/runbooks.md says what to do."""

from deploy.prometheus.alerts import flow, processes, requests, work
from deploy.prometheus.rule import Alert

GROUPS: dict[str, tuple[Alert, ...]] = {
    "belfry-processes": processes.ALERTS,
    "belfry-requests": requests.ALERTS,
    "belfry-flow": flow.ALERTS,
    "belfry-work": work.ALERTS,
}
ALERTS: tuple[Alert, ...] = tuple(alert for alerts in GROUPS.values() for alert in alerts)
