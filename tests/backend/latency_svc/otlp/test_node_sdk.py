"""The real SDK for Node as a client."""

from pathlib import Path

import pytest

from shared.contracts.latency import BucketBatch, SampleBatch, SampleSeries
from tests.backend.latency_svc.otlp.conftest import Door
from tests.backend.latency_svc.otlp.test_python_sdk import bucket_batches, histogram_of
from tests.fixtures.node_client import run_client

ENDPOINT = SampleSeries("GET", "/users/:id", 2)


@pytest.mark.parametrize("aggregation", ["EXPLICIT_BUCKET_HISTOGRAM", "EXPONENTIAL_HISTOGRAM"])
@pytest.mark.parametrize("temporality", ["DELTA", "CUMULATIVE"])
@pytest.mark.parametrize(("encoding", "compression"), [("protobuf", "gzip"), ("json", "none")])
async def test_metrics_of_node(
    door: Door, otel_node: Path, encoding: str, compression: str, temporality: str, aggregation: str
) -> None:
    """F2.2.1: protobuf and JSON, delta and cumulative, explicit and exponential arrive once."""
    await run_client(
        otel_node,
        url=door.url,
        service="node",
        signal="metrics",
        encoding=encoding,
        compression=compression,
        temporality=temporality,
        aggregation=aggregation,
        seconds=[[0.01, 0.02, 0.04], [0.3], [0.3, 1.5]],
    )
    batches = bucket_batches(await door.heard("node", 6))
    assert {series for batch in batches for series in batch.series} == {ENDPOINT}
    histogram, _ = histogram_of(batches)
    assert histogram.count == 6
    assert histogram.sum_seconds == pytest.approx(2.17)
    assert all(isinstance(batch, BucketBatch) for batch in batches)


async def test_spans_of_node(door: Door, otel_node: Path) -> None:
    await run_client(
        otel_node, url=door.url, service="node", signal="traces", compression="gzip", seconds=[[0.1, 0.2, 0.3]]
    )
    batches = [batch for batch in await door.heard("node", 3) if isinstance(batch, SampleBatch)]
    assert {series for batch in batches for series in batch.series} == {ENDPOINT}
