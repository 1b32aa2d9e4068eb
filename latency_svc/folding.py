"""Stored rows into histograms: unpacked one after the other straight into the sum they belong to."""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import numpy as np
from msgspec import Struct

from latency_svc import grid
from latency_svc.histogram import Histogram, decode, unpack

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
    groups: defaultdict[Group, list[Packed]] = defaultdict(list)
    for row in rows:
        groups[group(row)].append(row)
    return {key: _folded(found) if len(found) > 1 else _opened(found[0]) for key, found in groups.items()}


def _opened(row: Packed) -> Histogram:
    """As `_folded` of one row, for less: most hours and days have no other."""
    return Histogram(
        count=row.count,
        error_count=row.error_count,
        sum_seconds=row.sum_seconds,
        min_seconds=row.min_seconds,
        max_seconds=row.max_seconds,
        error_pct=row.error_pct,
        scale=row.scale,
        counts=decode(row.scale, row.lo, row.counts),
    )


def _folded(rows: Sequence[Packed]) -> Histogram:
    scale = min([row.scale for row in rows])
    return Histogram(
        count=sum([row.count for row in rows]),
        error_count=sum([row.error_count for row in rows]),
        sum_seconds=math.fsum([row.sum_seconds for row in rows]),
        min_seconds=min([row.min_seconds for row in rows]),
        max_seconds=max([row.max_seconds for row in rows]),
        error_pct=max([row.error_pct for row in rows]),
        scale=scale,
        counts=_counts(rows, scale),
    )


def _counts(rows: Sequence[Packed], scale: int) -> grid.Counts:
    counts = np.zeros(grid.columns(scale), np.int64)
    for row in rows:
        if row.scale == scale:
            part = unpack(row.counts)
            inside = counts[row.lo : row.lo + part.size]
            np.add(inside, part, inside)  # which reads and writes the slice once
        else:
            counts += grid.subset(decode(row.scale, row.lo, row.counts), row.scale - scale)
    return counts
