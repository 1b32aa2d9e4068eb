"""Delta points of exponential histograms in seconds, many at once: as columns.

Only what is plainly good is taken here. All else is read one by one, which finds the reason of a refusal.
"""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc.deltas import Counts, Deltas, Flags, Floats, Ints, deltas_of
from latency_svc.latency_tracker import is_histogram, time_faults
from latency_svc.otlp import wire
from latency_svc.otlp.deltas import MOST_BACK_SECONDS, NANOSECOND
from latency_svc.otlp.points import NANOSECONDS, NOTHING_RECORDED
from latency_svc.otlp.wire import CONTINUED, PAYLOAD, PAYLOAD_BITS, Field

MOST_COUNT = np.uint64(2**32 - 1)  # more than any point may have, and sums of it do not overflow
MOST_SHIFT = 63
POINT: dict[int, tuple[str, wire.Kind]] = {
    1: ("attributes", "run"),
    2: ("start_time_unix_nano", "fixed64"),
    3: ("time_unix_nano", "fixed64"),
    4: ("count", "fixed64"),
    5: ("sum", "fixed64"),
    6: ("scale", "varint"),
    7: ("zero_count", "fixed64"),
    8: ("positive", "message"),
    9: ("negative", "message"),
    10: ("flags", "varint"),
    11: ("exemplars", "run"),
    12: ("min", "fixed64"),
    13: ("max", "fixed64"),
}
BUCKETS: dict[int, tuple[str, wire.Kind]] = {1: ("offset", "varint"), 2: ("bucket_counts", "message")}


class Columns(Struct, frozen=True):
    """Of many points. `good`: those that need no second look; `attributes`: of each, as they came; `traced`: those that
    have exemplars."""

    deltas: Deltas
    good: Flags
    attributes: list[bytes]
    traced: Flags


def read_columns(points: Sequence[bytes], now: float) -> Columns:
    """Points as they came. `series_ids` are their places. `now`: Unix time."""
    data, firsts, lasts = wire.joined(points)
    point = wire.read_fields(data, firsts, lasts, POINT)
    positive = point["positive"]
    buckets = wire.read_fields(data, positive.values.astype(np.int64), positive.ends, BUCKETS)
    filled = buckets["bucket_counts"]
    firsts, lasts = filled.values.astype(np.int64), filled.ends
    broken = point.odd | buckets.odd | (filled.told & (lasts > firsts) & (data[lasts - 1] >= CONTINUED))
    counts, lengths = varints(data, np.where(broken, lasts, firsts), lasts)
    starts, ends = point["start_time_unix_nano"].values, point["time_unix_nano"].values
    deltas = deltas_of(
        series_ids=np.arange(len(points)),
        at_seconds=happened_at(starts, ends),
        scales=wire.zigzag(point["scale"].values),
        offsets=wire.zigzag(buckets["offset"].values),
        lengths=lengths,
        counts=counts,
        zero_counts=point["zero_count"].values.astype(np.int64),
        sums=doubles(point["sum"]),
        lows=doubles(point["min"]),
        highs=doubles(point["max"]),
        error_pcts=np.zeros(len(points)),
    )
    good = ~broken & _is_recorded(point) & _is_durations(point, deltas) & (starts <= ends)
    for _, faults in time_faults(ends / NANOSECONDS, now):
        good &= ~faults
    return Columns(deltas, good, cut(data, point["attributes"]), point["exemplars"].told)


def doubles(field: Field) -> Floats:
    """NaN where it is not told."""
    return np.where(field.told, field.values.view(np.float64), np.nan)


def cut(data: wire.Bytes, field: Field) -> list[bytes]:
    """The bytes of each."""
    read = data.tobytes()
    return [read[first:last] for first, last in zip(field.values.tolist(), field.ends.tolist(), strict=True)]


def happened_at(starts: NDArray[np.uint64], ends: NDArray[np.uint64]) -> Floats:
    """As `deltas.happened_at`, of many."""
    covered = np.where(starts > 0, (ends - starts) * NANOSECOND, 0.0)
    return np.asarray(ends * NANOSECOND - np.minimum(covered / 2, MOST_BACK_SECONDS), np.float64)


def varints(data: wire.Bytes, firsts: Ints, lasts: Ints) -> tuple[Counts, Ints]:
    """The numbers of all runs of varints, one after the other, and how many there are in each run. A run ends with the
    end of a number."""
    sizes = lasts - firsts
    ends = np.cumsum(sizes)
    read = data[np.arange(int(ends[-1]) if ends.size else 0) + np.repeat(firsts - (ends - sizes), sizes)]
    is_last = read < CONTINUED
    if is_last.all():
        return read, sizes
    passed = np.concatenate(([0], np.cumsum(is_last)))[ends]
    return _numbers(read, is_last), np.diff(passed, prepend=0)


def _numbers(read: NDArray[np.uint8], is_last: Flags) -> Counts:
    lasts = np.flatnonzero(is_last)
    firsts = np.concatenate(([0], lasts[:-1] + 1))
    places = np.arange(read.size) - np.repeat(firsts, lasts - firsts + 1)
    shifts = np.minimum(places * PAYLOAD_BITS, MOST_SHIFT).astype(np.uint64)
    return np.minimum(np.add.reduceat((read & PAYLOAD).astype(np.uint64) << shifts, firsts), MOST_COUNT)


def _is_recorded(point: wire.Fields) -> Flags:
    """Whether a point has a value, and none below zero."""
    is_empty: Flags = point["flags"].values & np.uint64(NOTHING_RECORDED) > 0
    negative = point["negative"]
    return ~(is_empty | (negative.ends > negative.values.astype(np.int64)))


def _is_durations(point: wire.Fields, deltas: Deltas) -> Flags:
    """Whether what a point says agrees with itself."""
    requests, sums, lows, highs = deltas.requests, deltas.sums, deltas.lows, deltas.highs
    adds_up = requests == point["count"].values.astype(np.int64)
    is_odd = (lows < 0) | (highs < 0) | np.isinf(lows) | np.isinf(highs) | (lows > highs)
    is_odd |= _told_as_nan(point["min"]) | _told_as_nan(point["max"]) | (deltas.zero_counts < 0)
    fits = is_histogram(deltas.scales, deltas.offsets, deltas.lengths, requests)
    good: Flags = adds_up & fits & ~is_odd & (sums >= 0) & np.isfinite(sums)
    return good


def _told_as_nan(field: Field) -> Flags:
    return field.told & np.isnan(field.values.view(np.float64))
