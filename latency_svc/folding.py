"""Stored rows into histograms: unpacked one after the other straight into the sum they belong to."""

import math
from collections.abc import Callable, Hashable, Iterable
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


class _Sum:
    """A histogram that grows, in an array of its own."""

    def __init__(self, scale: int) -> None:
        self.scale = scale
        self.counts = np.zeros(grid.columns(scale), np.int64)
        self.rows: list[Packed] = []

    def add(self, row: Packed) -> None:
        self.rows.append(row)
        if row.scale < self.scale:
            self.counts = grid.subset(self.counts, self.scale - row.scale)
            self.scale = row.scale
        if row.scale == self.scale:
            part = unpack(row.counts)
            self.counts[row.lo : row.lo + part.size] += part
        else:
            self.counts += grid.subset(decode(row.scale, row.lo, row.counts), row.scale - self.scale)

    def histogram(self) -> Histogram:
        rows = self.rows
        return Histogram(
            count=sum([row.count for row in rows]),
            error_count=sum([row.error_count for row in rows]),
            sum_seconds=math.fsum([row.sum_seconds for row in rows]),
            min_seconds=min([row.min_seconds for row in rows]),
            max_seconds=max([row.max_seconds for row in rows]),
            error_pct=max([row.error_pct for row in rows]),
            scale=self.scale,
            counts=self.counts,
        )


def fold(rows: Iterable[Packed], group: Callable[[Packed], Group]) -> dict[Group, Histogram]:
    """One histogram for each group of rows. A group without rows is not there."""
    sums: dict[Group, _Sum] = {}
    for row in rows:
        key = group(row)
        found = sums.get(key)
        if found is None:
            found = sums[key] = _Sum(row.scale)
        found.add(row)
    return {key: found.histogram() for key, found in sums.items()}
