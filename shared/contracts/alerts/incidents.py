"""Alert incidents: from the moment a rule fires to its end, with all that happened in between."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.alerts.deliveries import AlertDelivery
from shared.contracts.alerts.metrics import Labels
from shared.contracts.alerts.policies import EscalationStep
from shared.contracts.alerts.rules import AlertState, Severity

IncidentState = Literal["firing", "acknowledged", "resolved"]
HoldReason = Literal["silenced", "muted", "maintenance", "suppressed", "awaiting_root"]
"""Why is nobody told? `suppressed`: another incident is the root cause; `awaiting_root`: its root cause is failing and
may fire any moment."""
ResolveReason = Literal["recovered", "no_data", "missing_series", "by_hand", "paused", "deleted", "updated"]
EventKind = Literal[
    "pending", "fired", "more_firing", "recovering", "fired_again", "some_recovered", "raised", "resolved",
    "acknowledged", "commented", "silenced", "held", "released", "escalated", "escalation_stopped", "escalation_ended",
    "suppressed_other", "released_other",
]  # fmt: skip

IncidentId = Annotated[str, Meta(pattern=r"^[1-9]\d{0,17}$", description="the number of an incident")]


class IncidentMember(Struct, frozen=True, kw_only=True):
    """One series of an incident: how it is now, since when, and how bad it was."""

    title: str
    labels: Labels
    state: AlertState
    since: datetime
    value: float | None
    peak: float | None


class Hold(Struct, frozen=True, kw_only=True):
    """Why the incident tells nobody now. `by`: the silence, mute timing or incident; `until`: when that ends."""

    reason: HoldReason
    by: str
    since: datetime
    until: datetime | None = None


class EscalationProgress(Struct, frozen=True, kw_only=True):
    """The incident's own copy of a policy, and where it is: `next_step` counts from 0; `told_at` of each step done in
    this loop."""

    policy_id: str
    name: str
    steps: list[EscalationStep]
    repeats: int
    next_step: int | None
    loop: int
    next_at: datetime | None
    told_at: list[datetime | None]
    state: Literal["running", "held", "stopped", "ended"]


class AlertIncident(Struct, frozen=True, kw_only=True):
    """An incident in a list. `object`: what it is about in one line; `service` when one is named; `value` now and
    `peak` of its worst series; `rule_gone`: the rule was deleted since; `suppressed`: the incidents it holds back."""

    id: str
    rule_id: str
    rule_name: str
    rule_gone: bool
    severity: Severity
    state: IncidentState
    object: str
    service: str | None
    labels: Labels
    metric: str
    unit: str
    value: float | None
    peak: float | None
    firing: int
    started_at: datetime
    fired_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolve_reason: ResolveReason | None
    resolved_by: str | None
    seconds: float
    hold: Hold | None
    suppressed_by: str | None
    suppressed: list[str]
    likely_cause: str


class AlertIncidents(Struct, frozen=True, kw_only=True):
    """Open ones first (the worst, then the newest), then resolved ones, newest first. `counts` by state, and
    `unacknowledged`: firing, not acknowledged and not held back."""

    incidents: list[AlertIncident]
    counts: dict[str, int]
    next_cursor: str | None


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """Something that happened. `actor`: who did it; `deliveries`: the messages that followed from it."""

    id: str
    at: datetime
    kind: EventKind
    text: str
    actor: str | None
    value: float | None
    step: int | None
    deliveries: list[AlertDelivery]


class IncidentTimeline(Struct, frozen=True, kw_only=True):
    """Newest first."""

    entries: list[TimelineEntry]
    next_cursor: str | None


class IncidentImpact(Struct, frozen=True, kw_only=True):
    """A service that the incident's service affects, or that is its cause, as the dependency map says."""

    service_id: str
    name: str
    status: str
    role: Literal["root_cause", "self", "degraded", "at_risk"]


class AlertIncidentDetail(Struct, frozen=True, kw_only=True):
    """Everything about one incident. `timeline`: its newest 100 entries; `held_back`: incidents that wait for it;
    `earlier`: the last five of the same rule and object."""

    incident: AlertIncident
    members: list[IncidentMember]
    escalation: EscalationProgress | None
    timeline: list[TimelineEntry]
    held_back: list[AlertIncident]
    impact: list[IncidentImpact]
    earlier: list[AlertIncident]
    description: str
    runbook_url: str | None
    threshold: float
    recovery_threshold: float | None
    operator: str
    markdown: str
