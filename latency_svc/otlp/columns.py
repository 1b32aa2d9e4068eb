"""Delta points of exponential histograms in seconds, many at once: as columns.

Only what is plainly good is taken here. All else is read one by one, which finds the reason of a refusal.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from latency_svc.deltas import Counts, Deltas, Flags, Floats, Ints, deltas_of
from latency_svc.latency_tracker import is_histogram, time_faults
from latency_svc.otlp.deltas import MOST_BACK_SECONDS, NANOSECOND
from latency_svc.otlp.points import NANOSECONDS, NOTHING_RECORDED

MOST_COUNT = np.uint64(2**32 - 1)  # more than any point may have, and sums of it do not overflow
CONTINUED, PAYLOAD, PAYLOAD_BITS, MOST_SHIFT = 0x80, 0x7F, 7, 63
"""Of a varint: there is more, what counts, and how far that is shifted."""


def read_columns(points: Sequence[Any], now: float) -> tuple[Deltas, Flags]:
    """Lean points as deltas, and which of them are plainly good; `series_ids` are the places of the points. Raises
    DecodeError for counts that are no varints. `now`: Unix time."""
    starts, ends = column(points, "start_time_unix_nano", np.uint64), column(points, "time_unix_nano", np.uint64)
    buckets = [point.positive for point in points]
    counts, lengths = varints([each.bucket_counts for each in buckets])
    deltas = deltas_of(
        series_ids=np.arange(len(points)),
        at_seconds=happened_at(starts, ends),
        scales=column(points, "scale", np.int64),
        offsets=column(buckets, "offset", np.int64),
        lengths=lengths,
        counts=counts,
        zero_counts=column(points, "zero_count", np.uint64).astype(np.int64),
        sums=column(points, "sum", np.float64),
        lows=column(points, "min", np.float64),
        highs=column(points, "max", np.float64),
        error_pcts=np.zeros(len(points)),
    )
    good = _is_recorded(points) & _is_durations(points, deltas) & (starts <= ends)
    for _, faults in time_faults(ends / NANOSECONDS, now):
        good &= ~faults
    return deltas, good


def column(points: Sequence[Any], field: str, kind: type[np.generic]) -> NDArray[Any]:
    return np.fromiter(map(attrgetter(field), points), kind, len(points))


def happened_at(starts: NDArray[np.uint64], ends: NDArray[np.uint64]) -> Floats:
    """As `deltas.happened_at`, of many."""
    covered = np.where(starts > 0, (ends - starts) * NANOSECOND, 0.0)
    return np.asarray(ends * NANOSECOND - np.minimum(covered / 2, MOST_BACK_SECONDS), np.float64)


def varints(packed: Sequence[bytes]) -> tuple[Counts, Ints]:
    """The numbers of all runs of varints, one after the other, and how many there are in each run."""
    read = np.frombuffer(b"".join(packed), np.uint8)
    ends = np.cumsum(np.fromiter(map(len, packed), np.int64, len(packed)))
    is_last = read < CONTINUED
    if not is_last[ends[ends > 0] - 1].all():
        raise DecodeError("a number ends too early")
    passed = np.concatenate(([0], np.cumsum(is_last)))[ends]
    return _numbers(read, is_last), np.diff(passed, prepend=0)


def _numbers(read: NDArray[np.uint8], is_last: Flags) -> Counts:
    if is_last.all():
        return read
    lasts = np.flatnonzero(is_last)
    firsts = np.concatenate(([0], lasts[:-1] + 1))
    places = np.arange(read.size) - np.repeat(firsts, lasts - firsts + 1)
    shifts = np.minimum(places * PAYLOAD_BITS, MOST_SHIFT).astype(np.uint64)
    return np.minimum(np.add.reduceat((read & PAYLOAD).astype(np.uint64) << shifts, firsts), MOST_COUNT)


def _is_recorded(points: Sequence[Any]) -> Flags:
    """Whether a point has a value, and none below zero."""
    is_empty: Flags = column(points, "flags", np.uint64) & np.uint64(NOTHING_RECORDED) > 0
    is_negative = column(points, "negative", np.object_).astype(np.bool_)
    return ~(is_empty | is_negative)


def _is_durations(points: Sequence[Any], deltas: Deltas) -> Flags:
    """Whether what a point says agrees with itself."""
    requests, sums, lows, highs = deltas.requests, deltas.sums, deltas.lows, deltas.highs
    adds_up = requests == column(points, "count", np.uint64).astype(np.int64)
    is_odd = (lows < 0) | (highs < 0) | np.isinf(lows) | np.isinf(highs) | (lows > highs)
    is_odd |= _told_as_nan(points, "min", lows) | _told_as_nan(points, "max", highs) | (deltas.zero_counts < 0)
    fits = is_histogram(deltas.scales, deltas.offsets, deltas.lengths, requests)
    good: Flags = adds_up & fits & ~is_odd & (sums >= 0) & np.isfinite(sums)
    return good


def _told_as_nan(points: Sequence[Any], field: str, values: Floats) -> Flags:
    """NaN is also what is not told."""
    found = np.isnan(values)
    for place in np.flatnonzero(found).tolist():
        found[place] = points[place].HasField(field)
    return found
