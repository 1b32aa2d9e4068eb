"""Latencies as a busy fleet sends them: the messages, made before the clock runs, and how they are sent."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from shared.bus import Bus
from shared.contracts.latency import SAMPLES_SUBJECT, SampleBatch, SampleSeries
from shared.jetstream import JetStreamError, publish
from shared.problems import ProblemError

BATCH = 10_000
IN_FLIGHT = 32
POINT_BUCKETS = 40


def durations(size: int) -> NDArray[np.float32]:
    """Seconds, lognormal: 50 ms in the middle, a tail of seconds."""
    return np.random.default_rng(1).lognormal(-3, 1, size).astype("<f4")


def routes_of(service: str, endpoints: int) -> list[str]:
    return [f"/{service}/things/{n}/{{id}}" for n in range(endpoints)]


def batches(services: Sequence[str], endpoints: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Subject and body of so many batches, of each service in turn; each has its endpoints in another order."""
    seconds, chance = durations(BATCH).tobytes(), np.random.default_rng(2)
    for number in range(count):
        service = services[number % len(services)]
        series = [SampleSeries("GET", route, 2) for route in routes_of(service, endpoints)]
        chance.shuffle(series)
        batch = SampleBatch(
            service=service,
            at_seconds=time.time(),
            series=series,
            series_ids=chance.integers(0, endpoints, BATCH).astype("<u2").tobytes(),
            seconds=seconds,
        )
        yield SAMPLES_SUBJECT.format(service=service), msgspec.msgpack.encode(batch)


async def send_all(bus: Bus, messages: Sequence[tuple[str, bytes]]) -> int:
    """How many messages JetStream acknowledged; IN_FLIGHT at a time."""
    places = asyncio.Semaphore(IN_FLIGHT)

    async def send(subject: str, body: bytes) -> bool:
        async with places:
            try:
                await publish(bus, subject, body, {"Nats-Msg-Id": secrets.token_hex(12)})
            except (JetStreamError, ProblemError):
                return False
            return True

    return sum(await asyncio.gather(*(send(*message) for message in messages)))


def otlp_requests(service: str, endpoints: int, count: int) -> list[bytes]:
    """Exports of so many instances: deltas of exponential histograms, one point an endpoint, protobuf. No two are the
    same: what comes twice counts once."""
    request = otlp_request(service, endpoints)
    instance = request.resource_metrics[0].resource.attributes.add(key="service.instance.id")
    bodies = []
    for number in range(count):
        instance.value.string_value = str(number)
        bodies.append(request.SerializeToString())
    return bodies


def otlp_request(service: str, endpoints: int) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add()
    resource.resource.attributes.add(key="service.name").value.string_value = service
    metric = resource.scope_metrics.add().metrics.add(name="http.server.request.duration", unit="s")
    metric.exponential_histogram.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    now = time.time_ns()
    counts = np.random.default_rng(3).integers(0, 9, POINT_BUCKETS).tolist()
    for route in routes_of(service, endpoints):
        point = metric.exponential_histogram.data_points.add(
            start_time_unix_nano=now - 1_000_000_000,
            time_unix_nano=now,
            count=sum(counts),
            sum=1.0,
            scale=6,
            min=0.12,
            max=0.17,
        )
        point.positive.offset = -200
        point.positive.bucket_counts.extend(counts)
        for name, value in (("http.route", route), ("http.request.method", "GET")):
            point.attributes.add(key=name).value.string_value = value
        point.attributes.add(key="http.response.status_code").value.int_value = 200
    return request
