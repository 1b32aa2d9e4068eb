"""Deltas of exponential histograms as columns of numbers, in memory and on the wire."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from shared.contracts.latency import BucketBatch, SampleSeries

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.unsignedinteger[Any]]

WIRE = {
    "series_ids": "<u2", "at_seconds": "<f8", "scales": "<i1", "offsets": "<i4", "lengths": "<u2",
    "zero_counts": "<u4", "sums": "<f8", "lows": "<f8", "highs": "<f8", "error_pcts": "<f8",
}  # fmt: skip
"""How the columns travel that have one number a delta."""
COLUMNS = (*WIRE, "requests")


class Deltas(Struct, frozen=True, kw_only=True):
    """One number a delta, but `counts`, which holds the buckets of all of them, one after the other, `lengths` at a
    time. `requests`: how many are in the buckets and `zero_counts` of a delta; see `deltas_of`. Unknown `lows` and
    `highs` are NaN. `series_ids`: whose they are, in whatever list the owner keeps."""

    series_ids: Ints
    at_seconds: Floats
    scales: Ints
    offsets: Ints
    lengths: Ints
    counts: Counts
    zero_counts: Ints
    sums: Floats
    lows: Floats
    highs: Floats
    error_pcts: Floats
    requests: Ints

    @property
    def size(self) -> int:
        return self.series_ids.size

    def chosen(self, which: Flags) -> "Deltas":
        """Those of a mask."""
        if which.all():
            return self
        columns = {name: getattr(self, name)[which] for name in COLUMNS}
        return Deltas(counts=self.counts[np.repeat(which, self.lengths)], **columns)

    def part(self, first: int, last: int) -> "Deltas":
        """Those from a place up to another."""
        before, within = int(self.lengths[:first].sum()), int(self.lengths[first:last].sum())
        columns = {name: getattr(self, name)[first:last] for name in COLUMNS}
        return Deltas(counts=self.counts[before : before + within], **columns)


def deltas_of(counts: Counts, **columns: Any) -> Deltas:
    """All columns but `requests`, which follow from them."""
    lengths, in_buckets = columns["lengths"], np.zeros(columns["lengths"].size, np.int64)
    is_filled = lengths > 0
    firsts = (np.cumsum(lengths) - lengths)[is_filled]
    in_buckets[is_filled] = np.add.reduceat(counts, firsts, dtype=np.int64)
    return Deltas(counts=counts, requests=in_buckets + columns["zero_counts"], **columns)


def joined(parts: Sequence[Deltas]) -> Deltas:
    if len(parts) == 1:
        return parts[0]
    return Deltas(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in ("counts", *COLUMNS)})


def from_batch(batch: BucketBatch) -> Deltas | None:
    """None for columns that do not fit together. `series_ids` may still name series that are not there."""
    columns: dict[str, Any] = {}
    size = len(batch.series_ids) // 2
    for name, form in WIRE.items():
        raw = getattr(batch, name)
        if len(raw) != size * np.dtype(form).itemsize:
            return None
        columns[name] = np.frombuffer(raw, form).astype(np.float64 if form[1] == "f" else np.int64)
    if len(batch.counts) != columns["lengths"].sum() * batch.count_bytes:
        return None
    return deltas_of(counts=np.frombuffer(batch.counts, f"<u{batch.count_bytes}"), **columns)


def to_batch(service: str, series: Sequence[SampleSeries], deltas: Deltas) -> BucketBatch:
    """`series`: what `series_ids` name. Only those that are used travel."""
    used, ids = np.unique(deltas.series_ids, return_inverse=True)
    most = int(deltas.counts.max(initial=0))
    count_bytes: Literal[1, 2, 4] = 1 if most < 1 << 8 else 2 if most < 1 << 16 else 4
    columns = {name: getattr(deltas, name).astype(form).tobytes() for name, form in WIRE.items()}
    return BucketBatch(
        service=service,
        series=[series[number] for number in used.tolist()],
        count_bytes=count_bytes,
        counts=deltas.counts.astype(f"<u{count_bytes}").tobytes(),
        **{**columns, "series_ids": ids.astype("<u2").tobytes()},
    )
