"""The shop's incidents: ledger-db is down, and what that leads to."""

from datetime import datetime, timedelta
from typing import Any

from shared.contracts.alerts.deliveries import AlertDelivery
from shared.contracts.alerts.incidents import (
    AlertIncident,
    AlertIncidentDetail,
    AlertIncidents,
    EscalationProgress,
    Hold,
    IncidentImpact,
    IncidentMember,
    IncidentTimeline,
    TimelineEntry,
)
from tests.contracts.shop.alerts.channels import INSTEAD, TO_EMAIL, TO_OPS, TO_SMS
from tests.contracts.shop.alerts.quiet import POLICY
from tests.contracts.shop.alerts.rules import CHECKOUT_LABELS, SPECS
from tests.contracts.shop.clock import NOW, today


def incident(
    number: int, rule_id: str, object: str, labels: dict[str, str], fired_at: datetime, **more: Any
) -> AlertIncident:
    spec = SPECS[rule_id]
    ended_at: datetime | None = more.get("resolved_at")
    given: dict[str, Any] = {
        "rule_gone": False,
        "state": "firing",
        "unit": "ms",
        "value": None,
        "peak": None,
        "firing": 1,
        "started_at": fired_at - timedelta(seconds=spec.duration),
        "acknowledged_at": None,
        "acknowledged_by": None,
        "resolved_at": None,
        "resolve_reason": None,
        "resolved_by": None,
        "hold": None,
        "suppressed_by": None,
        "suppressed": [],
        "likely_cause": "",
    }
    return AlertIncident(
        id=str(number), rule_id=rule_id, rule_name=spec.name, severity=spec.severity, object=object, labels=labels,
        service=labels.get("service"), metric=spec.metric, fired_at=fired_at,
        seconds=((ended_at or NOW) - fired_at).total_seconds(), **{**given, **more},
    )  # fmt: skip


LEDGER = incident(
    2041, "service-down", "ledger-db", {"service": "ledger-db"}, today("14:03:38"), unit="", value=2.0, peak=2.0,
    suppressed=["2043"],
)  # fmt: skip
HELD = incident(
    2043, "payments-errors", "payments-api", {"service": "payments-api"}, today("14:03:50"), unit="%", value=6.31,
    peak=8.2, suppressed_by="2041", likely_cause="ledger-db is down",
    hold=Hold(reason="suppressed", by="2041", since=today("14:03:50")),
)  # fmt: skip
EARLIER = incident(
    1987, "service-down", "ledger-db", {"service": "ledger-db"}, datetime.fromisoformat("2026-11-12T09:40:00Z"),
    state="resolved", unit="", value=0.0, peak=2.0, firing=0, resolve_reason="recovered",
    resolved_at=datetime.fromisoformat("2026-11-12T09:48:30Z"),
)  # fmt: skip

INCIDENTS = AlertIncidents(
    incidents=[
        incident(
            2042, "checkout-p99", "POST /api/checkout", CHECKOUT_LABELS, today("14:04:20"), value=655.0, peak=662.0,
            likely_cause="ledger-db is down",
        ),
        LEDGER,
        HELD,
        incident(
            2039, "search-p95", "GET /api/search", {"service": "search", "method": "GET", "path": "/api/search"},
            today("13:37:20"), value=812.0, peak=1204.0, state="acknowledged", acknowledged_at=today("13:41:02"),
            acknowledged_by="dana",
        ),
        EARLIER,
    ],
    counts={"firing": 3, "acknowledged": 1, "resolved": 14, "unacknowledged": 2},
    next_cursor=None,
)  # fmt: skip


def _entry(
    number: int, clock: str, kind: Any, text: str, deliveries: list[AlertDelivery], **more: Any
) -> TimelineEntry:
    given: dict[str, Any] = {"actor": None, "value": None, "step": None}
    return TimelineEntry(
        id=str(number), at=today(clock), kind=kind, text=text, deliveries=deliveries, **{**given, **more}
    )


TIMELINE = IncidentTimeline(
    entries=[
        _entry(
            905, "14:05:02", "commented", "Host lost its disk, restoring from the 14:00 snapshot. About 20 minutes.",
            [], actor="dana",
        ),
        _entry(904, "14:03:50", "suppressed_other", "payments-api is held back: ledger-db is its root cause", []),
        _entry(903, "14:03:38", "escalated", "On-call: told 3 channels", [TO_OPS, TO_SMS, TO_EMAIL, INSTEAD], step=0),
        _entry(902, "14:03:38", "fired", "Down for 90 s", [], value=2.0),
        _entry(901, "14:02:08", "pending", "Connection refused on ledger-db.shop:5432", [], value=2.0),
    ],
    next_cursor=None,
)  # fmt: skip

DETAIL = AlertIncidentDetail(
    incident=LEDGER,
    members=[
        IncidentMember(
            title="ledger-db", labels={"service": "ledger-db"}, state="firing", since=today("14:03:38"), value=2.0,
            peak=2.0,
        )
    ],
    escalation=EscalationProgress(
        policy_id=POLICY.id, name=POLICY.name, steps=POLICY.steps, repeats=POLICY.repeats, next_step=1, loop=0,
        next_at=today("14:12:08"), told_at=[today("14:03:38"), None, None], state="running",
    ),
    timeline=TIMELINE.entries,
    held_back=[HELD],
    impact=[
        IncidentImpact(service_id="ledger-db", name="ledger-db", status="down", role="self"),
        IncidentImpact(service_id="payments-api", name="payments-api", status="degraded", role="degraded"),
        IncidentImpact(service_id="checkout", name="checkout", status="healthy", role="at_risk"),
    ],
    earlier=[EARLIER],
    description="",
    runbook_url="https://wiki.shop.example/runbooks/service-down",
    threshold=2.0,
    recovery_threshold=None,
    operator=">=",
    markdown="# Service down: ledger-db\n\nIncident 2041, critical, since 2026-11-23 14:03:38 UTC.\n",
)  # fmt: skip
