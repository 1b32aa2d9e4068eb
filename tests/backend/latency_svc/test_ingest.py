"""What comes over the stream: what counts, what does not and why. Nothing in a message makes counting fail."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from latency_svc.deltas import to_batch
from latency_svc.histogram import Histogram, quantile
from latency_svc.ingest import Tally, count
from latency_svc.latency_tracker import Minutes
from latency_svc.roster import MOST_ROUTE, EndpointKey, Roster
from shared.contracts.latency import OVERFLOW_ROUTE, UNMATCHED_ROUTE, BucketBatch, SampleBatch, SampleSeries
from tests.backend.latency_svc.samples import deltas
from tests.fixtures.samples import sample_batch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()


class Arrived(Struct):
    data: bytes
    subject: str = "belfry.samples.latency.shop"
    stored_at: float = NOON


class Counted:
    """Messages counted together, and what became of them."""

    def __init__(self, *messages: SampleBatch | BucketBatch | bytes, cap: int = 2000, subject: str = "shop") -> None:
        self.roster, self.minutes = Roster(cap), Minutes("writer")
        arrived = [
            Arrived(m if isinstance(m, bytes) else msgspec.msgpack.encode(m), f"belfry.samples.latency.{subject}")
            for m in messages
        ]
        self.tally: Tally = count(arrived, self.roster, self.minutes)
        self.rows = self.minutes.take_changed(list(range(len(self.roster.keys))), NOON)

    @property
    def dropped(self) -> dict[tuple[str, str], int]:
        return {(service, reason): number for (_, service, reason), number in self.tally.dropped.items()}

    @property
    def histograms(self) -> dict[EndpointKey, Histogram]:
        return {self.roster.keys[row.endpoint_id]: row.histogram for row in self.rows}


def batch(*seconds: float, at: float = NOON, **more: object) -> SampleBatch:
    return sample_batch(seconds, at_seconds=at, **more)  # type: ignore[arg-type]


def delta(scale: int = 6, offset: int = -64, counts: Sequence[int] = (1, 2), **more: object) -> BucketBatch:
    made = deltas([(0, scale, offset, counts)], **{"zero_counts": [1], "at_seconds": [NOON], **more})
    return to_batch("shop", [SampleSeries("GET", "/", 5)], made)


def test_many_messages_are_counted_by_endpoint_and_minute() -> None:
    """F2.2.2: P50, P95 and P99 of each endpoint come from these."""
    counted = Counted(
        batch(*np.linspace(0.001, 1, 1000), routes=["/a", "/b"]),
        batch(0.5, routes=["/a"], status_class=5),
        batch(0.5, at=NOON - 60),
    )
    assert counted.tally.counted == 1002
    assert not counted.dropped
    a = counted.histograms[EndpointKey("shop", "GET", "/a")]
    assert (a.count, a.error_count) == (501, 1)
    assert quantile(a, 0.5) == pytest.approx(0.5, rel=0.006)
    assert len({row.at for row in counted.rows}) == 2


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (batch(math.nan, 1.0), {"not_finite": 1}),
        (batch(math.inf, -math.inf, 1.0), {"not_finite": 2}),
        (batch(-1.0, 1.0), {"negative": 1}),
        (batch(100_000.0, 1.0), {"too_long": 1}),
        (batch(1.0, 1.0, at=NOON - 361), {"late": 2}),
        (batch(1.0, at=NOON + 61), {"future": 1}),
        (batch(1.0, at=math.nan), {"not_finite": 1}),
        (delta(scale=-9), {"not_a_histogram": 4}),
        (delta(sums=[math.nan]), {"not_finite": 4}),
        (delta(lows=[-1.0]), {"negative": 4}),
        (delta(highs=[90_000.0]), {"too_long": 4}),
        (delta(at_seconds=[NOON - 361]), {"late": 4}),
        (delta(at_seconds=[NOON + 61]), {"future": 4}),
        (replace(delta(), series=[]), {"rubbish": 4}),
        (replace(delta(), counts=b"\1"), {"rubbish": 1}),
        (replace(delta(), sums=b""), {"rubbish": 1}),
        (replace(delta(), series_ids=b""), {"rubbish": 1}),
        (replace(delta(), series_ids=b"\0"), {"rubbish": 1}),
        (b"", {"rubbish": 1}),
        (b"\xc1 what is this", {"rubbish": 1}),
        (msgspec.msgpack.encode({"kind": "samples", "service": "shop"}), {"rubbish": 1}),
        (replace(batch(1.0, 2.0), series_ids=b"\0\0\1"), {"rubbish": 2}),
        (replace(batch(1.0, 2.0), series_ids=b"\0\0\7\0"), {"rubbish": 2}),
        (replace(batch(1.0), seconds=b"\0\0"), {"rubbish": 1}),
    ],
)
def test_what_is_not_counted_has_a_reason(message: SampleBatch | BucketBatch | bytes, expected: dict[str, int]) -> None:
    """I2.2.2: late, future, not finite, negative and endless durations, and what is no message at all."""
    counted = Counted(message)
    assert counted.dropped == {("shop", reason): number for reason, number in expected.items()}
    others = len(message.seconds) // 4 - sum(expected.values()) if isinstance(message, SampleBatch) else 0
    assert counted.tally.counted == max(0, others)


def test_what_is_late_is_measured_when_the_stream_got_it() -> None:
    """So that what waited for us, while we were down, still counts."""
    assert Counted(batch(1.0, at=NOON - 359)).tally.counted == 1
    assert Counted(batch(1.0, at=NOON + 59)).tally.counted == 1


def test_zero_and_what_is_beyond_the_grid_count() -> None:
    counted = Counted(batch(0.0, 1e-9, 300.0, 86_400.0))
    [h] = counted.histograms.values()
    assert (h.count, int(h.counts[0]), int(h.counts[-1])) == (4, 2, 2)
    assert (h.min_seconds, h.max_seconds) == (0.0, 86_400.0)


def test_deltas_of_histograms_count_as_many_requests() -> None:
    counted = Counted(delta(), delta(2, 0, [5], zero_counts=[0]))
    [h] = counted.histograms.values()
    assert (h.count, h.error_count, h.scale) == (9, 9, 2)
    assert counted.tally.counted == 9


def test_nobody_speaks_for_another() -> None:
    """Who may send on a subject says only what that service did."""
    assert Counted(batch(1.0, service="bank")).dropped == {("shop", "wrong_subject"): 1}
    assert Counted(batch(1.0, service="shop.de"), subject="shop-de").tally.counted == 1


def test_a_million_distinct_paths_are_one_series_beyond_the_cap() -> None:
    """R2.2.1: every duration still counts; the endpoints that were too many are told."""
    routes = [[f"/{n * 10_000 + i}" for i in range(10_000)] for n in range(100)]
    counted = Counted(*(batch(*[0.1] * 10_000, routes=each) for each in routes))
    assert counted.tally.counted == 1_000_000
    assert len(counted.roster.keys) == 2001
    overflow = next(h for key, h in counted.histograms.items() if key.route == OVERFLOW_ROUTE)
    assert overflow.count == 998_000
    assert counted.roster.take_refused()["shop"] > 0


def test_names_are_made_fit_for_the_store() -> None:
    counted = Counted(batch(1.0, 1.0, 1.0, routes=["/\0x", "", "x" * 5000]))
    assert {key.route for key in counted.histograms} == {"/\ufffdx", UNMATCHED_ROUTE, "x" * MOST_ROUTE}
    strange = replace(batch(1.0), series=[SampleSeries("get it", "/", 99)])
    assert next(iter(Counted(strange).histograms)).method == "_OTHER"


@given(st.binary(max_size=200), st.integers(0, 300), st.booleans(), st.sampled_from([batch(0.1, 0.2, 0.3), delta()]))
def test_any_bytes_and_any_damage_are_survived(
    noise: bytes, place: int, whole: bool, message: SampleBatch | BucketBatch
) -> None:
    good = msgspec.msgpack.encode(message)
    damaged = noise if whole else good[:place] + noise + good[place + len(noise) :]
    tally = Counted(damaged).tally
    assert tally.counted + sum(tally.dropped.values()) >= 0
