"""Points as deltas on the grid, and cumulative points as deltas."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latency_svc import grid
from latency_svc.otlp.cumulative import advance
from latency_svc.otlp.deltas import delta_of
from latency_svc.otlp.metrics import Reading
from latency_svc.otlp.points import Explicit, Exponential, Point, since
from shared.contracts.latency import SampleSeries

NOW = 1_800_000_000.0
AT = int(NOW) * 10**9
SECOND = 10**9
BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

durations = st.lists(st.floats(1e-4, 100), min_size=1, max_size=50)


def explicit(values: list[float], bounds: list[float] = BOUNDS, tell: bool = True) -> Point:
    counts = np.bincount(np.searchsorted(bounds, values), minlength=len(bounds) + 1).tolist()
    low, high = (min(values), max(values)) if tell and values else (None, None)
    return Point(AT - 10 * SECOND, AT, len(values), sum(values), low, high, Explicit(bounds, counts))


def exponential(values: list[float], scale: int, **changes: Any) -> Point:
    at = np.ceil(np.log2(values) * 2.0**scale).astype(int) - 1 if values else np.zeros(0, int)
    lo = int(at.min(initial=0)) if not values else int(at.min())
    counts = np.bincount(at - lo).tolist() if values else []
    given = {"start_ns": AT - 10 * SECOND, "at_ns": AT} | changes
    buckets = Exponential(scale, lo, counts, 0)
    return Point(given["start_ns"], given["at_ns"], len(values), sum(values), None, None, buckets)


@given(durations, st.booleans(), st.sampled_from([1.0, 1e-3]))
def test_no_duration_is_further_from_its_bucket_than_is_told(values: list[float], tell: bool, unit: float) -> None:
    """The k-th smallest is in the k-th smallest place: explicit buckets keep the order."""
    delta = delta_of(explicit([value / unit for value in values], [b / unit for b in BOUNDS], tell), unit, NOW)
    places = np.repeat(np.arange(len(delta.counts)), delta.counts) + delta.offset
    middle = 2 / (1 / np.exp2(places / 64) + 1 / np.exp2((places + 1) / 64))
    exact = np.sort(values)
    assert places.size == len(values)
    assert delta.scale == grid.SCALE
    if delta.error_pct < 100:
        assert (np.abs(middle - exact) / exact * 100 <= delta.error_pct + 1e-6).all()


@pytest.mark.parametrize("unit", [1e-3, 1e-6, 1e-9])
@given(values=durations)
def test_exponential_buckets_of_another_unit(unit: float, values: list[float]) -> None:
    delta = delta_of(exponential([value / unit for value in values], 4), unit, NOW)
    places = np.repeat(np.arange(len(delta.counts)), delta.counts) + delta.offset
    middle = 2 / (1 / np.exp2(places / 64) + 1 / np.exp2((places + 1) / 64))
    exact = np.sort(values)
    assert delta.error_pct < 3
    assert (np.abs(middle - exact) / exact * 100 <= delta.error_pct + 1e-6).all()


def test_exponential_buckets_in_seconds_are_taken_as_they_are() -> None:
    point = exponential([0.1, 0.2], 3)
    delta = delta_of(point, 1.0, NOW)
    assert isinstance(point.buckets, Exponential)
    assert (delta.scale, delta.offset, delta.counts) == (3, point.buckets.offset, point.buckets.counts)
    assert delta.error_pct == 0


def test_a_point_counts_in_the_middle_of_its_time_but_not_far_back() -> None:
    assert delta_of(explicit([1.0]), 1.0, NOW).at_seconds == NOW - 5
    hour = Point(AT - 3600 * SECOND, AT, 1, 1.0, None, None, Explicit([1.0], [1, 0]))
    assert delta_of(hour, 1.0, NOW).at_seconds == NOW - 30
    assert delta_of(Point(0, 0, 1, 1.0, None, None, Explicit([1.0], [1, 0])), 1.0, NOW).at_seconds == NOW


@pytest.mark.parametrize("buckets", [Explicit([], [5]), Explicit([1.0], [0, 5]), Explicit([1.0], [5, 0])])
def test_where_a_bound_is_missing_the_error_is_unknown(buckets: Explicit) -> None:
    delta = delta_of(Point(0, AT, 5, None, None, None, buckets), 1.0, NOW)
    assert sum(delta.counts) == 5
    assert delta.error_pct == 100
    assert delta.sum_seconds > 0


@given(durations, durations, st.integers(-2, 10), st.integers(0, 4))
def test_what_was_added_is_the_difference(first: list[float], more: list[float], scale: int, coarser: int) -> None:
    """Also when the client lowered its scale meanwhile."""
    lower = max(-2, scale - coarser)
    added = since(exponential(first, scale), exponential(first + more, lower))
    assert added is not None
    assert added.count == len(more)
    assert added.buckets == with_trimmed(added, exponential(more, lower))
    assert since(explicit(first), explicit(first + more)) is not None


def with_trimmed(added: Point, expected: Point) -> Exponential:
    """The expected buckets in the frame of the found ones, whose outer zeros say nothing."""
    found, wanted = added.buckets, expected.buckets
    assert isinstance(found, Exponential)
    assert isinstance(wanted, Exponential)
    dense = np.zeros(len(found.counts), int)
    dense[wanted.offset - found.offset : wanted.offset - found.offset + len(wanted.counts)] = wanted.counts
    return Exponential(wanted.scale, found.offset, dense.tolist(), 0)


def test_fewer_than_before_is_no_continuation() -> None:
    assert since(explicit([1.0, 2.0]), explicit([1.0])) is None
    assert since(explicit([1.0]), explicit([1.0], [1.0, 2.0])) is None
    assert since(explicit([1.0]), exponential([1.0], 3)) is None
    assert since(exponential([1.0], 3), exponential([2.0, 4.0], 3)) is None
    far, away = (Point(0, AT, 1, 1.0, None, None, Exponential(20, offset, [1], 0)) for offset in (-(2**28), 2**28))
    assert since(far, away) is None  # and takes no room for what lies between


def reading(values: list[float], start_ns: int, at_ns: int) -> Reading:
    point = exponential(values, 6, start_ns=start_ns, at_ns=at_ns)
    return Reading("shop", SampleSeries("GET", "/", 2), 1.0, point, b"key")


def test_a_young_series_counts_from_its_beginning_an_old_one_from_now_on() -> None:
    young = advance([reading([1.0], AT - 60 * SECOND, AT)], {}, NOW)
    assert [point.count for _, point in young.deltas] == [1]
    old = advance([reading([1.0], AT - 3600 * SECOND, AT)], {}, NOW)
    assert (old.deltas, old.baselines) == ([], 1)
    unknown = advance([reading([1.0], 0, AT)], {}, NOW)
    assert (unknown.deltas, unknown.baselines) == ([], 1)
    later = advance([reading([1.0, 2.0], AT - 3600 * SECOND, AT + SECOND)], old.points, NOW)
    assert [point.count for _, point in later.deltas] == [1]


def test_a_point_that_comes_again_or_too_late_counts_no_more() -> None:
    first = reading([1.0], AT - SECOND, AT)
    found = advance([first, first, reading([1.0], AT - SECOND, AT - 5)], {}, NOW)
    assert (len(found.deltas), found.duplicates) == (1, 2)
    again = advance([first], found.points, NOW)
    assert (again.deltas, again.duplicates, again.points) == ([], 1, {})


def test_a_count_that_fell_is_a_new_beginning() -> None:
    known = {b"key": reading([1.0, 2.0, 3.0], AT - SECOND, AT).point}
    found = advance([reading([5.0], AT - SECOND, AT + SECOND)], known, NOW)
    assert [point.count for _, point in found.deltas] == [1]
