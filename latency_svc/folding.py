"""Stored rows into histograms: unpacked one after the other straight into the sum they belong to."""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct

from latency_svc import grid
from latency_svc.histogram import Histogram, decode, empty, unpack

Group = TypeVar("Group", bound=Hashable)


class Packed(Struct, frozen=True):
    """A stored row as it was read: `lo` and `counts` as `histogram.encode` gave them."""

    at: datetime
    endpoint_id: int
    count: int
    error_count: int
    sum_seconds: float
    min_seconds: float
    max_seconds: float
    error_pct: float
    scale: int
    lo: int
    counts: bytes


def fold(rows: Iterable[Packed], group: Callable[[Packed], Group]) -> dict[Group, Histogram]:
    """One histogram for each group of rows. A group without rows is not there."""
    sums: dict[Group, Histogram] = {}
    for row in rows:
        key = group(row)
        sums[key] = _plus(sums.get(key) or empty(), row)
    return sums


def _plus(total: Histogram, row: Packed) -> Histogram:
    """The sum, in the array of `total` as long as the scale allows: it is nobody else's yet."""
    scale = min(total.scale, row.scale)
    counts = grid.subset(total.counts, total.scale - scale)
    if row.scale == scale:
        part = unpack(row.counts)
        counts[row.lo : row.lo + part.size] += part
    else:
        counts += grid.subset(decode(row.scale, row.lo, row.counts), row.scale - scale)
    return Histogram(
        count=total.count + row.count,
        error_count=total.error_count + row.error_count,
        sum_seconds=total.sum_seconds + row.sum_seconds,
        min_seconds=min(total.min_seconds, row.min_seconds),
        max_seconds=max(total.max_seconds, row.max_seconds),
        error_pct=max(total.error_pct, row.error_pct),
        scale=scale,
        counts=counts,
    )
