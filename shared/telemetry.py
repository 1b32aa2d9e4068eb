"""What a process measures about itself: OpenTelemetry traces and Prometheus metrics."""

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from shared.settings import Settings
from shared.version import VERSION

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HTTP_REQUESTS = Counter(
    "belfry_http_requests_total", "HTTP requests answered", ["service", "method", "route", "status"]
)
HTTP_DURATION = Histogram(
    "belfry_http_request_duration_seconds", "Time to answer an HTTP request", ["service", "method", "route"], buckets=SECONDS
)
RPC_REQUESTS = Counter("belfry_rpc_requests_total", "RPC requests served", ["endpoint", "outcome"])
RPC_DURATION = Histogram("belfry_rpc_duration_seconds", "Time to serve an RPC request", ["endpoint"], buckets=SECONDS)

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_PROPAGATOR = TraceContextTextMapPropagator()
_IDS = random.SystemRandom()


class Exporting(Struct, frozen=True):
    """The running exporter, to be flushed at the end; None when no endpoint was set."""

    provider: TracerProvider | None

    def close(self) -> None:
        if self.provider is not None:
            self.provider.shutdown()


def configure(settings: Settings) -> Exporting:
    """Once per process. Without an OTLP endpoint spans only carry their ids on, which costs a few microseconds."""
    if settings.otlp_endpoint is None:
        return Exporting(None)
    resource = Resource.create(
        {"service.name": settings.service, "service.version": VERSION, "service.instance.id": settings.instance}
    )
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    endpoint = settings.otlp_endpoint.rstrip("/") + "/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=2)))
    trace.set_tracer_provider(provider)
    return Exporting(provider)


@contextmanager
def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, traceparent: str | None = None, attributes: dict[str, Any] | None = None
) -> Iterator[Span]:
    """A span below `traceparent`, or below the current one. An exception marks it as failed and goes on."""
    parent = _parent(traceparent)
    tracer = trace.get_tracer("belfry", VERSION)
    with tracer.start_as_current_span(name, context=parent, kind=kind, attributes=attributes) as current:
        yield current


def mark_failed(current: Span, reason: str) -> None:
    current.set_status(Status(StatusCode.ERROR, reason))


def current_traceparent() -> str:
    """The W3C header to send along with whatever leaves this process now; empty outside of any span."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def exposition(*more: "StateMetrics") -> bytes:
    """The Prometheus text of this process, with the metrics that are read at the moment of asking."""
    return b"".join([generate_latest(REGISTRY), *(generate_latest(each) for each in more)])


class StateMetrics:
    """A Struct of numbers as metrics `<prefix>_<field>`: fields ending in `_total` are counters, all else gauges."""

    def __init__(self, prefix: str, state: Struct, labels: dict[str, str]) -> None:
        self._prefix, self._state, self._labels = prefix, state, labels

    def collect(self) -> Iterable[Metric]:
        for name in self._state.__struct_fields__:
            value = getattr(self._state, name)
            if isinstance(value, bool | int | float):
                family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                metric = family(f"{self._prefix}_{name}", name.replace("_", " "), labels=list(self._labels))
                metric.add_metric(list(self._labels.values()), float(value))
                yield metric


def _parent(traceparent: str | None) -> context.Context:
    """The context of a header; of the current span without one; of a new trace, not sampled, when there is neither."""
    found = _PROPAGATOR.extract({"traceparent": traceparent}) if traceparent else context.get_current()
    if trace.get_current_span(found).get_span_context().is_valid or _exports():
        return found
    fresh = SpanContext(_IDS.getrandbits(128) | 1, _IDS.getrandbits(64) | 1, is_remote=False, trace_flags=TraceFlags(0))
    return trace.set_span_in_context(NonRecordingSpan(fresh), found)


def _exports() -> bool:
    return isinstance(trace.get_tracer_provider(), TracerProvider)
