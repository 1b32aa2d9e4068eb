"""A shop that tells how long its requests took, and the trace of the slowest: `python -m tests.e2e.shop`. It knows the
OpenTelemetry SDK and its environment variables, and nothing of Belfry."""

import math
import time

from msgspec import Struct
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

SERVICE = "shop"
CONFIGURATION = {
    "OTEL_SERVICE_NAME": SERVICE,
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
}
"""What Belfry's pages say to set, besides the address."""


class Route(Struct, frozen=True):
    """An endpoint of the shop and the durations of its requests: evenly between two in ms, in powers, the more of them
    at the fast end the higher `bend` is. Every `fails`-th request fails."""

    method: str
    path: str
    requests: int
    fastest_ms: float
    slowest_ms: float
    bend: float = 1
    fails: int = 0

    def durations_ms(self) -> list[float]:
        """In rising order."""
        ratio, last = self.slowest_ms / self.fastest_ms, self.requests - 1
        return [self.fastest_ms * ratio ** ((n / last) ** self.bend) for n in range(self.requests)]

    def quantile_ms(self, q: float) -> float:
        """The exact one, by nearest rank."""
        return self.durations_ms()[math.ceil(q * self.requests) - 1]

    def attributes(self, number: int) -> dict[str, AttributeValue]:
        status = 503 if self.fails and number % self.fails == 0 else 200
        return {
            "http.request.method": self.method,
            "http.route": self.path,
            "http.response.status_code": status,
            "url.scheme": "http",
        }


PRODUCT = Route("GET", "/products/{id}", 900, 4, 60)
CART = Route("PUT", "/carts/{id}", 800, 150, 400)
SEARCH = Route("GET", "/search", 700, 8, 1400, bend=6)
CHECKOUT = Route("POST", "/checkout", 500, 520, 1800, fails=50)
SHOWN = (PRODUCT, CART, SEARCH, CHECKOUT)
"""Each sort puts these four into another order. Search is fast for most and slow for some."""
FEW = Route("GET", "/recommendations/{id}", 7, 10, 20)
HELP = tuple(Route("GET", f"/help/topic-{letter}", 150, 2, 30) for letter in "abcdefghijklmnopqrst")
"""As many more as a heatmap has rows."""
ROUTES = (*SHOWN, FEW, *HELP)
REQUESTS = sum(route.requests for route in ROUTES)


def main() -> None:
    """Records all requests and sends them."""
    provider = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
    duration = provider.get_meter("shop").create_histogram("http.server.request.duration", "s")
    for route in ROUTES:
        for number, ms in enumerate(route.durations_ms()):
            duration.record(ms / 1000, route.attributes(number))
    if not provider.force_flush():
        raise SystemExit("the shop's metrics were not taken")
    provider.shutdown()
    trace_slowest(CHECKOUT)


def trace_slowest(route: Route) -> None:
    """Its last request, which was counted already, as a span that ended just now."""
    provider, ended = TracerProvider(), time.time_ns()
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    started = ended - int(route.slowest_ms * 1_000_000)
    attributes = route.attributes(0)
    tracer = provider.get_tracer("shop")
    tracer.start_span(route.path, kind=SpanKind.SERVER, attributes=attributes, start_time=started).end(ended)
    provider.shutdown()


if __name__ == "__main__":
    main()
