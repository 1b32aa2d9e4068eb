"""Who is told what of incidents, as rows to be written in the transaction that makes it true."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from alert_svc.escalation import Escalation
from alert_svc.messages import Facts, message
from alert_svc.store import deliveries
from alert_svc.store.deliveries import NewDelivery, Recipient
from alert_svc.store.incidents import Incident
from shared.contracts.alerts.deliveries import ChannelKind, MessageReason
from shared.db import Connection
from shared.timers import Alarm

TELL_MORE = timedelta(minutes=5)  # how long until those who joined an incident since are told of again
EDITED: tuple[ChannelKind, ...] = ("slack", "webhook", "pagerduty")  # only these hear of an acknowledgement


class Saying(Struct, frozen=True, kw_only=True):
    """One thing to be said to some channels. `transition` is unique within the incident, with step and loop."""

    facts: Facts
    reason: MessageReason
    channels: Sequence[str]
    at: datetime
    transition: str
    event_id: int | None = None
    step: int = 0
    loop: int = 0
    actor: str = ""


async def tell(conn: Connection, sayings: Sequence[Saying]) -> int:
    """In the caller's transaction; to channels that are there and enabled. Returns how many messages are new."""
    wanted = [channel for saying in sayings for channel in saying.channels]
    recipients = await deliveries.list_recipients(conn, wanted) if wanted else {}
    return await deliveries.queue(conn, [row for saying in sayings for row in _rows(saying, recipients)])


def _rows(saying: Saying, recipients: Mapping[str, Recipient]) -> Iterator[NewDelivery]:
    said = message(saying.facts, saying.reason, saying.at, saying.step, saying.loop, saying.actor)
    for id in dict.fromkeys(saying.channels):
        channel = recipients.get(id)
        if channel is None or (saying.reason == "acknowledged" and channel.kind not in EDITED):
            continue
        yield NewDelivery(
            incident_id=saying.facts.id,
            event_id=saying.event_id,
            channel=channel,
            transition=saying.transition,
            message=said,
        )


def facts_of(incident: Incident, text: str, firing: int = 1, suppressed: Sequence[str] = ()) -> Facts:
    """An incident as the store has it, with what is to be said of it."""
    return Facts(
        id=incident.id,
        rule_id=incident.rule_id,
        spec=incident.rule,
        unit=incident.unit,
        object=incident.object,
        labels=incident.labels,
        severity=incident.severity,
        value=incident.value,
        fired_at=incident.fired_at,
        text=text,
        likely_cause=incident.likely_cause,
        resolved_at=incident.resolved_at,
        firing=firing,
        suppressed=suppressed,
    )


def alarm_of(incident_id: int, at: datetime) -> Alarm:
    """The timer of an incident's escalation."""
    return Alarm("alert", f"escalation-{incident_id}", at)


def incident_of_alarm(subject: str) -> int | None:
    number = subject.rsplit("-", 1)[-1]
    return int(number) if number.isdigit() else None


def first_channels(channels: Sequence[str], escalation: Escalation | None, now: datetime) -> list[str]:
    """Who is told when an incident opens: the rule's channels, and those of a first step that has no delay."""
    is_at_once = escalation is not None and escalation.next_at is not None and escalation.next_at <= now
    return [*channels, *(escalation.steps[0].channels if escalation is not None and is_at_once else ())]
