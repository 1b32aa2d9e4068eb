"""The past of a series, gone through again: what a rule would have done, by the state machine of live evaluation."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from alert_svc.alert_rules import advance, is_bad, take
from alert_svc.minutes import Rows, Singles
from alert_svc.series import MINUTE, Floats
from alert_svc.state import Change, Feed, Memory, Terms


class Track(Struct, frozen=True):
    """Values of one series in the order of their times, how long each is good for, and when any series of the metric
    had a value. Times are epochs in seconds, without repetition."""

    at: Sequence[float]
    values: Sequence[float]
    fresh_seconds: float
    alive_at: Floats


Changed = list[tuple[Change, float]]


def replay(terms: Terms, track: Track, since: float, until: float) -> Changed:
    """Every change from `since` up to `until`, oldest first, with the value at each."""
    memory, last_at, last_value = Memory(at=since), np.inf, float("nan")
    changed: Changed = []
    for at, value in zip(track.at, track.values, strict=True):
        is_quiet = memory.state == "inactive" and at - last_at <= track.fresh_seconds
        if not is_quiet or is_bad(memory.state, terms, value):
            memory, changes = take(memory, terms, _feed(track, last_at, at), at, value)
            changed += [(change, value if change.at >= at else last_value) for change in changes]
        last_at, last_value = at, value
    _, changes = advance(memory, terms, _feed(track, last_at, until), until)
    return changed + [(change, last_value) for change in changes]


def track_of(
    points: tuple[Rows, Singles, Singles], counts: Singles | None, terms: Terms, fresh_seconds: float, alive: Floats
) -> Track:
    """One-minute points as values: a minute's extreme at its start, its last value half a minute later. Minutes
    measured from too few events are left out."""
    minutes, last, extreme = points
    good = ~np.isnan(last)
    if counts is not None and terms.min_samples:
        with np.errstate(invalid="ignore"):
            good &= ~(counts < terms.min_samples)
    minutes, last, extreme = minutes[good], last[good], extreme[good]
    twice = np.where(last == extreme, 1, 2)
    at = np.repeat(minutes * float(MINUTE), twice)
    values = np.repeat(extreme, twice).astype(np.float64)
    ends = np.cumsum(twice) - 1
    values[ends] = last
    at[ends[twice == 2]] += MINUTE / 2
    return Track(at.tolist(), values.tolist(), fresh_seconds, alive)


def alive_times(minutes: Rows, alive: NDArray[np.bool_]) -> Floats:
    """The minutes in which a metric was alive, as epochs."""
    return minutes[alive].astype(np.float64) * MINUTE


def _feed(track: Track, last_at: float, at: float) -> Feed:
    """`alive_at`: the last moment before `at`."""
    place = int(np.searchsorted(track.alive_at, at)) - 1
    return Feed(last_at, track.fresh_seconds, float(track.alive_at[place]) if place >= 0 else -np.inf)
