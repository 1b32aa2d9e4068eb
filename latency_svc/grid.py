"""The grid that durations are counted on: OpenTelemetry's base-2 exponential buckets.

At scale `s` each doubling has `2**s` buckets; a bucket is exclusive of its lower bound and inclusive of its upper one.
The grid reaches from 2**-20 s (0.95 us) to 2**8 s (256 s). Column 0 holds what is at or below it, zero included; the
last column what is above it. Column `c` between them is OpenTelemetry's bucket index `c - 1 + lowest(s)`. A coarser
grid is an exact merge of neighbours, so that counts of any two scales can be added at the lower one.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALE = 6
COARSEST_SCALE = -2  # beyond, 2**-20 and 2**8 are no bounds
LOWEST_POWER, HIGHEST_POWER = -20, 8
PER_DOUBLING = 1 << SCALE
LO = LOWEST_POWER * PER_DOUBLING
BUCKETS = (HIGHEST_POWER - LOWEST_POWER) * PER_DOUBLING
UNDERFLOW = 0
OVERFLOW = BUCKETS + 1
COLUMNS = BUCKETS + 2
LOWEST_SECONDS, HIGHEST_SECONDS = 2.0**LOWEST_POWER, 2.0**HIGHEST_POWER
LONGEST_SECONDS = 86_400.0  # a request of more than a day was measured in another unit

Counts = NDArray[np.int64]
Seconds = NDArray[np.float32] | NDArray[np.float64]


def buckets(scale: int) -> int:
    """How many buckets lie between underflow and overflow. Raises ValueError for a scale the grid does not have."""
    if not COARSEST_SCALE <= scale <= SCALE:
        raise ValueError(f"scale {scale} is not between {COARSEST_SCALE} and {SCALE}")
    return BUCKETS >> (SCALE - scale)


def columns(scale: int) -> int:
    return buckets(scale) + 2


def lowest(scale: int) -> int:
    """OpenTelemetry's index of the first bucket of the grid."""
    return LO >> (SCALE - scale)


def indices(seconds: Seconds) -> Counts:
    """The column of each duration at SCALE. Durations must be finite and not negative; zero is underflow."""
    exact = np.asarray(seconds, np.float64)
    with np.errstate(divide="ignore"):
        found = np.ceil(np.log2(exact) * PER_DOUBLING)
    columns: Counts = np.clip(found - LO, UNDERFLOW, OVERFLOW).astype(np.int64)
    return columns


@lru_cache(16)
def bounds(scale: int = SCALE) -> NDArray[np.float64]:
    """The `buckets(scale) + 1` bounds in seconds: bucket of column `c` reaches from `[c - 1]` to `[c]`."""
    found = np.exp2((np.arange(buckets(scale) + 1) + lowest(scale)) / 2.0**scale)
    found.flags.writeable = False
    return found


@lru_cache(16)
def midpoints(scale: int) -> list[float]:
    """What each column stands for in seconds, but the last, which has no upper bound."""
    found = bounds(scale).tolist()
    return [found[0], *map(midpoint, found[:-1], found[1:])]


def midpoint(lower: float, upper: float) -> float:
    """The harmonic mean of a bucket's bounds: the value whose largest relative error is the least."""
    return 2 * lower * upper / (lower + upper)


def error_bound_pct(scale: int) -> float:
    """How far the harmonic midpoint of a bucket may be from any value in it, in percent of that value."""
    ratio: float = 2.0 ** (2.0**-scale)
    return 100.0 * (ratio - 1) / (ratio + 1)


def subset(counts: Counts, k: int) -> Counts:
    """The same counts `k` scales coarser, exactly. The last axis holds the columns."""
    if k == 0:
        return counts
    inner = counts[..., 1:-1]
    merged = inner.reshape(*inner.shape[:-1], inner.shape[-1] >> k, 1 << k).sum(axis=-1)
    return np.concatenate([counts[..., :1], merged, counts[..., -1:]], axis=-1)


def from_exponential(scale: int, offset: int, counts: Sequence[int] | NDArray[Any]) -> tuple[int, Counts]:
    """OpenTelemetry's buckets as a scale and the columns of the grid at it. What is finer than SCALE is merged into it;
    what is coarser stays as it is. Raises ValueError below COARSEST_SCALE."""
    kept = min(scale, SCALE)
    given = np.asarray(counts, np.int64)
    at = ((np.arange(given.size, dtype=np.int64) + offset) >> (scale - kept)) - lowest(kept) + 1
    dense = np.zeros(columns(kept), np.int64)
    np.add.at(dense, np.clip(at, 0, dense.size - 1), given)
    return kept, dense
