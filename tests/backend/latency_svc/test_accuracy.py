"""How far a quantile may be from the exact one: measured on data of every shape, merged and stored in every way."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.folding import Packed, fold
from latency_svc.grid import HIGHEST_SECONDS, LOWEST_SECONDS
from latency_svc.histogram import Histogram, decode, empty, encode, error_bound_pct, merge, merge_all, quantile
from latency_svc.percentiles import NOTHING_TOLD, percentiles, percentiles_of
from tests.backend.latency_svc.samples import histogram_of, stored

BOUND_PCT = 0.55
QUANTILES = (0.5, 0.95, 0.99)
Data = NDArray[np.float64]
FULL_RANGE = st.floats(LOWEST_SECONDS * 1.001, HIGHEST_SECONDS)


def exact(data: Data, q: float) -> float:
    """Nearest rank, from all the durations."""
    return float(np.sort(data)[max(1, math.ceil(round(q * data.size, 6))) - 1])


def worst_error_pct(data: Data, h: Histogram, quantiles: tuple[float, ...] = QUANTILES) -> float:
    return max(100 * abs((quantile(h, q) or 0.0) / exact(data, q) - 1) for q in quantiles)


def bimodal(rng: np.random.Generator, size: int) -> Data:
    """Exactly one in a hundred is slow: P99 lies on the edge between the two modes."""
    slow = size // 100
    return np.concatenate([rng.lognormal(-6, 0.1, size - slow), rng.lognormal(0.4, 0.1, slow)])


SHAPES: dict[str, Callable[[np.random.Generator, int], Data]] = {
    "uniform": lambda rng, size: rng.uniform(0.001, 2, size),
    "lognormal": lambda rng, size: rng.lognormal(-3, 1.2, size),
    "bimodal": bimodal,
    "constant": lambda rng, size: np.full(size, rng.lognormal(-3, 2)),
    "pareto": lambda rng, size: np.minimum(0.002 * (1 + rng.pareto(1.1, size)), 250),
    "just above the bounds": lambda rng, size: np.nextafter(rng.choice(grid.bounds()[1:-1], size), 1e9),
    "on the bounds": lambda rng, size: rng.choice(grid.bounds()[1:], size),
    "a geometric ladder": lambda rng, size: np.geomspace(2e-6, 250, size),
}


@pytest.mark.parametrize("shape", SHAPES)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(100, 5000))
def test_a_quantile_is_within_the_bound(shape: str, seed: int, size: int) -> None:
    """F2.2.1: P50, P95 and P99 of any data are within 0.55 % of the exact ones."""
    data = SHAPES[shape](np.random.default_rng(seed), size)

    h = histogram_of(data)

    assert worst_error_pct(data, h) <= BOUND_PCT
    assert error_bound_pct(h) <= BOUND_PCT


@given(data=st.lists(FULL_RANGE, min_size=1, max_size=60), q=st.floats(0.001, 0.999))
def test_so_is_any_quantile_of_whatever_data(data: list[float], q: float) -> None:
    durations = np.array(data)
    assert worst_error_pct(durations, histogram_of(durations), (q,)) <= BOUND_PCT


@given(
    parts=st.lists(st.lists(FULL_RANGE, max_size=30), min_size=1, max_size=6),
    shuffle=st.randoms(use_true_random=False),
)
def test_merging_gives_the_same_in_any_order_and_grouping(parts: list[list[float]], shuffle: Any) -> None:
    histograms = [histogram_of(np.array(part)) for part in parts]
    at_once = histogram_of(np.array(list(itertools.chain(*parts))))
    while len(histograms) > 1:
        shuffle.shuffle(histograms)
        histograms.append(merge(histograms.pop(), histograms.pop()))

    [merged] = histograms

    assert_same(merged, at_once)
    assert_same(merge_all([histogram_of(np.array(part)) for part in parts]), at_once)


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_is_lost_from_minutes_to_hours_to_days(shape: str) -> None:
    """I2.2.3: a day's quantiles come from its merged histograms, as exact as a minute's."""
    rng = np.random.default_rng(7)
    minutes = [(n, SHAPES[shape](rng, 120)) for n in range(0, 1440, 9)]
    everything = np.concatenate([data for _, data in minutes])
    rows = [stored(histogram_of(data), minute=n) for n, data in minutes]
    shuffled = [rows[n] for n in rng.permutation(len(rows))]

    hours = fold(shuffled, lambda row: row.at.replace(minute=0))
    day = fold([stored(h, at=at) for at, h in hours.items()], lambda row: row.endpoint_id)[1]

    assert_same(day, histogram_of(everything))
    assert worst_error_pct(everything, day) <= BOUND_PCT


@given(data=st.lists(FULL_RANGE, max_size=200), repeated=st.sampled_from([1, 255, 256, 70_000, 2**33]))
def test_a_stored_histogram_is_the_one_that_was_counted(data: list[float], repeated: int) -> None:
    counts = histogram_of(np.array(data)).counts * repeated
    h = Histogram(
        count=len(data) * repeated, error_count=0, sum_seconds=0, min_seconds=0, max_seconds=1, scale=6, counts=counts
    )

    assert np.array_equal(decode(*encode(h)), counts)


@given(
    data=st.lists(FULL_RANGE, min_size=1, max_size=200),
    scale=st.integers(grid.COARSEST_SCALE, grid.SCALE),
)
def test_a_coarser_histogram_keeps_to_its_own_bound(data: list[float], scale: int) -> None:
    """What clients told coarsely is told with the error it has."""
    durations = np.array(data)
    fine = histogram_of(durations)
    coarse = merge(fine, empty(scale))

    assert coarse.scale == scale
    assert worst_error_pct(durations, coarse) <= error_bound_pct(coarse) + 1e-9
    mixed = fold([stored(fine), stored(coarse)], lambda row: row.endpoint_id)[1]
    assert_same(mixed, merge(coarse, coarse))


@given(data=st.lists(st.floats(0, 86_400), min_size=1, max_size=100))
def test_beyond_the_grid_the_told_error_holds_as_well(data: list[float]) -> None:
    """Above 256 s the bound says how wide the last bucket is; below 2**-20 s the error is less than a microsecond."""
    durations = np.array(data)
    h = histogram_of(durations)
    for q in QUANTILES:
        wanted, found = exact(durations, q), quantile(h, q) or 0.0
        assert abs(found - wanted) <= max(LOWEST_SECONDS, wanted * error_bound_pct(h) / 100 * (1 + 1e-9))


@given(
    data=st.lists(st.none() | st.lists(st.floats(0, 1_000), max_size=300), max_size=6),
    scales=st.lists(st.integers(0, grid.SCALE), min_size=6, max_size=6),
)
def test_many_at_once_are_told_as_each(data: list[list[float] | None], scales: list[int]) -> None:
    """F2.2.1: hours side by side, some without a request, of any scale."""
    many = [
        None if each is None else merge(histogram_of(np.array(each)), empty(scale))
        for each, scale in zip(data, scales, strict=False)
    ]
    assert percentiles_of(many) == [NOTHING_TOLD if h is None else percentiles(h) for h in many]


def test_without_durations_there_is_no_quantile() -> None:
    assert quantile(empty(), 0.99) is None
    assert merge_all([]).count == 0
    assert encode(empty()) == (6, 0, b"")
    assert fold(list[Packed](), lambda row: row.endpoint_id) == {}


def test_a_quantile_is_never_outside_of_what_was_measured() -> None:
    h = histogram_of(np.full(100, 0.1234))
    assert [quantile(h, q) for q in QUANTILES] == [0.1234] * 3


def assert_same(a: Histogram, b: Histogram) -> None:
    assert (a.count, a.error_count, a.scale) == (b.count, b.error_count, b.scale)
    assert (a.min_seconds, a.max_seconds) == (b.min_seconds, b.max_seconds)
    assert a.sum_seconds == pytest.approx(b.sum_seconds)
    assert np.array_equal(a.counts, b.counts)
