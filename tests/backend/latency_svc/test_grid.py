"""The grid: where a duration falls, and what a client's own histogram becomes on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latency_svc import grid
from latency_svc.grid import BUCKETS, COLUMNS, LO, OVERFLOW, SCALE, UNDERFLOW


def test_a_bound_belongs_to_the_bucket_below_it() -> None:
    """Exactly at powers of two. The bounds between are irrational: the rounding of a float may go either way."""
    found = grid.indices(grid.bounds())

    assert found[:: grid.PER_DOUBLING].tolist() == list(range(0, BUCKETS + 1, grid.PER_DOUBLING))
    assert np.abs(found - np.arange(BUCKETS + 1)).max() <= 1


@given(seconds=st.floats(grid.LOWEST_SECONDS * 1.0001, grid.HIGHEST_SECONDS))
def test_a_duration_lies_between_the_bounds_of_its_bucket(seconds: float) -> None:
    [column] = grid.indices(np.array([seconds])).tolist()

    assert grid.bounds()[column - 1] * (1 - 1e-12) <= seconds <= grid.bounds()[column] * (1 + 1e-12)


def test_zero_and_what_is_too_short_or_too_long_is_in_the_outermost_columns() -> None:
    found = grid.indices(np.array([0.0, 1e-9, 2.0**-20, 256.0, 256.1, 86_400.0], np.float32))

    assert found.tolist() == [UNDERFLOW, UNDERFLOW, UNDERFLOW, BUCKETS, OVERFLOW, OVERFLOW]


@pytest.mark.parametrize(("scale", "bound"), [(6, 0.5415), (5, 1.0830), (3, 4.3295), (0, 33.3333)])
def test_the_bound_is_that_of_the_scale(scale: int, bound: float) -> None:
    assert grid.error_bound_pct(scale) == pytest.approx(bound, abs=1e-4)


@pytest.mark.parametrize("scale", [-3, 7])
def test_a_scale_the_grid_does_not_have_is_refused(scale: int) -> None:
    with pytest.raises(ValueError, match=f"scale {scale}"):
        grid.buckets(scale)


@given(seed=st.integers(0, 2**32 - 1), k=st.integers(0, 8))
def test_a_subset_holds_all_and_equals_counting_coarsely(seed: int, k: int) -> None:
    dense = np.random.default_rng(seed).integers(0, 9, COLUMNS)
    coarse = grid.subset(dense, k)

    assert coarse.sum() == dense.sum()
    assert coarse.size == grid.columns(SCALE - k)
    for column in (1, coarse.size // 2, coarse.size - 2):
        assert coarse[column] == dense[1 + (column - 1) * 2**k : 1 + column * 2**k].sum()


@given(
    data=st.lists(st.floats(grid.LOWEST_SECONDS * 1.01, grid.HIGHEST_SECONDS), min_size=1, max_size=50),
    scale=st.integers(grid.COARSEST_SCALE, 12),
)
def test_a_clients_histogram_is_that_of_its_durations(data: list[float], scale: int) -> None:
    """OpenTelemetry's index at any scale, merged into the grid without moving a request."""
    indexes = np.ceil(np.log2(np.array(data)) * 2.0**scale).astype(np.int64) - 1
    offset = int(indexes.min())

    kept, counts = grid.from_exponential(scale, offset, np.bincount(indexes - offset))

    assert kept == min(scale, SCALE)
    expected = np.bincount(grid.indices(np.array(data)), minlength=COLUMNS)
    assert np.array_equal(counts, grid.subset(expected, SCALE - kept))


def test_buckets_beyond_the_grid_are_kept_at_its_ends() -> None:
    _, counts = grid.from_exponential(SCALE, LO - 3, [1] * (BUCKETS + 6))

    assert (counts[UNDERFLOW], counts[OVERFLOW], counts.sum()) == (3, 3, BUCKETS + 6)
