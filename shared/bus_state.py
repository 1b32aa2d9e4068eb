"""What a process knows of its bus, in numbers."""

from datetime import datetime

from msgspec import Struct

from shared.event_queue import EventQueue
from shared.link import Link, LinkState


class BusState(Struct, frozen=True, kw_only=True):
    """What the bus is doing, for readiness, metrics and the log; `_total` counts since the process started."""

    state: LinkState
    up: bool
    since: datetime
    rtt_ms: float | None
    queued: int
    waiting_requests: int
    published_total: int
    dropped_total: int
    slow_dropped_total: int
    errors_total: int
    reconnects_total: int
    last_error: str


BUS_MEANINGS = {
    "up": "1 when NATS can be talked to",
    "rtt_ms": "How long NATS took to answer the last ping",
    "queued": "Events that wait to be sent",
    "waiting_requests": "Requests that wait for an answer",
    "published_total": "Events sent",
    "dropped_total": "Events given up because too many waited",
    "slow_dropped_total": "Times that messages were dropped because their handler was too slow",
    "errors_total": "Errors of the connection, refused permissions among them",
    "reconnects_total": "Connections made anew",
}
"""Of the numbers in BusState."""


def state_of(link: Link, queue: EventQueue, waiting_requests: int) -> BusState:
    return BusState(
        state=link.state,
        up=link.state == "up",
        since=link.since,
        rtt_ms=link.rtt_ms,
        queued=len(queue),
        waiting_requests=waiting_requests,
        published_total=queue.sent,
        dropped_total=queue.dropped,
        slow_dropped_total=link.slow_drops,
        errors_total=link.errors,
        reconnects_total=max(0, link.connects - 1),
        last_error=link.last_error,
    )
