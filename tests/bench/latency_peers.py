"""What others reach on one core with the same durations, over the same endpoints."""

import time
from collections.abc import Callable

import numpy as np
from ddsketch import DDSketch
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from prometheus_client import CollectorRegistry, Histogram

from tests.bench.latency_load import durations

SAMPLES = 100_000
ENDPOINTS = 1_000


def per_second(record: Callable[[int, float], None]) -> float:
    """Durations recorded in one second of this process's time."""
    seconds = durations(SAMPLES).tolist()
    ids = np.random.default_rng(2).integers(0, ENDPOINTS, SAMPLES).tolist()
    started = time.process_time()
    for id_, value in zip(ids, seconds, strict=True):
        record(id_, value)
    return SAMPLES / (time.process_time() - started)


def ddsketch() -> float:
    sketches = [DDSketch(0.0054) for _ in range(ENDPOINTS)]
    return per_second(lambda id_, value: sketches[id_].add(value))


def opentelemetry() -> float:
    view = View(instrument_name="*", aggregation=ExponentialBucketHistogramAggregation(max_size=1024, max_scale=6))
    meter = MeterProvider([InMemoryMetricReader()], views=[view]).get_meter("bench")
    histogram = meter.create_histogram("http.server.request.duration", "s")
    attributes = [{"http.route": f"/things/{n}", "http.request.method": "GET"} for n in range(ENDPOINTS)]
    return per_second(lambda id_, value: histogram.record(value, attributes[id_]))


def prometheus() -> float:
    histogram = Histogram("bench_seconds", "Bench", ["route", "method"], registry=CollectorRegistry())
    children = [histogram.labels(f"/things/{n}", "GET") for n in range(ENDPOINTS)]
    return per_second(lambda id_, value: children[id_].observe(value))


PEERS = {"ddsketch": ddsketch, "OpenTelemetry SDK": opentelemetry, "prometheus_client": prometheus}
