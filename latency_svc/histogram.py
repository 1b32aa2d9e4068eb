"""A histogram of durations: merged in any order without loss, read with a known bound of error, stored in few bytes."""

import math
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.grid import SCALE, Counts

ZLIB_LEVEL = 1
UNPACKED_BYTES = 2048  # what most unpack to; more is possible and only slower
WIDTHS = {width: np.dtype(f"<u{width}") for width in (1, 2, 4, 8)}


class Histogram(Struct, frozen=True, kw_only=True):
    """`counts`: the columns of the grid at `scale`. Without any duration `min_seconds` is infinite and `max_seconds` 0.
    `error_pct`: how far a duration may be from the middle of its bucket where that is more than `scale` says, because
    it was told in buckets of another kind. Not to be changed once made: histograms share their arrays."""

    count: int
    error_count: int
    sum_seconds: float
    min_seconds: float
    max_seconds: float
    error_pct: float = 0.0
    scale: int
    counts: Counts


def empty(scale: int = SCALE) -> Histogram:
    return Histogram(
        count=0,
        error_count=0,
        sum_seconds=0.0,
        min_seconds=math.inf,
        max_seconds=0.0,
        scale=scale,
        counts=np.zeros(grid.columns(scale), np.int64),
    )


def merge(a: Histogram, b: Histogram) -> Histogram:
    """Both together, at the coarser of the two scales."""
    scale = min(a.scale, b.scale)
    return Histogram(
        count=a.count + b.count,
        error_count=a.error_count + b.error_count,
        sum_seconds=a.sum_seconds + b.sum_seconds,
        min_seconds=min(a.min_seconds, b.min_seconds),
        max_seconds=max(a.max_seconds, b.max_seconds),
        error_pct=max(a.error_pct, b.error_pct),
        scale=scale,
        counts=grid.subset(a.counts, a.scale - scale) + grid.subset(b.counts, b.scale - scale),
    )


def merge_all(histograms: Iterable[Histogram]) -> Histogram:
    """All together; an empty one for none."""
    found = list(histograms)
    scale = min((h.scale for h in found), default=SCALE)
    counts = np.zeros(grid.columns(scale), np.int64)
    for h in found:
        counts += grid.subset(h.counts, h.scale - scale)
    return Histogram(
        count=sum(h.count for h in found),
        error_count=sum(h.error_count for h in found),
        sum_seconds=math.fsum(h.sum_seconds for h in found),
        min_seconds=min((h.min_seconds for h in found), default=math.inf),
        max_seconds=max((h.max_seconds for h in found), default=0.0),
        error_pct=max((h.error_pct for h in found), default=0.0),
        scale=scale,
        counts=counts,
    )


def encode(h: Histogram) -> tuple[int, int, bytes]:
    """Scale, first column that is not zero, and the columns from there to the last that is not zero: one byte for their
    width in bytes, then little-endian unsigned integers, deflated."""
    used = np.flatnonzero(h.counts)
    if used.size == 0:
        return h.scale, 0, b""
    lo, hi = int(used[0]), int(used[-1])
    part = h.counts[lo : hi + 1]
    width = np.dtype(np.min_scalar_type(int(part.max())))
    packed = zlib.compress(part.astype(WIDTHS[width.itemsize]).tobytes(), ZLIB_LEVEL)
    return h.scale, lo, bytes([width.itemsize]) + packed


def unpack(packed: bytes) -> NDArray[np.unsignedinteger[Any]]:
    """The columns of an encoded histogram, from its `lo` on."""
    if not packed:
        return np.zeros(0, np.uint8)
    return np.frombuffer(zlib.decompress(memoryview(packed)[1:], bufsize=UNPACKED_BYTES), WIDTHS[packed[0]])


def decode(scale: int, lo: int, packed: bytes) -> Counts:
    """All columns of an encoded histogram."""
    counts = np.zeros(grid.columns(scale), np.int64)
    part = unpack(packed)
    counts[lo : lo + part.size] = part
    return counts


def quantile(h: Histogram, q: float) -> float | None:
    """The nearest-rank quantile in seconds, within `error_bound_pct` of the exact one; None without any duration."""
    return quantiles(h, [q])[0]


def quantiles(h: Histogram, wanted: Sequence[float]) -> list[float | None]:
    """Several, as `quantile` gives each; the buckets are summed up once."""
    if h.count == 0:
        return [None] * len(wanted)
    found = h.counts.cumsum().searchsorted([rank(q, h.count) for q in wanted]).tolist()
    return [min(max(_midpoint(h, column), h.min_seconds), h.max_seconds) for column in found]


def rank(q: float, count: int) -> int:
    """Which duration, counted from 1 in order of size, is the quantile."""
    return min(count, max(1, math.ceil(round(q * count, 6))))  # 0.07 * 100 is 7.000000000000001


def error_bound_pct(h: Histogram) -> float:
    """No quantile is further from the exact one than this, in percent of the exact one. Below 2**-20 s the error is
    absolute, under 1 us, and not told here."""
    bound = max(grid.error_bound_pct(h.scale), h.error_pct)
    if h.counts[-1]:
        bound = max(bound, _spread_pct(grid.HIGHEST_SECONDS, h.max_seconds))
    return bound


def _midpoint(h: Histogram, column: int) -> float:
    inner = grid.midpoints(h.scale)
    return inner[column] if column < len(inner) else grid.midpoint(grid.HIGHEST_SECONDS, h.max_seconds)


def _spread_pct(lower: float, upper: float) -> float:
    return 100.0 * (upper - lower) / (upper + lower)
