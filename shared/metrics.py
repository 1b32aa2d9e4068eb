"""What every process counts besides its requests, on /metrics: loops, consumers, queues, the outbox, the database."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from msgspec import Struct
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.telemetry import SECONDS

LOOP_ROUNDS = Counter("belfry_loop_rounds_total", "Rounds of what is done again and again", ["loop", "outcome"])
LOOP_SECONDS = Histogram("belfry_loop_duration_seconds", "Duration of one round", ["loop"], buckets=SECONDS)
LOOP_SUCCESS = Gauge("belfry_loop_last_success_timestamp_seconds", "When a round went well the last time", ["loop"])
LOOP_PERIOD = Gauge("belfry_loop_period_seconds", "How long after a round the next one begins", ["loop"])
LOOP_LAG = Gauge("belfry_event_loop_lag_seconds", "By how much this process was late, at worst in the last 10 s")

HANDLED = Counter("belfry_bus_handled_total", "Messages handed to a subscription's handler", ["outcome"])
HANDLER_SECONDS = Histogram("belfry_bus_handler_duration_seconds", "Duration of one handler", buckets=SECONDS)

CONSUMED = Counter("belfry_consumer_messages_total", "Messages of a durable consumer", ["consumer", "outcome"])
REDELIVERED = Counter("belfry_consumer_redelivered_total", "Of these, those that came again", ["consumer"])
BATCH_SECONDS = Histogram(
    "belfry_consumer_batch_duration_seconds", "Duration of one batch", ["consumer"], buckets=SECONDS
)
CONSUMER_LEFT = Gauge("belfry_consumer_left", "Messages that waited behind the last batch", ["consumer"])
PULL_ERRORS = Counter("belfry_consumer_pull_errors_total", "Pulls that NATS refused or did not answer", ["consumer"])
FOLLOWED = Counter("belfry_follow_messages_total", "Messages read from a stream in order", ["stream"])
FOLLOW_RESTARTS = Counter("belfry_follow_restarts_total", "Times that reading a stream began anew", ["stream"])

OUTBOX_ROWS = Counter("belfry_outbox_rows_total", "Rows of the outbox, by what became of them", ["outcome"])
OUTBOX_WAITING = Gauge("belfry_outbox_waiting", "Rows that waited at the last look, of which it takes 500 at most")
OUTBOX_AGE = Gauge("belfry_outbox_oldest_seconds", "How long the oldest of them had waited")

QUERIES = Counter("belfry_db_queries_total", "SQL statements", ["outcome"])
QUERY_SECONDS = Histogram("belfry_db_query_duration_seconds", "Duration of one statement", buckets=SECONDS)

CALLS = Counter("belfry_rpc_calls_total", "RPC requests asked of others", ["endpoint", "outcome"])
CALL_SECONDS = Histogram("belfry_rpc_call_duration_seconds", "Time until the answer", ["endpoint"], buckets=SECONDS)

BUILD = Gauge("belfry_build_info", "1, with the version that runs", ["service", "version"])
DEPENDENCY_UP = Gauge("belfry_dependency_up", "1 when what this process needs answered the last time", ["dependency"])


@contextmanager
def round_of(loop: str) -> Iterator[None]:
    """One round of a loop; an exception counts as failed and goes on, a cancelled one does not count."""
    started, (ok, failed, seconds) = time.perf_counter(), _of_loop(loop)
    try:
        yield
    except Exception:
        failed.inc()
        raise
    ok.inc()
    seconds.observe(time.perf_counter() - started)
    LOOP_SUCCESS.labels(loop).set(time.time())  # is not there before the first time


@cache
def _of_loop(loop: str) -> tuple[Counter, Counter, Histogram]:
    """To look them up by their labels takes longer than to count."""
    return LOOP_ROUNDS.labels(loop, "ok"), LOOP_ROUNDS.labels(loop, "failed"), LOOP_SECONDS.labels(loop)


@cache
def calls_of(endpoint: str, outcome: str) -> tuple[Counter, Histogram]:
    return CALLS.labels(endpoint, outcome), CALL_SECONDS.labels(endpoint)


def count_query(seconds: float, failed: bool) -> None:
    _QUERIES[failed].inc()
    QUERY_SECONDS.observe(seconds)


_QUERIES = (QUERIES.labels("ok"), QUERIES.labels("failed"))


class Watched(Struct, frozen=True, kw_only=True):
    """Something that holds work: how much of it now, how much at most, and how much it gave up since the start.
    Whoever drops nothing makes others wait."""

    name: str
    depth: Callable[[], float]
    limit: Callable[[], float]
    dropped: Callable[[], float] = lambda: 0


class QueueMetrics(Collector):
    """Depth, bound and drops of every queue, read at the moment of asking."""

    def __init__(self, service: str, queues: Iterable[Watched]) -> None:
        self._service, self._queues = service, list(queues)

    def collect(self) -> Iterable[Metric]:
        labels = ["service", "queue"]
        depth = GaugeMetricFamily("belfry_queue_depth", "What waits or runs now", labels=labels)
        limit = GaugeMetricFamily("belfry_queue_limit", "How much may", labels=labels)
        dropped = CounterMetricFamily("belfry_queue_dropped_total", "What was given up for want of room", labels=labels)
        for queue in self._queues:
            names = [self._service, queue.name]
            depth.add_metric(names, queue.depth())
            limit.add_metric(names, queue.limit())
            dropped.add_metric(names, queue.dropped())
        return depth, limit, dropped
