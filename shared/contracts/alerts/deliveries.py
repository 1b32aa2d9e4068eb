"""Messages on their way to people: what is to be said, to which channel, and how far it has come."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.alerts.metrics import Labels
from shared.contracts.alerts.rules import Operator, Severity
from shared.contracts.wire import Id

ChannelKind = Literal["slack", "email", "sms", "webhook", "pagerduty", "teams", "discord", "telegram", "apprise"]
MessageReason = Literal["fired", "more_firing", "raised", "escalated", "acknowledged", "resolved", "test"]
"""Why is something said? `more_firing`: further series joined the incident; `raised`: it became critical."""
DeliveryState = Literal["queued", "sending", "sent", "accepted", "delivered", "retrying", "failed", "dropped"]
"""`sent`: handed over, the provider's word is still to come; `failed`: for good; `dropped`: not needed any more."""
SendErrorCode = Literal[
    "authentication", "rate_limited", "refused", "invalid_recipient", "server_error", "timeout", "dns", "connect",
    "tls", "blocked_address", "misconfigured", "internal",
]  # fmt: skip

JOB_SUBJECT = "belfry.notify.{kind}.{delivery_id}"
JOB_STREAM = "BELFRY_NOTIFY"


class AlertMessage(Struct, frozen=True, kw_only=True):
    """What is to be said, in facts; each sender puts it into the form of its channel. `title` and `text` are plain
    words that stand alone. `previous_value`: an hour earlier; `suppressed`: objects held back because of this one;
    `path`: the incident's page below Belfry's address. With the reason `resolved`, `fired_at` and `resolved_at` let
    one message tell the whole story when the first one was never delivered."""

    reason: MessageReason
    severity: Severity
    title: str
    text: str
    rule_id: str
    rule_name: str
    incident_id: str
    object: str
    labels: Labels
    metric: str
    unit: str
    operator: Operator
    threshold: float
    value: float | None
    fired_at: datetime
    at: datetime
    resolved_at: datetime | None = None
    previous_value: float | None = None
    firing: int = 1
    step: int = 0
    loop: int = 0
    actor: str = ""
    description: str = ""
    runbook_url: str | None = None
    suppressed: list[str] = []
    likely_cause: str = ""
    path: str = ""


class DeliveryJob(Struct, frozen=True, kw_only=True):
    """On `belfry.notify.<kind>.<delivery id>`: a delivery waits to be made. The row has all the rest; nothing secret
    travels. `key` is unique: `<incident>:<transition>:<channel>:<step>.<loop>`."""

    delivery_id: str
    channel_id: Id
    kind: ChannelKind
    key: str


class SendError(Struct, frozen=True, kw_only=True):
    """Why a message could not be sent, in the provider's words, and what to do about it."""

    code: SendErrorCode
    detail: str
    hint: str = ""
    status: int | None = None
    is_permanent: bool = False


class DeliveryStep(Struct, frozen=True, kw_only=True):
    """How far a delivery was at a moment, and what the provider said."""

    state: DeliveryState
    at: datetime
    detail: str = ""


class AlertDelivery(Struct, frozen=True, kw_only=True):
    """One message to one channel. `steps`, oldest first; `possible_duplicate`: it was cut off between the provider's
    acceptance and our record of it, and sent again; `fallback_of`: the delivery that failed for good."""

    id: str
    incident_id: str | None
    channel_id: str
    channel_name: str
    kind: ChannelKind
    reason: MessageReason
    step: int
    loop: int
    state: DeliveryState
    steps: list[DeliveryStep]
    attempts: int
    queued_at: datetime
    next_attempt_at: datetime | None
    provider_id: str | None
    error: SendError | None
    possible_duplicate: bool
    fallback_of: str | None


class AlertDeliveries(Struct, frozen=True, kw_only=True):
    """Newest first."""

    deliveries: list[AlertDelivery]
    next_cursor: str | None


class TestResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a test went: the provider's acceptance in `message`, or the cause in `error` and what to do in `hint`."""

    __test__ = False  # pytest takes it for a test

    success: bool
    channel: str
    message: str | None = None
    error: str | None = None
    hint: str | None = None
    code: SendErrorCode | None = None
    provider_id: str | None = None
    duration_ms: Annotated[float, Meta(ge=0)] = 0.0
