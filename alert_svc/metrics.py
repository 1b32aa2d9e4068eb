"""What alert_svc counts, on /metrics."""

from prometheus_client import Counter, Gauge, Histogram

SAMPLES = Counter("belfry_alert_samples_total", "Values heard")
UNREADABLE = Counter("belfry_alert_unreadable_total", "Events that could not be read")
REFUSED = Counter("belfry_alert_series_refused_total", "Values of series beyond those there may be")
SERIES = Gauge("belfry_alert_series", "Series known")
RULES = Gauge("belfry_alert_rules", "Rules watched")
ALERTS = Gauge("belfry_alert_alerts", "Alerts by state, of all series of all rules", ["state"])
ROUND_SECONDS = Histogram(
    "belfry_alert_round_duration_seconds",
    "Duration of one round of evaluation, without storing",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3),
)
STORE_SECONDS = Histogram(
    "belfry_alert_store_duration_seconds",
    "Duration of storing what a round has changed",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
CHANGES = Counter("belfry_alert_changes_total", "Changes of alerts that were stored", ["kind"])
CONFLICTS = Counter("belfry_alert_conflicts_total", "Changes that another replica had stored before")
INCIDENTS = Counter("belfry_alert_incidents_total", "Incidents opened and resolved", ["what"])
QUEUED = Counter("belfry_alert_deliveries_queued_total", "Messages queued to be sent")
ESCALATIONS = Counter("belfry_alert_escalation_steps_total", "Steps of escalation taken")
DELIVERIES = Counter("belfry_alert_deliveries_total", "Attempts to deliver a message, by what became of it", ["state"])
WAITING = Gauge("belfry_alert_deliveries_waiting", "Messages that are not delivered yet", ["kind"])
SEND_SECONDS = Histogram(
    "belfry_alert_send_duration_seconds",
    "Duration of one attempt to send a message",
    ["kind"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
