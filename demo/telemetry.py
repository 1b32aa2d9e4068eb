"""How long requests take, told by the standard OpenTelemetry SDK; where to and in what form, its own variables say."""

import time

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.util.types import AttributeValue

DURATION = "http.server.request.duration"


def start() -> MeterProvider:
    """Reads OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT and the like; `shutdown` sends the last measurements."""
    return MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], shutdown_on_exit=False)


def measuring(provider: MeterProvider, unmeasured: frozenset[str]) -> Middleware:
    """Records the duration of each request, except those to the `unmeasured` paths."""
    duration = provider.get_meter("demo").create_histogram(DURATION, unit="s")

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path in unmeasured:
            return await handler(request)
        started, status = time.perf_counter(), 500
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as error:
            status = error.status
            raise
        finally:
            duration.record(time.perf_counter() - started, _attributes(request, status))

    return measure


def _attributes(request: web.Request, status: int) -> dict[str, AttributeValue]:
    found: dict[str, AttributeValue] = {
        "http.request.method": request.method,
        "http.response.status_code": status,
        "url.scheme": request.scheme,
    }
    resource = request.match_info.route.resource
    return found | {"http.route": resource.canonical} if resource else found
