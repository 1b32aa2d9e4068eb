"""Alert rules: when is a metric wrong, for how long, and who is told."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from shared.contracts.alerts.metrics import LabelName, Labels, LabelValue, MetricName
from shared.contracts.config import ConfigState
from shared.contracts.wire import FieldError, Id

Operator = Literal[">", ">=", "<", "<=", "==", "!="]
NoDataPolicy = Literal["keep", "alert", "ok", "no_data"]
"""Without data: keep the state, count it as a breach, count it as well, or show that there is none."""
Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
AlertState = Literal["inactive", "pending", "firing", "recovering", "resolved", "no_data"]
"""Where is one series of a rule? `recovering`: fine again, and watched for `keep_firing_for_seconds`."""
RuleState = Literal["inactive", "pending", "firing", "recovering", "resolved", "no_data", "paused"]
"""The worst of the rule's series, or paused."""
RuleSource = Literal["api", "yaml", "default", "file"]
"""By hand, by an import, with the installation, or declared in the file that Belfry reads, which alone changes it."""
MatchKind = Literal["=", "!=", "=~", "!~"]

AlertName = Annotated[str, Meta(min_length=1, max_length=100)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Note = Annotated[str, Meta(max_length=2000)]
Version = Annotated[int, Meta(ge=1)]
ChannelIds = Annotated[list[Id], Meta(max_length=20)]


class Matcher(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A statement on one label. `=~` and `!~` take an RE2 pattern for the whole value; a series that lacks the label
    has the empty value."""

    label: LabelName
    match: MatchKind = "="
    value: LabelValue


class AlertRuleSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An alert rule as an operator writes it. Durations are seconds. `id` is made from the name when it is left out;
    `version`, when given, is that the change is based on (409 when it is not the current one)."""

    name: AlertName
    metric: MetricName
    operator: Operator
    threshold: float
    duration: Seconds = 0.0
    channels: ChannelIds = []
    enabled: bool = True
    id: Id | None = None
    selector: Annotated[list[Matcher], Meta(max_length=20)] = []
    critical_threshold: float | None = None
    recovery_threshold: float | None = None
    keep_firing_for_seconds: Seconds = 0.0
    no_data: NoDataPolicy = "keep"
    min_samples: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    severity: Severity = "warning"
    escalation_policy: Id | None = None
    group_by: Annotated[list[LabelName], Meta(max_length=10)] = field(default_factory=lambda: ["service"])
    mute_timings: Annotated[list[Id], Meta(max_length=20)] = []
    description: Note = ""
    runbook_url: Annotated[str, Meta(pattern=r"^https?://[^\s/]+", max_length=2048)] | None = None
    version: Version | None = None


class AlertRule(Struct, frozen=True, kw_only=True):
    """A rule with what it says now. `since`: how long it is in its state; `value` of the series that is worst, `reason`
    in words; `last_fired_at`; `warnings`: what is allowed and yet looks wrong; `evaluated_at`: the last round."""

    id: str
    name: str
    metric: str
    operator: Operator
    threshold: float
    duration: float
    channels: list[str]
    enabled: bool
    state: RuleState
    selector: list[Matcher]
    critical_threshold: float | None
    recovery_threshold: float | None
    keep_firing_for_seconds: float
    no_data: NoDataPolicy
    min_samples: int
    severity: Severity
    escalation_policy: str | None
    group_by: list[str]
    mute_timings: list[str]
    description: str
    runbook_url: str | None
    version: int
    unit: str
    since: datetime | None
    value: float | None
    reason: str
    pending_until: datetime | None
    series: int
    firing: int
    pending: int
    no_data_series: int
    open_incidents: list[str]
    last_fired_at: datetime | None
    evaluated_at: datetime | None
    warnings: list[FieldError]
    source: RuleSource
    created_by: str
    created_at: datetime
    updated_by: str
    updated_at: datetime


class AlertRules(Struct, frozen=True, kw_only=True):
    """All rules: firing, pending, without data, fine, paused. `evaluated_at`: the oldest last round of them all;
    `config`: the declarative file, where rules, channels, policies and mute timings may stand too."""

    rules: list[AlertRule]
    counts: dict[str, int]
    evaluated_at: datetime | None
    config: ConfigState | None


class RuleVersion(Struct, frozen=True, kw_only=True):
    version: int
    changed_by: str
    changed_at: datetime
    change: Literal["added", "changed", "paused", "resumed", "removed"]
    spec: AlertRuleSpec


class RuleVersions(Struct, frozen=True, kw_only=True):
    """Newest first."""

    versions: list[RuleVersion]


class Evaluation(Struct, frozen=True, kw_only=True):
    """Why did it (not) fire? One sample against the rule: what it was compared with, and what that led to."""

    at: datetime
    title: str
    labels: Labels
    value: float | None
    count: float | None
    outcome: Literal["breach", "ok", "between", "no_data", "too_few"]
    state: AlertState
    reason: str


class Evaluations(Struct, frozen=True, kw_only=True):
    """The last 100, newest first. `state_reason`: why the rule is as it is, in a sentence; `never_matched`: no series
    has ever matched the selector."""

    evaluations: list[Evaluation]
    state_reason: str
    never_matched: bool
