"""What alert_svc is asked with: the requests of its procedures."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.alerts.channels import AnyChannelSpec
from shared.contracts.alerts.deliveries import DeliveryState
from shared.contracts.alerts.incidents import IncidentId
from shared.contracts.alerts.metrics import MetricName
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.quiet import MuteTimingSpec, SilenceSpec
from shared.contracts.alerts.rules import AlertRuleSpec, Severity
from shared.contracts.wire import Id

Limit = Annotated[int, Meta(ge=1, le=200)]
Cursor = Annotated[str, Meta(max_length=128)]
Search = Annotated[str, Meta(max_length=200)]

# --- rules --------------------------------------------------------------------------------------------------------


class RuleRef(Struct, frozen=True, kw_only=True):
    rule_id: Id


class CreateAlertRule(Struct, frozen=True, kw_only=True):
    rule: AlertRuleSpec


class UpdateAlertRule(Struct, frozen=True, kw_only=True):
    """`base_version` (If-Match): 412 when the rule was changed since; `version` in the rule: 409."""

    rule_id: Id
    rule: AlertRuleSpec
    base_version: int | None = None


class SwitchAlertRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pause or resume. Pausing resolves what is open, with that reason."""

    rule_id: Id
    enabled: bool


class TestAlertRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Send a sample of this rule to a channel: the given one, else the first of the rule."""

    __test__ = False

    rule_id: Id
    channel: Id | None = None
    reason: Literal["fired", "resolved"] = "fired"


class EvaluationsQuery(Struct, frozen=True, kw_only=True):
    rule_id: Id
    limit: Annotated[int, Meta(ge=1, le=100)] = 100


class SeriesQuery(Struct, frozen=True, kw_only=True):
    """Series of a metric whose title holds all words of `search`."""

    metric: MetricName
    search: Search = ""
    limit: Limit = 50


# --- channels and deliveries --------------------------------------------------------------------------------------


class ChannelRef(Struct, frozen=True, kw_only=True):
    channel_id: Id


class CreateChannel(Struct, frozen=True, kw_only=True):
    channel: AnyChannelSpec


class UpdateChannel(Struct, frozen=True, kw_only=True):
    """The kind of a channel never changes. Secrets that are left out stay as they are."""

    channel_id: Id
    channel: AnyChannelSpec
    base_version: int | None = None


class TestChannel(Struct, frozen=True, kw_only=True):
    __test__ = False

    channel_id: Id


class TestUnsavedChannel(Struct, frozen=True, kw_only=True):
    """Secrets that are left out are taken from the saved channel of the same id, if there is one."""

    __test__ = False

    channel: AnyChannelSpec


class DeliveriesQuery(Struct, frozen=True, kw_only=True):
    channel_id: Id | None = None
    incident_id: IncidentId | None = None
    state: DeliveryState | None = None
    limit: Limit = 50
    cursor: Cursor | None = None


class DeliveryRef(Struct, frozen=True, kw_only=True):
    delivery_id: Annotated[str, Meta(max_length=64)]


class TwilioCallback(Struct, frozen=True, kw_only=True):
    """What Twilio says of one of its texts, as it came: `fields` of the form, `signature` of the header."""

    delivery_id: Annotated[str, Meta(max_length=64)]
    signature: Annotated[str, Meta(max_length=200)]
    fields: Annotated[dict[str, str], Meta(max_length=100)]


# --- incidents ----------------------------------------------------------------------------------------------------


class AlertIncidentsQuery(Struct, frozen=True, kw_only=True):
    state: Literal["open", "resolved", "all"] = "all"
    severity: Severity | None = None
    service: Annotated[str, Meta(max_length=200)] | None = None
    rule_id: Id | None = None
    held: Literal["with", "without", "only"] = "with"
    limit: Limit = 50
    cursor: Cursor | None = None


class IncidentRef(Struct, frozen=True, kw_only=True):
    incident_id: IncidentId


class TimelineQuery(Struct, frozen=True, kw_only=True):
    incident_id: IncidentId
    limit: Limit = 100
    cursor: Cursor | None = None


class NoteIncident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Acknowledge or resolve by hand; the first one counts (409 names who came first)."""

    incident_id: IncidentId
    comment: Annotated[str, Meta(max_length=2000)] = ""


class CommentIncident(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    incident_id: IncidentId
    comment: Annotated[str, Meta(min_length=1, max_length=2000)]


# --- quiet, policies, as code -------------------------------------------------------------------------------------


class CreateSilence(Struct, frozen=True, kw_only=True):
    silence: SilenceSpec


class UpdateSilence(Struct, frozen=True, kw_only=True):
    silence_id: Id
    silence: SilenceSpec


class SilenceRef(Struct, frozen=True, kw_only=True):
    silence_id: Id


class PolicyRef(Struct, frozen=True, kw_only=True):
    policy_id: Id


class CreatePolicy(Struct, frozen=True, kw_only=True):
    policy: EscalationPolicySpec


class UpdatePolicy(Struct, frozen=True, kw_only=True):
    policy_id: Id
    policy: EscalationPolicySpec
    base_version: int | None = None


class MuteTimingRef(Struct, frozen=True, kw_only=True):
    mute_timing_id: Id


class CreateMuteTiming(Struct, frozen=True, kw_only=True):
    mute_timing: MuteTimingSpec


class UpdateMuteTiming(Struct, frozen=True, kw_only=True):
    mute_timing_id: Id
    mute_timing: MuteTimingSpec


class ImportAlerts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules, channels, policies and mute timings as YAML. Without `apply` only the plan is answered. `prune`: remove
    what earlier imports brought and this one lacks."""

    yaml: Annotated[str, Meta(min_length=1, max_length=500_000)]
    apply: bool = False
    prune: bool = False


class PlannedChange(Struct, frozen=True, kw_only=True):
    """`fields`: what differs, as `threshold: 500 -> 620`."""

    kind: Literal["rule", "channel", "policy", "mute_timing"]
    id: str
    name: str
    change: Literal["added", "changed", "removed", "unchanged"]
    fields: list[str]


class ImportPlan(Struct, frozen=True, kw_only=True):
    changes: list[PlannedChange]
    applied: bool


class AlertsAsCode(Struct, frozen=True, kw_only=True):
    """Everything as YAML, secrets left out."""

    yaml: str
