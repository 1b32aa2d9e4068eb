"""What alert_svc says on the bus."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.contracts.alerts.deliveries import DeliveryState
from shared.contracts.alerts.incidents import EventKind, HoldReason, ResolveReason
from shared.contracts.alerts.metrics import Labels
from shared.contracts.alerts.rules import AlertState, Severity
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM, Event


class AlertFired(Event, frozen=True, kw_only=True):
    """A rule fires and an incident was opened, once each. `held`: nobody is told, for this reason."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.fired.{rule_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    rule_id: str
    rule_name: str
    incident_id: str
    severity: Severity
    object: str
    labels: Labels
    metric: str
    unit: str
    value: float | None
    threshold: float
    fired_at: datetime
    reason: str
    held: HoldReason | None = None


class AlertAcknowledged(Event, frozen=True, kw_only=True):
    """Somebody has taken an incident on: its escalation stops."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.acknowledged.{rule_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    rule_id: str
    incident_id: str
    object: str
    actor: str
    at: datetime


class AlertResolved(Event, frozen=True, kw_only=True):
    """An incident has ended. `actor`: who resolved it by hand."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.resolved.{rule_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    rule_id: str
    rule_name: str
    incident_id: str
    severity: Severity
    object: str
    labels: Labels
    fired_at: datetime
    resolved_at: datetime
    resolve_reason: ResolveReason
    reason: str
    actor: str | None = None


class AlertNoted(Event, frozen=True, kw_only=True):
    """An open incident's timeline has one entry more: a comment, a step of its escalation, a hold, ..."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.noted.{rule_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    rule_id: str
    incident_id: str
    kind: EventKind
    text: str
    at: datetime
    actor: str | None = None


class AlertDelivered(Event, frozen=True, kw_only=True):
    """A message to a channel has come further, or failed."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.delivered.{channel_id}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    channel_id: str
    delivery_id: str
    incident_id: str | None
    state: DeliveryState
    at: datetime
    detail: str = ""


class AlertConfigured(Event, frozen=True, kw_only=True):
    """A rule, channel, policy, silence or mute timing was added, changed or removed."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.configured.{kind}"
    STREAM: ClassVar[str] = EVENTS_STREAM

    kind: Literal["rule", "channel", "policy", "silence", "mute_timing"]
    id: str
    change: Literal["added", "changed", "paused", "resumed", "removed"]
    version: int
    actor: str
    at: datetime


class AlertChanged(Event, frozen=True, kw_only=True):
    """One series of a rule went from one state to another. For pages that live: what must not be lost is said by the
    other events."""

    SUBJECT: ClassVar[str] = "belfry.v1.alert.changed.{rule_id}"
    STREAM: ClassVar[str] = MEASURES_STREAM

    rule_id: str
    labels: Labels
    from_state: AlertState
    to_state: AlertState
    at: datetime
    value: float | None
    reason: str
