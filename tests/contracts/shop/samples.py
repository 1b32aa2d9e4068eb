"""What services tell of their requests: durations one by one, and histograms of clients that aggregate."""

from array import array

import numpy as np

from latency_svc.deltas import deltas_of, to_batch
from shared.contracts.latency import UNMATCHED_ROUTE, BucketBatch, SampleBatch, SampleSeries
from tests.contracts.shop.clock import NOW

AT = NOW.timestamp()
SERIES = [
    SampleSeries("GET", "/api/orders/{id}", 2),
    SampleSeries("POST", "/api/orders", 5),
    SampleSeries("GET", UNMATCHED_ROUTE, 4),
]
SERIES_IDS = array("H", [0, 1, 0, 2])
SECONDS = array("f", [0.0625, 2.5, 0.046875, 0.001953125])

SAMPLES = SampleBatch(
    service="checkout",
    at_seconds=AT,
    series=SERIES,
    series_ids=np.array(SERIES_IDS, "<u2").tobytes(),
    seconds=np.array(SECONDS, "<f4").tobytes(),
)
BUCKETS: BucketBatch = to_batch(
    "checkout",
    SERIES,
    deltas_of(
        series_ids=np.array([0, 1]),
        at_seconds=np.array([AT, AT - 30]),
        scales=np.array([6, 3]),
        offsets=np.array([-256, 8]),
        lengths=np.array([3, 2]),
        counts=np.array([1, 0, 300, 4, 2], np.uint32),
        zero_counts=np.array([0, 1]),
        sums=np.array([18.75, 14.5]),
        lows=np.array([0.0625, np.nan]),
        highs=np.array([0.0645, np.nan]),
        error_pcts=np.array([0.0, 42.9]),
    ),
)
