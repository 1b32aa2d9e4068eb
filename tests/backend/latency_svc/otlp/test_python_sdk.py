"""The real SDK for Python as a client."""

import asyncio
import random
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import Histogram as HistogramInstrument
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import (
    Aggregation,
    ExplicitBucketHistogramAggregation,
    ExponentialBucketHistogramAggregation,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AnyValue

from latency_svc import grid
from latency_svc.deltas import joined
from latency_svc.histogram import Histogram, merge_all, quantile
from shared.contracts.latency import BucketBatch, SampleBatch, SampleSeries
from tests.backend.latency_svc.otlp.conftest import Batch, Door, deltas_in
from tests.fixtures.processes import ROOT

Attributes = dict[str, AnyValue]

ATTRIBUTES: Attributes = {
    "http.request.method": "GET",
    "http.route": "/users/{id}",
    "http.response.status_code": 200,
    "url.scheme": "http",
}
ENDPOINT = SampleSeries("GET", "/users/{id}", 2)
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
EXPLICIT = ExplicitBucketHistogramAggregation(BOUNDS)
EXPONENTIAL = ExponentialBucketHistogramAggregation(max_size=1024, max_scale=6)
DELTA, CUMULATIVE = AggregationTemporality.DELTA, AggregationTemporality.CUMULATIVE


class Client:
    """A process that measures its requests and exports when told."""

    def __init__(
        self, url: str, service: str, temporality: AggregationTemporality, aggregation: Aggregation, **options: Any
    ) -> None:
        exporter = OTLPMetricExporter(
            f"{url}/v1/metrics",
            preferred_temporality={HistogramInstrument: temporality},
            preferred_aggregation={HistogramInstrument: aggregation},
            **options,
        )
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=float("inf"))
        self._provider = MeterProvider([reader], Resource({"service.name": service}), shutdown_on_exit=False)
        self._duration = self._provider.get_meter("shop").create_histogram("http.server.request.duration", "s")

    async def send(self, seconds: Iterable[float], **attributes: Any) -> bool:
        for each in seconds:
            self._duration.record(each, ATTRIBUTES | attributes)
        return await asyncio.to_thread(self._provider.force_flush)

    async def end(self) -> None:
        await asyncio.to_thread(self._provider.shutdown)


def lognormal(count: int, seed: int = 1) -> list[float]:
    draw = random.Random(seed)
    return [draw.lognormvariate(-3, 1) for _ in range(count)]


def bucket_batches(batches: Iterable[Batch]) -> list[BucketBatch]:
    return [batch for batch in batches if isinstance(batch, BucketBatch)]


def histogram_of(batches: Iterable[Batch]) -> tuple[Histogram, float]:
    """All deltas as one histogram, and how wrong its quantiles may be, in percent."""
    found, error_pct = [], 0.0
    deltas = joined([deltas_in(batch) for batch in batches])
    for one in (deltas.part(place, place + 1) for place in range(deltas.size)):
        scale, counts = grid.from_exponential(int(one.scales[0]), int(one.offsets[0]), one.counts)
        counts[0] += one.zero_counts[0]
        error_pct = max(error_pct, one.error_pcts[0], grid.error_bound_pct(scale))
        found.append(
            Histogram(
                count=int(one.requests[0]),
                error_count=0,
                sum_seconds=float(one.sums[0]),
                min_seconds=float(np.nan_to_num(one.lows[0], nan=0.0)),
                max_seconds=float(np.nan_to_num(one.highs[0], nan=1e6)),
                scale=scale,
                counts=counts,
            )
        )
    return merge_all(found), error_pct


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip, Compression.Deflate])
@pytest.mark.parametrize("aggregation", [EXPLICIT, EXPONENTIAL], ids=["explicit", "exponential"])
@pytest.mark.parametrize("temporality", [DELTA, CUMULATIVE], ids=["delta", "cumulative"])
async def test_every_form_of_histogram_arrives_once(
    door: Door, temporality: AggregationTemporality, aggregation: Aggregation, compression: Compression
) -> None:
    """F2.2.1: what the SDK recorded over three exports is what is stored, within the error that is told."""
    client = Client(door.url, "shop", temporality, aggregation, compression=compression)
    sent = lognormal(3000)
    for start in range(0, 3000, 1000):
        assert await client.send(sent[start : start + 1000])
    batches = await door.heard("shop", 3000)
    await client.end()

    assert {series for batch in bucket_batches(batches) for series in batch.series} == {ENDPOINT}
    histogram, error_pct = histogram_of(batches)
    assert histogram.count == 3000
    assert histogram.sum_seconds == pytest.approx(sum(sent))
    assert error_pct < (1 if aggregation is EXPONENTIAL else 70)
    for q in (0.5, 0.95, 0.99):
        exact = float(np.quantile(sent, q, method="inverted_cdf"))
        assert quantile(histogram, q) == pytest.approx(exact, rel=error_pct / 100)


@pytest.mark.parametrize("aggregation", [EXPLICIT, EXPONENTIAL], ids=["explicit", "exponential"])
async def test_a_client_that_begins_anew_loses_and_repeats_nothing(door: Door, aggregation: Aggregation) -> None:
    """A cumulative series whose start changed counts from its beginning."""
    for part in (range(0, 100), range(100, 250)):
        client = Client(door.url, "shop", CUMULATIVE, aggregation)
        assert await client.send(0.001 * n for n in part)
        assert await client.send([0.3])
        await client.end()
    histogram, _ = histogram_of(await door.heard("shop", 252))
    assert histogram.count == 252


async def test_statuses_and_methods(door: Door) -> None:
    client = Client(door.url, "shop", DELTA, EXPONENTIAL)
    await client.send([0.1], **{"http.response.status_code": 503})
    await client.send([0.1], **{"http.request.method": "propfind"})
    await client.send([0.1], **{"http.request.method": "<script>", "http.route": ""})
    batches = await door.heard("shop", 3)
    await client.end()
    assert {series for batch in bucket_batches(batches) for series in batch.series} == {
        SampleSeries("GET", "/users/{id}", 5),
        SampleSeries("PROPFIND", "/users/{id}", 2),
        SampleSeries("_OTHER", "__unmatched__", 2),
    }


async def test_server_spans_are_samples(door: Door) -> None:
    """Each server span is a sample with its own duration; other spans are none; raw paths become templates."""
    exporter = OTLPSpanExporter(f"{door.url}/v1/traces", compression=Compression.Gzip)
    provider = TracerProvider(resource=Resource({"service.name": "traced"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("shop")

    def send() -> None:
        for n in range(5):
            order: Attributes = {"http.method": "GET", "http.target": f"/orders/{1000 + n}?a", "http.status_code": 200}
            tracer.start_span("GET", kind=SpanKind.SERVER, attributes=order).end()
        tracer.start_span("GET", kind=SpanKind.CLIENT, attributes=ATTRIBUTES).end()
        call: Attributes = {"rpc.system": "grpc", "rpc.service": "Shop", "rpc.method": "Buy"}
        tracer.start_span("buy", kind=SpanKind.SERVER, attributes=call).end()

    await asyncio.to_thread(send)
    batches = [batch for batch in await door.heard("traced", 6) if isinstance(batch, SampleBatch)]
    provider.shutdown()
    assert {series for batch in batches for series in batch.series} == {
        SampleSeries("GET", "/orders/{id}", 2),
        SampleSeries("RPC", "Shop/Buy", 0),
    }
    seconds = np.concatenate([np.frombuffer(batch.seconds, "<f4") for batch in batches])
    assert seconds.size == 6
    assert ((seconds > 0) & (seconds < 1)).all()


async def test_a_service_that_sends_both_counts_once(door: Door) -> None:
    """Spans of a service whose metrics are known are left out."""
    client = Client(door.url, "both", DELTA, EXPONENTIAL)
    assert await client.send([0.1])
    provider = TracerProvider(resource=Resource({"service.name": "both"}), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{door.url}/v1/traces")))
    span = provider.get_tracer("shop").start_span("GET", kind=SpanKind.SERVER, attributes=ATTRIBUTES)
    await asyncio.to_thread(span.end)
    assert await client.send([0.2])
    batches = await door.heard("both", 2)
    await client.end()
    provider.shutdown()
    assert [type(batch) for batch in batches] == [BucketBatch, BucketBatch]


async def test_the_five_lines_of_the_documentation(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment alone configures the SDK: delta, exponential, this address."""
    text = (ROOT / "docs" / "latency.md").read_text()
    for line in text.split("```sh\n")[1].split("```")[0].splitlines():
        name, value = line.removeprefix("export ").split("=", 1)
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", door.url)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=float("inf"))
    provider = MeterProvider([reader], shutdown_on_exit=False)
    provider.get_meter("any").create_histogram("http.server.request.duration", "s").record(0.1, ATTRIBUTES)
    assert await asyncio.to_thread(provider.force_flush)
    (batch,) = bucket_batches(await door.heard("shop", 1))
    await asyncio.to_thread(provider.shutdown)
    deltas = deltas_in(batch)
    assert (deltas.error_pcts.tolist(), deltas.requests.tolist()) == ([0.0], [1])
