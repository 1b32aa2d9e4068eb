"""Histograms and rows of known durations."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from latency_svc import grid
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


def stored(h: Histogram, endpoint_id: int = 1, minute: int = 0, at: datetime | None = None) -> Packed:
    """As the row of a minute of the day, or of another moment."""
    when = at or NOON.replace(hour=0) + timedelta(minutes=minute)
    totals = h.count, h.error_count, h.sum_seconds, h.min_seconds, h.max_seconds, h.error_pct
    return Packed(when, endpoint_id, *totals, *encode(h))
