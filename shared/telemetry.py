"""What a process measures about itself: OpenTelemetry traces and Prometheus metrics."""

import random
import re
import time
from bisect import bisect_left
from collections import Counter as CountOf
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from functools import partial
from typing import Any, Final

from msgspec import Struct
from opentelemetry import context, trace
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import REGISTRY, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.settings import Settings
from shared.version import VERSION

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# They would double the series, and Prometheus 2 makes nothing of them.
disable_created_metrics()  # type: ignore[no-untyped-call]

HTTP_REQUESTS = Counter(
    "belfry_http_requests_total", "HTTP requests answered", ["service", "method", "route", "status"]
)
HTTP_DURATION = Histogram(
    "belfry_http_request_duration_seconds", "HTTP answer time", ["service", "method", "route"], buckets=SECONDS
)
RPC_REQUESTS = Counter("belfry_rpc_requests_total", "RPC requests served", ["endpoint", "outcome"])
RPC_DURATION = Histogram("belfry_rpc_duration_seconds", "RPC answer time", ["endpoint"], buckets=SECONDS)

TRACEPARENT = re.compile(r"^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(?:$|-)")
NO_SPAN: Final = trace.INVALID_SPAN

_PROPAGATOR = TraceContextTextMapPropagator()
_RANDOM = random.Random()  # ids need to be unique, not secret
IN_STOCK = 256
_exporting = False
_CARRIED: ContextVar[str] = ContextVar("carried_traceparent", default="")


# --- traces -------------------------------------------------------------------------------------------------------


def configure(settings: Settings) -> Callable[[], None]:
    """Once per process; returns what ends it. Without an OTLP endpoint spans only carry their ids on."""
    if settings.otlp_endpoint is None:
        return lambda: None
    from shared.exporting import start_exporting  # heavy, and most processes never need it

    global _exporting
    _exporting = True
    return start_exporting(settings, settings.otlp_endpoint).shutdown


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    traceparent: str | None = None,
    attributes: dict[str, Any] | None = None,
    linked: Iterable[str] = (),
) -> Iterator[Span]:
    """A span below `traceparent`, or below the current one, and linked to others. An exception marks it as failed and
    goes on. While nobody collects spans it is none: only the ids of the trace, the current or a new one, are carried
    on."""
    if is_exporting():
        tracer = trace.get_tracer("belfry", VERSION)
        links = [Link(trace.get_current_span(_parent(each)).get_span_context()) for each in linked]
        with tracer.start_as_current_span(name, _parent(traceparent), kind, attributes, links) as current:
            yield current
        return
    token = carry(traceparent)
    try:
        yield NO_SPAN
    finally:
        put_down(token)


def span_of_batch(name: str, kind: SpanKind, traceparents: Iterable[str]) -> AbstractContextManager[Span]:
    """A span for what is done for several at once: below the one it is done for, or linked to each of many."""
    known = list(dict.fromkeys(each for each in traceparents if each))
    if len(known) == 1:
        return span(name, kind, known[0])
    return span(name, kind, linked=known)


def add_ended_span(name: str, seconds: float, attributes: dict[str, Any], failure: str = "") -> None:
    """A call to somewhere else that has just ended, below the current span; nothing outside of one."""
    if not _exporting or not trace.get_current_span().is_recording():
        return
    ended = time.time_ns()
    started, tracer = ended - round(seconds * 1e9), trace.get_tracer("belfry", VERSION)
    call = tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes, start_time=started)
    if failure:
        mark_failed(call, failure)
    call.end(ended)


def carry(traceparent: str | None) -> Token[str]:
    """Only the ids of a trace, until they are put down: those of the header, the current ones, or new ones."""
    return _CARRIED.set(_known(traceparent) or _CARRIED.get() or new_traceparent(sampled=False))


def begin_trace(traceparent: str | None) -> str:
    """Only the ids of a trace, for the rest of this task: those of the header, or new ones. Returns the trace's id."""
    carried = (traceparent and _known(traceparent)) or new_traceparent(sampled=False)
    _CARRIED.set(carried)
    return carried[3:35]


def put_down(token: Token[str]) -> None:
    _CARRIED.reset(token)


def mark_failed(current: Span, reason: str) -> None:
    current.set_status(Status(StatusCode.ERROR, reason))


def current_traceparent() -> str:
    """The W3C header to send along with whatever leaves this process now; empty outside of any span."""
    if not is_exporting():
        return _CARRIED.get()
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def current_trace_id() -> str:
    """32 hexadecimal digits; empty outside of any span."""
    return current_traceparent()[3:35]


def new_traceparent(sampled: bool) -> str:
    """The header of a trace that begins here."""
    ids = next(_STOCK)
    return f"00-{ids[:32]}-{ids[32:]}-{'01' if sampled else '00'}"


def stock_of_ids(size_bytes: int) -> Iterator[str]:
    """Random ids in hexadecimal, made many at once: one in between all else costs several times as much."""
    while True:
        yield from [_RANDOM.randbytes(size_bytes).hex() for _ in range(IN_STOCK)]


_STOCK = stock_of_ids(24)


def is_exporting() -> bool:
    return _exporting


def _known(traceparent: str | None) -> str:
    """The header as this version writes it; empty for one that is none."""
    found = TRACEPARENT.match(traceparent) if traceparent else None
    return f"00-{found[1]}" if found else ""


def _parent(traceparent: str | None) -> context.Context:
    """The context of a header, or of the current span."""
    current = context.get_current()
    return _PROPAGATOR.extract({"traceparent": traceparent}, current) if traceparent else current


# --- metrics ------------------------------------------------------------------------------------------------------


def exposition(*more: Collector) -> bytes:
    """The Prometheus text of this process, with metrics that are read at the moment of asking."""
    return b"".join(generate_latest(collector) for collector in (REGISTRY, *more))


def observe_many(histogram: Histogram, values: Sequence[float]) -> None:
    """As `observe` of each, in a tenth of the time; the library has nothing of the kind."""
    counts = CountOf(map(partial(bisect_left, histogram._upper_bounds), values))
    for bucket, count in counts.items():
        histogram._buckets[bucket].inc(count)
    histogram._sum.inc(sum(values))


class StateMetrics(Collector):
    """The numbers of a Struct as `<prefix>_<field>`: fields that end in `_total` are counters, all others gauges.
    Milliseconds become seconds, as Prometheus wants them. `meanings`: of each field."""

    def __init__(self, prefix: str, state: Struct, labels: dict[str, str], meanings: Mapping[str, str]) -> None:
        self._prefix, self._state, self._labels, self._meanings = prefix, state, labels, meanings

    def collect(self) -> Iterable[Metric]:
        for name in self._state.__struct_fields__:
            value = getattr(self._state, name)
            if isinstance(value, bool | int | float):
                yield self._metric(name, float(value))

    def _metric(self, field: str, value: float) -> Metric:
        name, value = (field, value) if not field.endswith("_ms") else (f"{field[:-3]}_seconds", value / 1000)
        family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
        metric = family(f"{self._prefix}_{name}", self._meanings[field], labels=list(self._labels))
        metric.add_metric(list(self._labels.values()), value)
        return metric
