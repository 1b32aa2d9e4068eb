"""The shop's nine alert rules, in all their states, and what they watch."""

from typing import Any

from msgspec import structs

from shared.contracts.alerts.metrics import Metric, MetricCatalogue, MetricSeries, MetricSeriesList
from shared.contracts.alerts.rules import (
    AlertRule,
    AlertRules,
    AlertRuleSpec,
    Evaluation,
    Evaluations,
    Matcher,
    RuleVersion,
    RuleVersions,
)
from shared.contracts.config import ConfigState
from shared.contracts.wire import FieldError
from tests.contracts.shop.clock import ago, today

SPECS: dict[str, AlertRuleSpec] = {
    spec.id or "": spec
    for spec in [
        AlertRuleSpec(
            id="service-down", name="Service down", metric="health.status", operator=">=", threshold=2, duration=90,
            channels=["page-oncall", "ops"], severity="critical", escalation_policy="on-call",
            runbook_url="https://wiki.shop.example/runbooks/service-down",
        ),
        AlertRuleSpec(
            id="checkout-p99", name="Checkout p99 over 500 ms", metric="latency.p99", operator=">", threshold=500,
            selector=[Matcher(label="service", value="checkout"), Matcher(label="path", value="/api/checkout")],
            recovery_threshold=400, duration=300, keep_firing_for_seconds=180, min_samples=100, severity="critical",
            channels=["ops", "sms-oncall"], escalation_policy="on-call",
        ),
        AlertRuleSpec(
            id="search-p95", name="Search p95 over 500 ms", metric="latency.p95", operator=">", threshold=500,
            critical_threshold=2000, selector=[Matcher(label="service", value="search")], duration=600,
            channels=["search"],
        ),
        AlertRuleSpec(
            id="payments-errors", name="Payments error rate", metric="latency.error_rate", operator=">", threshold=5,
            selector=[Matcher(label="service", match="=~", value="payments.*")], duration=300, channels=["ops"],
        ),
        AlertRuleSpec(
            id="export-late", name="Export is late", metric="health.heartbeat_age", operator=">", threshold=93_600,
            selector=[Matcher(label="service", value="nightly-export")], channels=["email-data"],
        ),
        AlertRuleSpec(
            id="tls-expires", name="TLS expires soon", metric="health.tls_days", operator="<", threshold=14,
            channels=["email-platform"], severity="info", mute_timings=["at-night"],
        ),
        AlertRuleSpec(
            id="socket-pool", name="Socket pool nearly full", metric="ws.pool_pct", operator=">", threshold=80,
            duration=120, channels=["ops"],
        ),
        AlertRuleSpec(
            id="nats-lag", name="NATS consumer lag", metric="nats.lag", operator=">", threshold=10, duration=120,
            channels=["ops"],
        ),
        AlertRuleSpec(
            id="step-slow", name="Pipeline step slow", metric="pipeline.self_p95", operator=">", threshold=5,
            duration=300, channels=["ops"], enabled=False,
        ),
    ]
}  # fmt: skip


def rule(id: str, **now: Any) -> AlertRule:
    """A rule as it is shown, from its spec and what it says now."""
    spec = structs.asdict(SPECS[id])
    given: dict[str, Any] = {
        "state": "inactive",
        "version": 1,
        "unit": "",
        "since": today("06:00:00"),
        "value": None,
        "reason": "",
        "pending_until": None,
        "series": 1,
        "firing": 0,
        "pending": 0,
        "no_data_series": 0,
        "open_incidents": [],
        "last_fired_at": None,
        "evaluated_at": ago(4),
        "warnings": [],
        "source": "api",
        "created_by": "ana",
        "created_at": today("06:00:00"),
        "updated_by": "dana",
        "updated_at": today("06:30:00"),
    }
    return AlertRule(**{**spec, **given, **now})


CHECKOUT = rule(
    "checkout-p99", state="firing", version=7, unit="ms", since=today("14:04:20"), value=655.0, firing=1,
    reason="655 ms, over 500 ms for 5 min", open_incidents=["2042"], last_fired_at=today("14:04:20"),
)  # fmt: skip

RULES = AlertRules(
    config=ConfigState(path="belfry.yaml", loaded_at=today("06:00:00")),
    rules=[
        rule(
            "service-down", state="firing", since=today("14:03:38"), value=2.0, series=20, firing=1,
            reason="Down for 90 s", open_incidents=["2041"], last_fired_at=today("14:03:38"),
        ),
        CHECKOUT,
        rule(
            "search-p95", state="firing", unit="ms", since=today("13:37:20"), value=812.0, firing=1, series=3,
            reason="812 ms, over 500 ms for 10 min", open_incidents=["2039"], last_fired_at=today("13:37:20"),
        ),
        rule(
            "payments-errors", state="pending", unit="%", since=today("14:05:20"), value=6.31, pending=1, series=2,
            reason="6.31 %, over 5 % for 3 of 5 min", pending_until=today("14:10:20"),
        ),
        rule(
            "export-late", state="no_data", unit="s", no_data_series=1, since=today("11:00:00"),
            reason="No data since 11:00:00 UTC, the last state is kept",
        ),
        rule("tls-expires", unit="d", value=61.0, reason="61 d, not under 14 d", series=4, source="yaml"),
        rule("socket-pool", unit="%", value=64.0, reason="64 %, not over 80 %", series=2, source="default"),
        rule(
            "nats-lag", unit="s", value=0.2, reason="0.2 s, not over 10 s",
            warnings=[FieldError("metric", "No one has sent nats.lag within the last 48 h")],
        ),
        rule("step-slow", state="paused", unit="ms", series=0, reason="Paused by dana", evaluated_at=None),
    ],
    counts={"firing": 3, "pending": 1, "no_data": 1, "inactive": 3, "paused": 1},
    evaluated_at=ago(4),
)  # fmt: skip

VERSIONS = RuleVersions(
    versions=[
        RuleVersion(
            version=2, changed_by="dana", changed_at=today("06:30:00"), change="changed", spec=SPECS["checkout-p99"]
        ),
        RuleVersion(
            version=1, changed_by="ana", changed_at=today("06:00:00"), change="added",
            spec=structs.replace(SPECS["checkout-p99"], threshold=800.0, recovery_threshold=None),
        ),
    ]
)  # fmt: skip

CHECKOUT_LABELS = {"service": "checkout", "method": "POST", "path": "/api/checkout"}
TITLE = "POST /api/checkout"


def _evaluation(seconds: float, value: float | None, count: float, outcome: Any, state: Any, reason: str) -> Evaluation:
    return Evaluation(
        at=ago(seconds), title=TITLE, labels=CHECKOUT_LABELS, value=value, count=count, outcome=outcome, state=state,
        reason=reason,
    )  # fmt: skip


EVALUATIONS = Evaluations(
    evaluations=[
        _evaluation(4, 655.0, 412, "breach", "firing", "655 ms is over 500 ms"),
        _evaluation(14, 452.0, 398, "between", "firing", "452 ms is not over 500 ms, but over 400 ms"),
        _evaluation(24, None, 41, "too_few", "firing", "41 samples, 100 are needed"),
        _evaluation(34, 380.0, 377, "ok", "inactive", "380 ms is not over 500 ms"),
    ],
    state_reason="Firing since 14:04:20 UTC: 655 ms, over 500 ms for 5 min",
    never_matched=False,
)

METRICS = MetricCatalogue(
    metrics=[
        Metric(
            name="health.status", title="Status of a service", unit="", origin="health",
            description="What the service's own checks say", labels=["service"], interval_seconds=30,
            levels={"healthy": 0, "degraded": 1, "down": 2}, is_counted=False, worse="higher", series=20,
            last_at=ago(4),
        ),
        Metric(
            name="latency.p99", title="99th percentile of an endpoint", unit="ms", origin="latency",
            description="Of the last minute; given from 100 requests on", labels=["service", "method", "path"],
            interval_seconds=10, levels={}, is_counted=True, worse="higher", series=48, last_at=ago(8),
        ),
        Metric(
            name="queue.depth", title="queue.depth", unit="", origin="sampled", description="", labels=["queue"],
            interval_seconds=60, levels={}, is_counted=False, worse="either", series=3, last_at=ago(31),
        ),
    ]
)  # fmt: skip

SERIES = MetricSeriesList(
    series=[
        MetricSeries(
            title=TITLE, labels=CHECKOUT_LABELS, value=655.0, at=ago(4), count=412,
            recent=[None] * 50 + [268.0, 271.0, 290.0, 402.0, 508.0, 561.0, 604.0, 640.0, 662.0, 655.0],
        )
    ],
    total=1,
    unit="ms",
    label_values={"service": ["checkout"], "method": ["POST"], "path": ["/api/checkout"]},
)  # fmt: skip
