"""Every stream, key-value bucket and durable consumer, as JetStream's own configuration."""

import re
from typing import Any

from msgspec import Struct

from shared.contracts.alerts.deliveries import JOB_STREAM
from shared.contracts.pipeline.chain import CHAINS_BUCKET
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.contracts.ws.events import OUTSIDE_SUBJECTS
from shared.events import all_events
from shared.timers import TIMERS_STREAM

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MB = 1024 * 1024

SAMPLES_STREAM = "BELFRY_SAMPLES"
DLQ_STREAM = "BELFRY_DLQ"


class Stream(Struct, frozen=True, kw_only=True):
    """A stream; `max_age_seconds` 0 keeps for ever. `more` is merged into JetStream's configuration as it is."""

    name: str
    subjects: tuple[str, ...]
    max_bytes: int
    max_age_seconds: float = 0
    dedup_seconds: float = 2 * MINUTE
    more: dict[str, Any] = {}

    def config(self, replicas: int) -> dict[str, Any]:
        return {
            "name": self.name,
            "subjects": list(self.subjects),
            "retention": "limits",
            "storage": "file",
            "discard": "old",
            "max_bytes": self.max_bytes,
            "max_age": nanoseconds(self.max_age_seconds),
            "duplicate_window": nanoseconds(self.dedup_seconds),
            "num_replicas": replicas,
            **self.more,
        }


class Bucket(Struct, frozen=True, kw_only=True):
    """A key-value bucket whose entries live `ttl_seconds` after their last write, 0 for ever. Reads ask the stream's
    leader."""

    name: str
    ttl_seconds: float
    max_bytes: int = 16 * MB
    storage: str = "file"

    def stream(self) -> Stream:
        more = {
            "storage": self.storage,
            "discard": "new",
            "max_msgs_per_subject": 1,
            "allow_rollup_hdrs": True,
            "deny_delete": True,
            "allow_direct": False,
        }
        return Stream(
            name=f"KV_{self.name}",
            subjects=(f"$KV.{self.name}.>",),
            max_bytes=self.max_bytes,
            max_age_seconds=self.ttl_seconds,
            dedup_seconds=min(2 * MINUTE, self.ttl_seconds or 2 * MINUTE),
            more=more,
        )


class Consumer(Struct, frozen=True, kw_only=True):
    """A durable pull consumer; messages not acknowledged within `ack_wait_seconds` come again, for ever."""

    name: str
    stream: str
    filter: str
    deliver: str = "all"
    ack_wait_seconds: float = 30
    max_ack_pending: int = 1000

    def config(self) -> dict[str, Any]:
        return {
            "durable_name": self.name,
            "filter_subject": self.filter,
            "deliver_policy": self.deliver,
            "ack_policy": "explicit",
            "ack_wait": nanoseconds(self.ack_wait_seconds),
            "max_ack_pending": self.max_ack_pending,
            "max_deliver": -1,
        }


def nanoseconds(seconds: float) -> int:
    return round(seconds * 1_000_000_000)


def subjects_of(stream: str) -> tuple[str, ...]:
    """The subject filters of the events that name a stream: `belfry.v1.health.changed.*`."""
    events = (event for event in all_events() if stream == event.STREAM)
    return tuple(sorted(re.sub(r"{\w+}", "*", event.SUBJECT) for event in events))


# A schedule is replaced by publishing to its subject again, so one message a subject. A due message that nobody took is
# replaced by the next one in the same way: after an outage each timer is due once.
TIMERS = Stream(
    name=TIMERS_STREAM,
    subjects=("belfry.schedule.>", "belfry.due.>"),
    max_bytes=64 * MB,
    more={"max_msgs_per_subject": 1, "allow_msg_schedules": True, "allow_msg_ttl": True, "allow_rollup_hdrs": True},
)

STREAMS: tuple[Stream, ...] = (
    Stream(
        name=EVENTS_STREAM,
        subjects=subjects_of(EVENTS_STREAM),
        max_bytes=256 * MB,
        max_age_seconds=7 * DAY,
        dedup_seconds=10 * MINUTE,
        more={"allow_direct": True},
    ),
    Stream(
        name=MEASURES_STREAM,
        subjects=(*subjects_of(MEASURES_STREAM), *OUTSIDE_SUBJECTS),
        max_bytes=256 * MB,
        max_age_seconds=HOUR,
        more={"allow_direct": True},
    ),
    # A minute of a million samples a second takes 400 MB: what an outage of the only worker may take.
    Stream(name=SAMPLES_STREAM, subjects=("belfry.samples.>",), max_bytes=1024 * MB, max_age_seconds=HOUR),
    TIMERS,
    # Full means refuse: a delivery that cannot be kept must stay with its sender, never push out an older one.
    Stream(
        name=JOB_STREAM,
        subjects=("belfry.notify.>",),
        max_bytes=128 * MB,
        dedup_seconds=10 * MINUTE,
        more={"retention": "workqueue", "discard": "new"},
    ),
    Stream(name=DLQ_STREAM, subjects=("belfry.dlq.>",), max_bytes=64 * MB, max_age_seconds=30 * DAY),
)

BUCKETS: tuple[Bucket, ...] = (
    Bucket(name="presence", ttl_seconds=30),
    Bucket(name="leases", ttl_seconds=15),
    Bucket(name="ws_tickets", ttl_seconds=60, storage="memory"),
    Bucket(name=CHAINS_BUCKET, ttl_seconds=0),
    Bucket(name="rate_limits", ttl_seconds=DAY, storage="memory"),
)

CONSUMERS: tuple[Consumer, ...] = (
    Consumer(
        name="health_due",
        stream=TIMERS_STREAM,
        filter="belfry.due.health.>",
        deliver="last_per_subject",
        max_ack_pending=10_000,
    ),
    Consumer(
        name="alert_due",
        stream=TIMERS_STREAM,
        filter="belfry.due.alert.>",
        deliver="last_per_subject",
    ),
    Consumer(name="alert_senders", stream=JOB_STREAM, filter="belfry.notify.>"),
    Consumer(
        name="latency_samples",
        stream=SAMPLES_STREAM,
        filter="belfry.samples.latency.>",
        max_ack_pending=20_000,
    ),
)
