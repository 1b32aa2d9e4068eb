"""The request durations in a trace export: spans of servers, each one a sample."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from latency_svc.latency_tracker import minute_of
from latency_svc.otlp.attributes import (
    Naming,
    Values,
    is_http,
    is_rpc,
    rpc_series,
    service_of,
    status_of,
    values_of,
)
from latency_svc.otlp.batches import Samples
from latency_svc.otlp.examples import offer
from latency_svc.otlp.points import NANOSECONDS
from latency_svc.otlp.preference import Preference
from latency_svc.otlp.refused import Refusals, RefusedError, refuse_time
from latency_svc.slowest import Slowest
from shared.contracts.latency import SampleSeries

SERVER = Span.SPAN_KIND_SERVER
FAILED = Status.STATUS_CODE_ERROR


class Spans:
    """Of one export. `ignored`: spans that are no request a server answered, or whose service sends metrics as well."""

    def __init__(self) -> None:
        self.samples = Samples()
        self.refusals = Refusals()
        self.ignored = 0


def read_traces(
    request: ExportTraceServiceRequest, naming: Naming, preference: Preference, slowest: Slowest, now: float
) -> Spans:
    """Every server span of HTTP or RPC as a sample in the minute it ended, and as an example when it is slow. `now`:
    Unix time."""
    spans = Spans()
    for resource in request.resource_spans:
        service = service_of(resource.resource)
        counted = not preference.has_metrics(service, now)
        for scope in resource.scope_spans:
            for span in scope.spans:
                values = values_of(span.attributes) if span.kind == SERVER else {}
                series = _series_of(span, service, values, naming)
                if series is None or not counted:
                    spans.ignored += 1
                if series is not None:
                    _take(spans if counted else None, slowest, service, series, span, values, now)
    return spans


def _take(
    spans: Spans | None, slowest: Slowest, service: str, series: SampleSeries, span: Span, values: Values, now: float
) -> None:
    """Without `spans` it is not counted, for the service sends metrics as well."""
    try:
        seconds, ended = _times(span, now)
    except RefusedError as refused:
        if spans is not None:
            spans.refusals[refused.reason] += 1
        return
    if spans is not None:
        spans.samples.add(service, minute_of(ended), series, seconds)
    offer(slowest, service, series, span.trace_id, seconds, ended, lambda: status_of(values))


def _series_of(span: Span, service: str, values: Values, naming: Naming) -> SampleSeries | None:
    if is_http(values):
        series = naming.series(service, values)
    elif is_rpc(values):
        series = rpc_series(values, span.name)
    else:
        return None
    if series.status_class == 0 and span.status.code == FAILED:
        return SampleSeries(series.method, series.route, 5)
    return series


def _times(span: Span, now: float) -> tuple[float, float]:
    """Duration in seconds and the Unix time of its end."""
    if not 0 < span.start_time_unix_nano <= span.end_time_unix_nano:
        raise RefusedError("malformed")
    ended = span.end_time_unix_nano / NANOSECONDS
    refuse_time(ended, now)
    return (span.end_time_unix_nano - span.start_time_unix_nano) / NANOSECONDS, ended
