"""Sends spans to an OpenTelemetry collector. Loaded only when there is one: it is a fifth of the time to start."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from shared.settings import Settings
from shared.version import VERSION

TIMEOUT_SECONDS = 2


def start_exporting(settings: Settings, endpoint: str) -> TracerProvider:
    """From now on spans are sampled as their parents are, batched, and sent; `shutdown` sends the last ones."""
    resource = Resource.create(
        {"service.name": settings.service, "service.version": VERSION, "service.instance.id": settings.instance}
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=TIMEOUT_SECONDS)
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider
