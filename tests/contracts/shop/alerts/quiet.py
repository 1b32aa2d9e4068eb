"""When nobody is told, who is told next, and all of it as code."""

from shared.contracts.alerts.policies import EscalationPolicies, EscalationPolicy, EscalationStep
from shared.contracts.alerts.quiet import MuteTiming, MuteTimings, Silence, Silences, TimeSpan
from shared.contracts.alerts.requests import AlertsAsCode, ImportPlan, PlannedChange
from shared.contracts.alerts.rules import Matcher
from tests.contracts.shop.clock import today

SILENCE = Silence(
    id="s-01997c2e",
    rule_ids=["search-p95"],
    matchers=[Matcher(label="service", value="search")],
    reason="The index is being rebuilt",
    starts_at=today("13:55:00"),
    ends_at=today("15:55:00"),
    state="active",
    created_by="dana",
    created_at=today("13:55:00"),
    ended_by=None,
    holding=[],
)
SILENCES = Silences(silences=[SILENCE])

POLICY = EscalationPolicy(
    id="on-call",
    name="On-call: page, 10 min, lead",
    steps=[
        EscalationStep(name="On-call", channels=["page-oncall", "sms-oncall", "email-platform"]),
        EscalationStep(name="Lead", channels=["sms-lead"], delay_seconds=510),
        EscalationStep(name="Everyone", channels=["email-everyone"], delay_seconds=1200),
    ],
    repeats=1,
    repeat_delay_seconds=1800,
    note="",
    version=3,
    source="api",
    used_by=["service-down", "checkout-p99"],
    running=["2041"],
)
POLICIES = EscalationPolicies(policies=[POLICY])

AT_NIGHT = MuteTiming(
    source="api",
    id="at-night",
    name="At night",
    time_zone="Europe/Berlin",
    spans=[TimeSpan(from_time="22:00", until="07:00", days=["mon", "tue", "wed", "thu", "fri"])],
    note="",
    active_until=None,
    used_by=["tls-expires"],
    version=1,
)
MUTE_TIMINGS = MuteTimings(mute_timings=[AT_NIGHT])

PLAN = ImportPlan(
    changes=[
        PlannedChange(
            kind="rule",
            id="checkout-p99",
            name="Checkout p99 over 500 ms",
            change="changed",
            fields=["threshold: 500 -> 620"],
        ),
        PlannedChange(kind="policy", id="on-call", name="On-call: page, 10 min, lead", change="unchanged", fields=[]),
    ],
    applied=False,
)
AS_CODE = AlertsAsCode(
    yaml="rules:\n- id: service-down\n  name: Service down\n  metric: health.status\n  operator: '>='\n  threshold: 2\n"
)
