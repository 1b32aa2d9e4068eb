"""Histograms, their deltas and rows of known durations."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.deltas import Deltas, deltas_of
from latency_svc.folding import Packed
from latency_svc.histogram import Histogram, encode

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def histogram_of(seconds: NDArray[np.float64], errors: int = 0) -> Histogram:
    """Counted one by one."""
    return Histogram(
        count=seconds.size,
        error_count=errors,
        sum_seconds=math.fsum(seconds),
        min_seconds=float(seconds.min()) if seconds.size else math.inf,
        max_seconds=float(seconds.max()) if seconds.size else 0.0,
        scale=grid.SCALE,
        counts=np.bincount(grid.indices(seconds), minlength=grid.COLUMNS),
    )


def deltas(given: Sequence[tuple[int, int, int, Sequence[int]]], **changes: Any) -> Deltas:
    """From the place of a series, scale, offset and counts of each; `changes` are columns."""
    size, counts = len(given), [np.array(counts, np.uint64) for _, _, _, counts in given]
    columns: dict[str, Any] = {
        "series_ids": np.array([series for series, _, _, _ in given], np.int64),
        "at_seconds": np.full(size, NOON.timestamp()),
        "scales": np.array([scale for _, scale, _, _ in given], np.int64),
        "offsets": np.array([offset for _, _, offset, _ in given], np.int64),
        "lengths": np.array([each.size for each in counts], np.int64),
        "counts": np.concatenate([np.zeros(0, np.uint64), *counts]),
        "zero_counts": np.zeros(size, np.int64),
        "sums": np.ones(size),
        "lows": np.full(size, np.nan),
        "highs": np.full(size, np.nan),
        "error_pcts": np.zeros(size),
    }
    return deltas_of(**{**columns, **{name: np.array(values) for name, values in changes.items()}})


def stored(h: Histogram, endpoint_id: int = 1, minute: int = 0, at: datetime | None = None) -> Packed:
    """As the row of a minute of the day, or of another moment."""
    when = at or NOON.replace(hour=0) + timedelta(minutes=minute)
    totals = h.count, h.error_count, h.sum_seconds, h.min_seconds, h.max_seconds, h.error_pct
    return Packed(when, endpoint_id, *totals, *encode(h))
