"""What comes on the bus by itself: timers that are due, and events that say that something was changed."""

from typing import TypeVar

import msgspec
import structlog

from alert_svc import escalating
from alert_svc.room import Room
from alert_svc.telling import incident_of_alarm
from shared.contracts.alerts.events import AlertConfigured, AlertResolved
from shared.contracts.health.events import HealthChanged
from shared.jetstream import Delivery

log = structlog.get_logger()

T = TypeVar("T")


async def on_due(room: Room, deliveries: list[Delivery]) -> None:
    """Steps of escalation that are due."""
    for delivery in deliveries:
        incident_id = incident_of_alarm(delivery.subject)
        if incident_id is not None and await escalating.take_due_step(room.pool, incident_id):
            room.wake_outbox()
        await delivery.ack()


def on_configured(room: Room, body: bytes) -> None:
    event = _read(body, AlertConfigured)
    if event is not None and event.kind == "rule":
        room.evaluator.configured()


def on_resolved(room: Room, body: bytes) -> None:
    """By hand, perhaps at another replica: its alerts are no longer what we take them for."""
    event = _read(body, AlertResolved)
    if event is not None and event.actor is not None:
        room.evaluator.reread(event.rule_id)


def on_health(room: Room, body: bytes) -> None:
    """A service has changed: what is known of services is read anew. That it is in maintenance is known at once."""
    event = _read(body, HealthChanged)
    if event is not None and event.maintenance:
        room.evaluator.maintained(event.service_id)
    room.health_changed.set()


def _read(body: bytes, type_: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        log.warning("event.unreadable", type=type_.__name__)
        return None
