"""What counts and what does not; and what the open minutes hold, told row by row."""

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latency_svc import grid
from latency_svc.deltas import Deltas, joined
from latency_svc.histogram import Histogram, merge_all
from latency_svc.latency_tracker import (
    CLOSED_AFTER_SECONDS,
    MOST_REQUESTS,
    Minutes,
    minute_of,
    refused_deltas,
    refused_durations,
    refused_time,
    time_faults,
)
from tests.backend.latency_svc import samples
from tests.backend.latency_svc.samples import deltas, histogram_of

NOON = samples.NOON.timestamp()
MINUTE = 1_800_000_000 // 60 * 60
IDS = list(range(100, 5100))
NO_ERRORS = np.zeros(0, np.bool_)


# --- policy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "received", "reason"),
    [
        (MINUTE + 59.9, MINUTE + 60, None),
        (MINUTE, MINUTE + 60 + 300, None),
        (MINUTE, MINUTE + 60 + 300.1, "late"),
        (MINUTE + 60, MINUTE, None),
        (MINUTE + 60.1, MINUTE, "future"),
        (math.nan, MINUTE, "not_finite"),
        (math.inf, MINUTE, "not_finite"),
        (-1e300, MINUTE, "late"),
    ],
)
def test_durations_count_from_five_minutes_late_to_one_ahead(at: float, received: float, reason: str | None) -> None:
    assert refused_time(at, received) == reason


def test_each_duration_that_cannot_be_one_has_a_reason() -> None:
    """Zero counts; NaN, infinite, negative ones and those of more than a day do not."""
    seconds = np.array([0.0, -0.0, 0.1, math.nan, math.inf, -math.inf, -1, -1e-9, 86_400, 86_408, 1e30], np.float32)

    counts, reasons = refused_durations(seconds)

    assert seconds[counts].tolist() == [0.0, 0.0, np.float32(0.1), 86_400.0]
    assert reasons == {"not_finite": 3, "negative": 2, "too_long": 2}
    assert refused_durations(seconds[:3])[1] == {}


@given(st.lists(st.one_of(st.floats(), st.floats(MINUTE - 400, MINUTE + 400)), min_size=1))
def test_times_of_many_count_as_one_by_one(times: list[float]) -> None:
    first = dict.fromkeys(range(len(times)), None) | {
        int(place): reason
        for reason, flags in reversed(list(time_faults(np.array(times), MINUTE)))
        for place in np.flatnonzero(flags)
    }
    assert list(first.values()) == [refused_time(at, MINUTE) for at in times]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"scales": [20], "counts": [0, 0], "zero_counts": [1], "lows": [0.0]}, None),
        ({"series_ids": [1]}, "rubbish"),
        ({"at_seconds": [math.nan]}, "not_finite"),
        ({"at_seconds": [NOON - 361]}, "late"),
        ({"at_seconds": [NOON + 61]}, "future"),
        ({"at_seconds": [NOON + 61], "scales": [-3]}, "future"),
        ({"scales": [-3]}, "not_a_histogram"),
        ({"scales": [21]}, "not_a_histogram"),
        ({"offsets": [2**29]}, "not_a_histogram"),
        ({"counts": [0, 0]}, "not_a_histogram"),
        ({"counts": [1] * 10_001, "lengths": [10_001]}, "not_a_histogram"),
        ({"counts": [MOST_REQUESTS, 1]}, "not_a_histogram"),
        ({"sums": [math.nan]}, "not_finite"),
        ({"highs": [math.inf]}, "not_finite"),
        ({"highs": [90_000.0]}, "too_long"),
        ({"lows": [-0.1]}, "negative"),
        ({"sums": [-0.1]}, "negative"),
    ],
)
def test_rubbish_is_no_histogram(changes: dict[str, Any], reason: str | None) -> None:
    """One bad delta between two good ones; its requests are told, at least one."""
    bad = deltas([(0, 6, -100, [1, 2])], **changes)
    good = deltas([(0, 6, -100, [1])])

    counts, reasons = refused_deltas(joined([good, bad, good]), 1, NOON)

    assert counts.tolist() == [True, reason is None, True]
    assert reasons == ({reason: max(1, int(bad.requests[0]))} if reason else {})


# --- counting -----------------------------------------------------------------------------------------------------


@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 700), st.floats(0, 300, width=32), st.booleans()), min_size=1, max_size=40),
        min_size=1,
        max_size=4,
    )
)
def test_rows_hold_what_was_counted(batches: list[list[tuple[int, float, bool]]]) -> None:
    """However the durations were cut into batches, and for more endpoints than there was room for."""
    minutes = Minutes("w")
    for batch in batches:
        slots, seconds, errors = (np.array(column) for column in zip(*batch, strict=True))
        minutes.add(MINUTE, slots, seconds.astype(np.float32), errors)

    rows = minutes.take_changed(IDS, MINUTE)

    everything = [each for batch in batches for each in batch]
    assert [row.endpoint_id - 100 for row in rows] == sorted({slot for slot, _, _ in everything})
    for row in rows:
        mine = [(seconds, error) for slot, seconds, error in everything if slot == row.endpoint_id - 100]
        assert_same(row.histogram, histogram_of(np.array([s for s, _ in mine]), sum(error for _, error in mine)))


def test_a_row_is_told_whole_and_only_when_it_changed() -> None:
    minutes = Minutes("w")
    one, half = np.array([1]), np.array([0.5])
    minutes.add(MINUTE, np.array([0, 1]), np.array([0.1, 0.2]), np.array([False, False]))
    first = minutes.take_changed(IDS, MINUTE)
    minutes.add(MINUTE, one, half, np.array([True]))

    second = minutes.take_changed(IDS, MINUTE)

    assert [row.endpoint_id for row in first] == [100, 101]
    assert [(row.endpoint_id, row.histogram.count, row.histogram.error_count) for row in second] == [(101, 2, 1)]
    assert second[0].writer == first[0].writer
    assert second[0].at == datetime.fromtimestamp(MINUTE, UTC)
    assert minutes.take_changed(IDS, MINUTE) == []


def test_an_endpoint_without_an_id_waits_for_it() -> None:
    minutes = Minutes("w")
    minutes.add(MINUTE, np.array([0, 1]), np.array([0.1, 0.2]), np.array([False, False]))

    assert [row.endpoint_id for row in minutes.take_changed([None, 7], MINUTE + 3600)] == [7]
    assert [row.endpoint_id for row in minutes.take_changed([6, 7], MINUTE + 3600)] == [6]


def test_a_closed_minute_opens_under_another_writer() -> None:
    """Its rows are given up for good: who comes late adds a row and overwrites none."""
    minutes = Minutes("w")
    one, seconds, fine = np.array([0]), np.array([0.1]), np.array([False])
    minutes.add(MINUTE, one, seconds, fine)
    [first] = minutes.take_changed(IDS, MINUTE + 60 + CLOSED_AFTER_SECONDS + 1)
    minutes.add(MINUTE, one, seconds, fine)
    minutes.add(MINUTE + 60, one, seconds, fine)

    late, other = minutes.take_changed(IDS, MINUTE + 200)

    assert (late.at, late.histogram.count) == (first.at, 1)
    assert len({first.writer, late.writer, other.writer}) == 3
    assert minute_of(MINUTE + 59.99) == MINUTE


def test_nothing_is_nothing() -> None:
    minutes = Minutes("w")
    minutes.add(MINUTE, np.zeros(0, np.int64), np.zeros(0), NO_ERRORS)
    minutes.add_deltas(MINUTE, np.zeros(0, np.int64), NO_ERRORS, deltas([]))

    assert minutes.take_changed(IDS, MINUTE) == []


# --- histograms of clients ----------------------------------------------------------------------------------------


def counted(given: Deltas, errors: list[bool] | None = None) -> list[Histogram]:
    """The rows of deltas that are counted together; their series are slots."""
    minutes = Minutes("w")
    flags = np.array(errors) if errors else np.zeros(given.size, np.bool_)
    minutes.add_deltas(MINUTE, given.series_ids, flags, given)
    return [row.histogram for row in minutes.take_changed(IDS, MINUTE)]


@given(
    given=st.lists(
        st.tuples(
            st.integers(0, 4),
            st.integers(grid.COARSEST_SCALE, 9),
            st.integers(-200, 50),
            st.lists(st.integers(0, 5), min_size=1, max_size=30),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_histograms_of_all_scales_are_added_at_the_coarsest(given: list[tuple[int, int, int, list[int]]]) -> None:
    found = counted(deltas(given))

    assert len(found) == len({slot for slot, _, _, _ in given})
    for slot, histogram in zip(sorted({slot for slot, _, _, _ in given}), found, strict=True):
        mine = [each for each in given if each[0] == slot]
        parts = [grid.from_exponential(scale, offset, counts) for _, scale, offset, counts in mine]
        expected = merge_all([bare(scale, counts) for scale, counts in parts if counts.any()] or [bare(6, None)])
        assert histogram.count == sum(sum(counts) for _, _, _, counts in mine) == histogram.counts.sum()
        assert histogram.scale == expected.scale
        assert np.array_equal(histogram.counts, expected.counts)


def bare(scale: int, counts: Any) -> Histogram:
    return Histogram(
        count=0, error_count=0, sum_seconds=0, min_seconds=0, max_seconds=0, scale=scale,
        counts=np.zeros(grid.columns(scale), np.int64) if counts is None else counts,
    )  # fmt: skip


def test_totals_errors_and_extremes_of_histograms() -> None:
    """Where a client does not tell the least and the greatest, they are the bounds of its buckets."""
    given = deltas(
        [(0, 6, -64, [1, 3]), (0, 3, 0, [2]), (1, 6, 0, [5])],
        zero_counts=[0, 0, 4],
        sums=[2.0, 2.5, 5.5],
        lows=[0.502, np.nan, np.nan],
        highs=[0.51, np.nan, np.nan],
        error_pcts=[0.0, 12.5, 0.0],
    )

    first, second = counted(given, errors=[False, True, False])

    assert (first.count, first.error_count, first.sum_seconds, first.scale) == (6, 2, 4.5, 3)
    assert (first.min_seconds, first.max_seconds, first.error_pct) == (0.502, 2 ** (1 / 8), 12.5)
    assert (second.count, second.error_count, second.counts[grid.UNDERFLOW]) == (9, 0, 4)
    assert (second.min_seconds, second.max_seconds) == (0.0, 2 ** (1 / 64))


def test_durations_and_histograms_of_one_endpoint_come_together() -> None:
    minutes = Minutes("w")
    minutes.add(MINUTE, np.array([3]), np.array([0.1]), np.array([False]))
    minutes.add_deltas(MINUTE, np.array([3]), np.array([False]), deltas([(3, 2, -4, [7])]))

    [row] = minutes.take_changed(IDS, MINUTE)

    assert (row.histogram.count, row.histogram.scale, row.histogram.counts.sum()) == (8, 2, 8)


def assert_same(found: Histogram, wanted: Histogram) -> None:
    assert (found.count, found.error_count, found.scale) == (wanted.count, wanted.error_count, wanted.scale)
    assert (found.min_seconds, found.max_seconds) == (wanted.min_seconds, wanted.max_seconds)
    assert found.sum_seconds == pytest.approx(wanted.sum_seconds)
    assert np.array_equal(found.counts, wanted.counts)
