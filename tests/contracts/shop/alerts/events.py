"""One of each event."""

from shared.contracts.alerts.events import (
    AlertAcknowledged,
    AlertChanged,
    AlertConfigured,
    AlertDelivered,
    AlertFired,
    AlertNoted,
    AlertResolved,
)
from shared.contracts.alerts.metrics import MetricMeasured, MetricSample, MetricSampled
from shared.contracts.wire import Event
from tests.contracts.shop.clock import ago, today

LEDGER = {"service": "ledger-db"}

EVENTS: tuple[Event, ...] = (
    AlertFired(
        rule_id="service-down", rule_name="Service down", incident_id="2041", severity="critical", object="ledger-db",
        labels=LEDGER, metric="health.status", unit="", value=2.0, threshold=2.0, fired_at=today("14:03:38"),
        reason="Down for 90 s",
    ),
    AlertAcknowledged(
        rule_id="search-p95", incident_id="2039", object="GET /api/search", actor="dana", at=today("13:41:02")
    ),
    AlertResolved(
        rule_id="service-down", rule_name="Service down", incident_id="2041", severity="critical", object="ledger-db",
        labels=LEDGER, fired_at=today("14:03:38"), resolved_at=today("14:08:08"), resolve_reason="recovered",
        reason="Healthy again",
    ),
    AlertNoted(
        rule_id="service-down", incident_id="2041", kind="commented", text="Host lost its disk", at=today("14:05:02"),
        actor="dana",
    ),
    AlertDelivered(
        channel_id="ops", delivery_id="01997c2e-7f60-7b3a-9a55-000000000001", incident_id="2041", state="accepted",
        at=today("14:03:38"), detail="Slack took it in 412 ms",
    ),
    AlertConfigured(kind="rule", id="checkout-p99", change="changed", version=7, actor="dana", at=today("06:30:00")),
    AlertChanged(
        rule_id="payments-errors", labels={"service": "payments-api"}, from_state="inactive", to_state="pending",
        at=today("14:05:20"), value=6.31, reason="6.31 %, over 5 %",
    ),
    MetricSampled(
        name="queue.depth", unit="", interval_seconds=60, at=ago(31),
        samples=[
            MetricSample(value=12.0, labels={"queue": "mail"}),
            MetricSample(value=340.0, labels={"queue": "exports"}),
        ],
    ),
    MetricMeasured(
        name="belfry.cpu_pct", unit="%", interval_seconds=10, at=ago(4),
        samples=[MetricSample(value=3.9, labels={"service": "health_svc", "instance": "7f3a"})],
    ),
)  # fmt: skip
