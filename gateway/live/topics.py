"""What clients may hear: each event of the contracts under its topic, and what a slow client may miss of it."""

from collections.abc import Iterable

from msgspec import Struct

from shared.contracts.live import TOPICS, Delivery, Topic
from shared.contracts.wire import EVENTS_STREAM, ROLES, Event, Role

TOPIC_OF: dict[str, Topic] = {
    "health": "health",
    "latency": "latency",
    "alert": "alerts",
    "pipeline": "pipeline",
    "ws": "ws",
}
"""By the domain of the event. Facts are events, measures are states of what their subject names."""
LOGS = frozenset({"ws.failed", "ws.closed"})
UNTOLD = frozenset({"ws.opened", "ws.measured", "pipeline.announced"})  # others sum them up
LEAST_ROLE: dict[Topic, Role] = dict.fromkeys(TOPICS, "viewer")
BITS: dict[Topic, int] = {topic: 1 << place for place, topic in enumerate(TOPICS)}
"""A set of topics is one number: clients that hear the same share one frame."""


class Told(Struct, frozen=True):
    """How an event is told. `kind`: its CloudEvents type without the version."""

    kind: str
    topic: Topic
    delivery: Delivery


def kind_of(subject: str) -> str:
    """`health.changed` for `belfry.v1.health.changed.ledger-db`."""
    parts = subject.split(".", 4)
    return f"{parts[2]}.{parts[3]}"


def key_of(subject: str) -> str:
    """Of what it is the state: `ledger-db` for `belfry.v1.health.checked.ledger-db`."""
    return subject.split(".", 4)[4]


def told_of(event: type[Event]) -> Told | None:
    """None for what no client hears."""
    subject: str = event.SUBJECT
    kind = kind_of(subject)
    topic = TOPIC_OF.get(kind.split(".")[0])
    if topic is None or kind in UNTOLD:
        return None
    lasting = event.STREAM == EVENTS_STREAM
    return Told(kind, topic, "log" if kind in LOGS else "event" if lasting else "state")


def table(events: Iterable[type[Event]], stream: str) -> dict[str, Told]:
    """What is told of a stream, by kind."""
    found = [told_of(event) for event in events if stream == event.STREAM]
    return {told.kind: told for told in found if told}


def filters_of(kinds: Iterable[str]) -> list[str]:
    """The subjects of some kinds of events, whatever they are about."""
    return [f"belfry.v1.{kind}.>" for kind in kinds]


def topics_of(role: Role) -> list[Topic]:
    """What a role may hear."""
    return [topic for topic, least in LEAST_ROLE.items() if ROLES.index(role) >= ROLES.index(least)]


def topics_in(mask: int) -> list[Topic]:
    return [topic for topic, bit in BITS.items() if mask & bit]
