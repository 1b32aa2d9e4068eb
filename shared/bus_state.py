"""What a process knows of its bus, in numbers."""

from datetime import datetime

from msgspec import Struct

from shared.link import LinkState


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
