"""Counting: which durations count, and in which minute. Nothing here waits or asks a clock.

What was counted leaves as rows that overwrite those of the same writer. Who could not store a set of rows forgets the
`Minutes` they came from and counts again with new ones, under another name.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from latency_svc.deltas import Deltas, Flags, Floats, Ints
from latency_svc.grid import COARSEST_SCALE, LONGEST_SECONDS, Seconds
from latency_svc.open_minute import OpenMinute
from latency_svc.rows import Row

MINUTE_SECONDS = 60
LATE_SECONDS = 300
FUTURE_SECONDS = 60
FINEST_SCALE = 20
FURTHEST_BUCKET = 2**28
MOST_BUCKETS = 10_000
MOST_REQUESTS = 2**26  # in one delta: a minute counts each bucket to 2**32
CLOSED_AFTER_SECONDS = 90

Reason = Literal["rubbish", "late", "future", "not_finite", "negative", "too_long", "not_a_histogram"]
"""Why was a duration not counted?"""


def minute_of(at_seconds: float) -> int:
    return int(at_seconds // MINUTE_SECONDS) * MINUTE_SECONDS


def refused_time(at_seconds: float, received_seconds: float) -> Reason | None:
    """Whether durations of this time count, given when the stream received them (not when we read them: who was down
    catches up): until five minutes after their minute, and not more than one minute ahead."""
    if not math.isfinite(at_seconds):
        return "not_finite"
    if minute_of(at_seconds) + MINUTE_SECONDS + LATE_SECONDS < received_seconds:
        return "late"
    return "future" if at_seconds > received_seconds + FUTURE_SECONDS else None


def refused_durations(seconds: Seconds) -> tuple[Flags, dict[Reason, int]]:
    """Which durations count, and by reason how many do not. Zero counts, and so does what lies beyond the grid: in its
    outermost columns."""
    finite = np.isfinite(seconds)
    negative, too_long = finite & (seconds < 0), finite & (seconds > LONGEST_SECONDS)
    found: dict[Reason, int] = {
        "not_finite": int(finite.size - np.count_nonzero(finite)),
        "negative": int(np.count_nonzero(negative)),
        "too_long": int(np.count_nonzero(too_long)),
    }
    return finite & ~negative & ~too_long, {reason: count for reason, count in found.items() if count}


def refused_deltas(deltas: Deltas, series: int, received_seconds: float) -> tuple[Flags, dict[Reason, int]]:
    """Which deltas count, of those that belong to so many series; and by reason how many requests are in the others, at
    least one in each."""
    requests, counts = np.maximum(deltas.requests, 1), np.ones(deltas.size, np.bool_)
    found: dict[Reason, int] = {}
    for reason, flags in _faults(deltas, series, received_seconds):
        if (new := flags & counts).any():
            found[reason] = found.get(reason, 0) + int(requests[new].sum())
            counts &= ~new
    return counts, found


def _faults(deltas: Deltas, series: int, received_seconds: float) -> Iterator[tuple[Reason, Flags]]:
    sums, lows, highs = deltas.sums, deltas.lows, deltas.highs
    yield "rubbish", deltas.series_ids >= series
    yield from time_faults(deltas.at_seconds, received_seconds)
    yield "not_a_histogram", ~is_histogram(deltas.scales, deltas.offsets, deltas.lengths, deltas.requests)
    yield "not_finite", ~np.isfinite(sums) | np.isinf(lows) | np.isinf(highs)  # NaN: not told
    yield "too_long", highs > LONGEST_SECONDS
    yield "negative", (sums < 0) | (lows < 0) | (highs < 0)


def time_faults(at_seconds: Floats, received_seconds: float) -> Iterator[tuple[Reason, Flags]]:
    """As `refused_time`, of many."""
    minutes = np.floor(at_seconds / MINUTE_SECONDS) * MINUTE_SECONDS
    yield "not_finite", ~np.isfinite(at_seconds)
    yield "late", minutes + MINUTE_SECONDS + LATE_SECONDS < received_seconds
    yield "future", at_seconds > received_seconds + FUTURE_SECONDS


def is_histogram(scales: Ints, offsets: Ints, lengths: Ints, requests: Ints) -> Flags:
    """Whether there is something in buckets that the grid can take."""
    is_on_grid = (scales >= COARSEST_SCALE) & (scales <= FINEST_SCALE) & (np.abs(offsets) <= FURTHEST_BUCKET)
    return is_on_grid & (lengths <= MOST_BUCKETS) & (requests > 0) & (requests <= MOST_REQUESTS)


class Minutes:
    """The open minutes. `writer` names this object in the rows it gives."""

    def __init__(self, writer: str) -> None:
        self._writer = writer
        self._open: dict[int, OpenMinute] = {}
        self._opened = 0

    def add(self, minute: int, slots: Ints, seconds: Seconds, errors: Flags) -> None:
        """Durations of one minute, a slot and an error flag for each. All of them must count."""
        if slots.size:
            self._minute(minute).add(slots, seconds, errors)

    def add_deltas(self, minute: int, slots: Ints, errors: Flags, deltas: Deltas) -> None:
        """Histograms of one minute, a slot and an error flag for each. None of them may be refused."""
        if slots.size:
            self._minute(minute).add_deltas(slots, errors, deltas)

    def take_changed(self, ids: Sequence[int | None], now_seconds: float) -> list[Row]:
        """Whole rows of all that changed since the last call; `ids` are the endpoints' by slot, None for one the store
        does not know yet. A minute that is long over and has told all is closed: what still comes for it opens it anew,
        under another writer."""
        rows = [row for minute in self._open.values() for row in minute.take_changed(ids)]
        oldest = now_seconds - MINUTE_SECONDS - CLOSED_AFTER_SECONDS
        self._open = {at: minute for at, minute in self._open.items() if at > oldest or minute.changed}
        return rows

    def _minute(self, at: int) -> OpenMinute:
        if at not in self._open:
            self._opened += 1
            self._open[at] = OpenMinute(at, f"{self._writer}.{self._opened}")
        return self._open[at]
