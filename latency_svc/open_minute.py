"""One open minute: how often each endpoint's durations fell into each column of the grid."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latency_svc import grid
from latency_svc.deltas import Deltas, Flags, Floats, Ints
from latency_svc.grid import COLUMNS, SCALE, Seconds
from latency_svc.histogram import Histogram
from latency_svc.rows import Row

FIRST_SLOTS = 256


class OpenMinute:
    """A matrix of counts, slot by column, for every scale that came, and totals by slot. Memory that no endpoint uses
    is never touched."""

    def __init__(self, at: int, writer: str) -> None:
        self._at = datetime.fromtimestamp(at, UTC)
        self._writer = writer
        self._counts: dict[int, NDArray[np.uint32]] = {}
        self._count = np.zeros(FIRST_SLOTS, np.int64)
        self._errors = np.zeros(FIRST_SLOTS, np.int64)
        self._sum = np.zeros(FIRST_SLOTS, np.float64)
        self._low = np.full(FIRST_SLOTS, np.inf)
        self._high = np.zeros(FIRST_SLOTS, np.float64)
        self._error_pct = np.zeros(FIRST_SLOTS, np.float64)
        self._changed = np.zeros(FIRST_SLOTS, np.bool_)

    def add(self, slots: Ints, seconds: Seconds, errors: Flags) -> None:
        """Durations; one slot and one flag for each."""
        self._reach(int(slots.max()))
        exact = seconds.astype(np.float64)
        np.add.at(self._matrix(SCALE).reshape(-1), slots * COLUMNS + grid.indices(exact), np.uint32(1))
        size = self._count.size
        self._count += np.bincount(slots, minlength=size)
        self._errors += np.bincount(slots[errors], minlength=size)
        self._sum += np.bincount(slots, exact, minlength=size)
        self._stretch(slots, exact, exact)

    def add_deltas(self, slots: Ints, errors: Flags, deltas: Deltas) -> None:
        """Histograms; one slot and one flag for each."""
        self._reach(int(slots.max()))
        kept = np.minimum(deltas.scales, SCALE)
        for scale in np.unique(kept).tolist():
            mine = kept == scale
            self._add_buckets(slots[mine], deltas.chosen(mine), scale)
        requests = deltas.requests
        np.add.at(self._count, slots, requests)
        np.add.at(self._errors, slots[errors], requests[errors])
        np.add.at(self._sum, slots, deltas.sums)
        np.maximum.at(self._error_pct, slots, deltas.error_pcts)
        self._stretch(slots, *_extremes(deltas))

    def take_changed(self, ids: Sequence[int | None]) -> list[Row]:
        """Whole rows of what changed since the last call. Slots that have no id yet stay changed."""
        rows: list[Row] = []
        for slot in np.flatnonzero(self._changed).tolist():
            endpoint_id = ids[slot]
            if endpoint_id is not None:
                rows.append(Row(self._at, endpoint_id, self._writer, self._histogram(slot)))
                self._changed[slot] = False
        return rows

    @property
    def changed(self) -> bool:
        return bool(self._changed.any())

    def _histogram(self, slot: int) -> Histogram:
        scale = min((scale for scale, matrix in self._counts.items() if matrix[slot].any()), default=SCALE)
        counts = np.zeros(grid.columns(scale), np.int64)
        for finer, matrix in self._counts.items():
            if finer >= scale:
                counts += grid.subset(matrix[slot].astype(np.int64), finer - scale)
        return Histogram(
            count=int(self._count[slot]),
            error_count=int(self._errors[slot]),
            sum_seconds=float(self._sum[slot]),
            min_seconds=float(self._low[slot]),
            max_seconds=float(self._high[slot]),
            error_pct=float(self._error_pct[slot]),
            scale=scale,
            counts=counts,
        )

    def _add_buckets(self, slots: Ints, deltas: Deltas, scale: int) -> None:
        """Deltas that are kept at this scale."""
        flat, columns = self._matrix(scale).reshape(-1), grid.columns(scale)
        rows = slots * columns
        found = _bucket_indexes(deltas) >> np.repeat(deltas.scales - scale, deltas.lengths)
        at = np.clip(found - (grid.lowest(scale) - 1), grid.UNDERFLOW, columns - 1) + np.repeat(rows, deltas.lengths)
        np.add.at(flat, at, deltas.counts.astype(np.uint32))
        np.add.at(flat, rows, deltas.zero_counts.astype(np.uint32))

    def _stretch(self, slots: Ints, lows: Floats, highs: Floats) -> None:
        np.minimum.at(self._low, slots, lows)
        np.maximum.at(self._high, slots, highs)
        self._changed[slots] = True

    def _matrix(self, scale: int) -> NDArray[np.uint32]:
        if scale not in self._counts:
            self._counts[scale] = np.zeros((self._count.size, grid.columns(scale)), np.uint32)
        return self._counts[scale]

    def _reach(self, slot: int) -> None:
        """Room for this slot: twice as much as before, or what it takes."""
        if slot < self._count.size:
            return
        size = max(slot + 1, 2 * self._count.size)
        self._counts = {scale: _grown(matrix, size, 0) for scale, matrix in self._counts.items()}
        self._count, self._errors = _grown(self._count, size, 0), _grown(self._errors, size, 0)
        self._sum, self._high = _grown(self._sum, size, 0), _grown(self._high, size, 0)
        self._error_pct = _grown(self._error_pct, size, 0)
        self._low, self._changed = _grown(self._low, size, np.inf), _grown(self._changed, size, 0)


def _bucket_indexes(deltas: Deltas) -> Ints:
    """OpenTelemetry's index of every bucket, at the scale of its delta."""
    firsts = np.cumsum(deltas.lengths) - deltas.lengths
    indexes: Ints = np.arange(deltas.counts.size) + np.repeat(deltas.offsets - firsts, deltas.lengths)
    return indexes


def _extremes(deltas: Deltas) -> tuple[Floats, Floats]:
    """Least and greatest duration of each delta; where it does not tell, the outer bounds of its buckets."""
    widths = np.exp2(-deltas.scales.astype(np.float64))
    with np.errstate(over="ignore"):  # what is beyond all measure is cut below
        first = np.minimum(np.exp2(deltas.offsets * widths), grid.LONGEST_SECONDS)
        last = np.minimum(np.exp2((deltas.offsets + deltas.lengths) * widths), grid.LONGEST_SECONDS)
    last = np.where(deltas.lengths > 0, last, 0.0)
    first = np.where(deltas.zero_counts > 0, 0.0, first)
    return np.where(np.isnan(deltas.lows), first, deltas.lows), np.where(np.isnan(deltas.highs), last, deltas.highs)


def _grown(values: NDArray[Any], size: int, filler: float) -> NDArray[Any]:
    grown = np.zeros((size, *values.shape[1:]), values.dtype)
    grown[: len(values)] = values
    if filler:
        grown[len(values) :] = filler
    return grown
