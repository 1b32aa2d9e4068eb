"""What the shop does, told by the standard OpenTelemetry SDK: how long requests take, and their traces. Where to and in
what form, the SDK's own variables say."""

import time
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract, inject
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.util.types import AttributeValue

DURATION = "http.server.request.duration"
END_SECONDS = 2


@dataclass(frozen=True)
class Telemetry:
    meters: MeterProvider
    tracers: TracerProvider

    def shutdown(self) -> None:
        """Sends the last measurements and traces."""
        self.meters.shutdown(END_SECONDS * 1000)
        self.tracers.shutdown()


def start() -> Telemetry:
    """Reads OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT and the like."""
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(timeout=END_SECONDS)))
    return Telemetry(
        MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], shutdown_on_exit=False), tracers
    )


def measuring(telemetry: Telemetry, unmeasured: frozenset[str]) -> Middleware:
    """A span for each request, and its duration, except those to the `unmeasured` paths."""
    duration = telemetry.meters.get_meter("demo").create_histogram(DURATION, unit="s")
    tracer = telemetry.tracers.get_tracer("demo")

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in unmeasured:
            return await handler(request)
        started, status = time.perf_counter(), 500
        context = extract(request.headers)
        with tracer.start_as_current_span(
            request.method, context, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                response = await handler(request)
                status = response.status
                return response
            except web.HTTPException as error:
                status = error.status
                raise
            finally:
                attributes = _attributes(request, status)
                duration.record(time.perf_counter() - started, attributes)
                span.set_attributes(attributes)
                span.update_name(f"{request.method} {attributes.get('http.route', '')}".strip())
                if status >= 500:
                    span.set_status(StatusCode.ERROR)

    return measure


def headers_of_trace() -> dict[str, str]:
    """What tells another service which trace a request belongs to."""
    headers: dict[str, str] = {}
    inject(headers)
    return headers


def _attributes(request: web.Request, status: int) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {
        "http.request.method": request.method,
        "http.response.status_code": status,
        "url.scheme": request.scheme,
    }
    resource = request.match_info.route.resource
    return found | {"http.route": resource.canonical} if resource else found
