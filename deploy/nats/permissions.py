"""Who may do what on the bus: one user a process, each with no more than it needs."""

from typing import Any

from msgspec import Struct

from deploy.nats.streams import BUCKETS, CONSUMERS
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.contracts.ws.events import OUTSIDE, OUTSIDE_SUBJECTS
from shared.contracts.ws.nodes import NODE_SUBJECT
from shared.timers import TIMERS_STREAM

NODES_OUTSIDE = NODE_SUBJECT.format(node=f"{OUTSIDE}*", action="*")
SAMPLED = "belfry.v1.metric.sampled.>"
"""Anyone may measure anything under names of their own: rules may watch it."""

MEASURED = "belfry.v1.metric.measured.*"

WHO_AM_I = "$SYS.REQ.USER.INFO"
"""Asks the server what one may do: only of oneself."""

RESPONSES = {"max": 1, "expires": "1m"}
"""One answer to each request received, within a minute."""


class Grant(Struct, frozen=True, kw_only=True):
    """What one user may publish and subscribe besides what all of Belfry's processes may."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()


def consume(name: str) -> tuple[str, ...]:
    """What a worker of a durable consumer publishes: its pulls and its acknowledgements."""
    stream = next(consumer.stream for consumer in CONSUMERS if consumer.name == name)
    return (
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}",
        f"$JS.API.CONSUMER.INFO.{stream}.{name}",
        f"$JS.ACK.{stream}.{name}.>",
    )


def follow(stream: str) -> tuple[str, ...]:
    """What an ordered reader of a stream publishes: consumers of its own, that acknowledge nothing."""
    return (
        f"$JS.API.CONSUMER.CREATE.{stream}.>",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.>",
        f"$JS.API.CONSUMER.DELETE.{stream}.>",
        f"$JS.API.STREAM.INFO.{stream}",
    )


def timers(domain: str) -> tuple[str, ...]:
    """What a service publishes to set, list and remove timers of its own."""
    return (
        f"belfry.schedule.{domain}.>",
        f"$JS.API.STREAM.INFO.{TIMERS_STREAM}",
        f"$JS.API.STREAM.PURGE.{TIMERS_STREAM}",
    )


GRANTS: dict[str, Grant] = {
    "health_svc": Grant(
        publish=(
            *timers("health"),
            *consume("health_due"),
            "$SRV.>",  # finds micro services, and pings those it watches
            "belfry.rpc.*.get_readiness",
        ),
        subscribe=("belfry.heartbeat.*", "belfry.v1.health.>"),
    ),
    "latency_svc": Grant(
        publish=(
            *timers("latency"),
            *consume("latency_samples"),
            "belfry.samples.latency.*",  # of those who speak OTLP
        ),
    ),
    "ws_svc": Grant(publish=("belfry.node.>", *follow(MEASURES_STREAM))),
    "pipeline_svc": Grant(publish=follow(MEASURES_STREAM), subscribe=("belfry.v1.pipeline.>",)),
    "alert_svc": Grant(
        publish=(
            *timers("alert"),
            *consume("alert_due"),
            *consume("alert_senders"),
            *follow(EVENTS_STREAM),
            *follow(MEASURES_STREAM),
            "belfry.notify.>",
            "belfry.rpc.health.list_services",  # who is in maintenance, and who needs whom
            "belfry.rpc.health.get_dependencies",
        ),
        subscribe=("belfry.v1.>",),
    ),
    "gateway": Grant(
        publish=(
            "belfry.rpc.>",
            "belfry.v1.auth.>",
            "belfry.v1.ws.>",
            "belfry.v1.pipeline.>",
            "belfry.heartbeat.*",
            "$SRV.>",
            "$JS.API.STREAM.LIST",
            "$JS.API.STREAM.INFO.*",
            *follow(EVENTS_STREAM),
            *follow(MEASURES_STREAM),
        ),
        subscribe=("belfry.v1.>", "belfry.node.>"),
    ),
}

OBSERVER = "observer"
ADMIN = "admin"
USERS: tuple[str, ...] = (*GRANTS, OBSERVER, ADMIN)


def permissions_of(user: str) -> dict[str, Any]:
    """nats-server's permissions of a user, as plain data."""
    if user == ADMIN:
        return {"publish": {"allow": [">"]}, "subscribe": {"allow": [">"]}}
    if user == OBSERVER:
        return _outsider()
    return _insider(user, GRANTS[user])


def _insider(service: str, grant: Grant) -> dict[str, Any]:
    """Its own events, latencies, inbox, RPC endpoints (in its own queue group), discovery, buckets, its grant."""
    domain = service.removesuffix("_svc")
    own = (f"belfry.v1.{domain}.>", f"belfry.dlq.{domain}.>", f"belfry.samples.latency.{service}", SAMPLED, MEASURED)
    publish = [*own, WHO_AM_I, *_buckets(domain), *grant.publish]
    subscribe = [
        f"_INBOX_{service}.>",
        f"belfry.rpc.{domain}.> {service}",
        *(f"$SRV.{verb}" for verb in ("PING", "INFO", "STATS")),
        f"$SRV.*.{service}",
        f"$SRV.*.{service}.>",
        *(f"$KV.{bucket.name}.>" for bucket in BUCKETS),
        *grant.subscribe,
    ]
    return {
        "publish": {"allow": _unique(publish)},
        "subscribe": {"allow": _unique(subscribe)},
        "allow_responses": RESPONSES,
    }


def _outsider() -> dict[str, Any]:
    """Hears every event, sends heartbeats, latencies and samples of metrics, tells of its WebSockets and is asked about
    them, and may be found as a micro service. Outsiders have a place of their own in the subjects of nodes: none can
    pass for a gateway, hear what a gateway is told, or tell any node to close."""
    return {
        "publish": {"allow": ["belfry.heartbeat.*", "belfry.samples.latency.*", SAMPLED, *OUTSIDE_SUBJECTS]},
        "subscribe": {
            "allow": ["belfry.v1.>", NODES_OUTSIDE, "$SRV.>", "_INBOX.>", f"_INBOX_{OBSERVER}.>"],
        },
        "allow_responses": RESPONSES,
    }


def _buckets(domain: str) -> list[str]:
    """Writes only under its own domain's keys, reads all."""
    writes = [f"$KV.{bucket.name}.{domain}.>" for bucket in BUCKETS]
    return writes + [f"$JS.API.STREAM.MSG.GET.KV_{bucket.name}" for bucket in BUCKETS]


def _unique(subjects: list[str]) -> list[str]:
    return list(dict.fromkeys(subjects))
