"""Preview of a rule: what it would have done over the last hours, by the state machine of production."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.alerts.deliveries import ChannelKind
from shared.contracts.alerts.metrics import Labels
from shared.contracts.alerts.rules import AlertRuleSpec, AlertState
from shared.contracts.wire import FieldError, Id


class PreviewRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule not yet saved, or the id of one that is: exactly one of both."""

    rule: AlertRuleSpec | None = None
    rule_id: Id | None = None
    hours: Annotated[int, Meta(ge=1, le=48)] = 24


class PreviewSeries(Struct, frozen=True, kw_only=True):
    """One value a minute from `from_at` on, null without data: the one of the minute that is worst for the rule."""

    title: str
    labels: Labels
    values: list[float | None]


class PreviewSpan(Struct, frozen=True, kw_only=True):
    """A span in which a series would have been in a state other than inactive; open at the end when `to_at` is null."""

    title: str
    labels: Labels
    state: AlertState
    from_at: datetime
    to_at: datetime | None


class PreviewFiring(Struct, frozen=True, kw_only=True):
    """One time the rule would have fired. `live`: what really happened then; `incident_id` of that."""

    title: str
    labels: Labels
    from_at: datetime
    to_at: datetime | None
    seconds: float
    peak: float
    live: Literal["also_fired", "firing_now", "did_not_fire"]
    incident_id: str | None


class PreviewSuggestion(Struct, frozen=True, kw_only=True):
    """A threshold at which the rule would have fired `fired` times, which is fewer."""

    threshold: float
    fired: int


class PreviewMessage(Struct, frozen=True, kw_only=True):
    """The message as one channel gets it: title and text as they are read, and `sent` as it goes out, without addresses
    and secrets. `channel`: its id."""

    channel: str
    name: str
    kind: ChannelKind
    title: str
    text: str
    sent: str


class RulePreview(Struct, frozen=True, kw_only=True):
    """`fired` times, `firing_seconds` in total, about `messages` messages over the span. `series`: the worst few of the
    `matched_series`; spans and firings are of all of them. `insufficient`: spans without data or with too few samples.
    `said`: what each channel of the rule and of its policy would get of the last firing, or of one that is made up.
    `warnings`: what is allowed and yet looks wrong."""

    metric: str
    unit: str
    from_at: datetime
    to_at: datetime
    step_seconds: int
    threshold: float
    critical_threshold: float | None
    recovery_threshold: float | None
    matched_series: int
    series: list[PreviewSeries]
    spans: list[PreviewSpan]
    firings: list[PreviewFiring]
    insufficient: list[PreviewSpan]
    fired: int
    firing_seconds: float
    longest_seconds: float
    messages: int
    suggestion: PreviewSuggestion | None
    said: list[PreviewMessage]
    warnings: list[FieldError]
