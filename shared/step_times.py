"""The grid that self times of the pipeline's steps are counted on: eight buckets for each doubling of nanoseconds.

Bucket `b` reaches from `2**(b // 8) * (1 + b % 8 / 8)` ns, inclusive, up to where the next begins. Bucket 0 also holds
what is shorter, the last one what is longer.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PER_DOUBLING = 8
DOUBLINGS = 38  # to 275 s
BUCKETS = PER_DOUBLING * DOUBLINGS
NANOSECONDS = 1e9
MS = 1e-6  # of a nanosecond

Counts = NDArray[np.int64]

_LOWER = np.exp2(np.arange(BUCKETS + 1) // PER_DOUBLING) * (1 + np.arange(BUCKETS + 1) % PER_DOUBLING / PER_DOUBLING)
MIDDLES_MS: NDArray[np.float64] = MS * 2 * _LOWER[:-1] * _LOWER[1:] / (_LOWER[:-1] + _LOWER[1:])
"""The harmonic middle of each bucket in milliseconds: equally far, in percent, from both of its bounds."""
ERROR_BOUND_PCT = 100.0 / (2 * PER_DOUBLING + 1)
"""How far the middle may be from any value of its bucket, in percent of that value."""


def buckets_of(seconds: NDArray[np.float64]) -> NDArray[np.int64]:
    """The bucket of each duration; negative ones count as zero."""
    fraction, exponent = np.frexp(np.maximum(seconds * NANOSECONDS, 1.0))
    found = (exponent - 1) * PER_DOUBLING + ((fraction * 2 - 1) * PER_DOUBLING).astype(np.int64)
    clipped: NDArray[np.int64] = np.clip(found, 0, BUCKETS - 1).astype(np.int64)
    return clipped


def counts_of(offset: int, counts: Sequence[int]) -> Counts:
    """The whole grid from a part of it, whose first bucket is `offset`. What lies outside, which nobody of ours sends,
    is left out."""
    found = np.zeros(BUCKETS, np.int64)
    first, last = max(offset, 0), min(offset + len(counts), BUCKETS)
    if first < last:
        found[first:last] = counts[first - offset : last - offset]
    return found


def quantile_ms(counts: Counts, q: float) -> float | None:
    """The smallest duration that at least `q` of all do not exceed (nearest rank), within ERROR_BOUND_PCT; null for
    none."""
    total = int(counts.sum())
    if not total:
        return None
    rank = max(1, int(np.ceil(q * total)))
    return float(MIDDLES_MS[int(np.searchsorted(np.cumsum(counts), rank))])
