"""Alerts as columns of numbers: which of them a value, or the time, may change.

Most values change nothing. Whole columns are compared at once, and only what may change goes through the state machine,
one by one: what is left out here would have come back from it as it was.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from alert_svc.minutes import Rows
from alert_svc.series import MINUTE, Floats, SeriesStore
from alert_svc.state import ACTIVE, MISSING_SECONDS, PASSIVE, RESOLVED_SECONDS, Feed, Memory, Terms
from shared.contracts.alerts.rules import AlertState, NoDataPolicy, Operator

Mask = NDArray[np.bool_]

STATES: tuple[AlertState, ...] = ("inactive", "pending", "firing", "recovering", "resolved", "no_data")
CODES = {state: code for code, state in enumerate(STATES)}
FIRING, NO_DATA = CODES["firing"], CODES["no_data"]
IS_ACTIVE = np.array([state in ACTIVE for state in STATES])
IS_PASSIVE = np.array([state in PASSIVE for state in STATES])
LESS, EQUAL, GREATER = 1, 2, 4
TRUE_FOR: dict[Operator, int] = {
    ">": GREATER, ">=": GREATER | EQUAL, "<": LESS, "<=": LESS | EQUAL, "==": EQUAL, "!=": LESS | GREATER,
}  # fmt: skip
STALE_MATTERS: dict[NoDataPolicy, tuple[AlertState, ...]] = {
    "keep": ("pending",),
    "ok": ("pending", "firing"),
    "alert": ("inactive", "resolved", "recovering"),
    "no_data": ("inactive", "pending", "resolved"),
}
KINDS: dict[str, type] = {
    "row": np.int64, "count_row": np.int64, "is_there": np.bool_,
    "true_for": np.int8, "threshold": np.float64, "recovery": np.float64, "min_samples": np.float64,
    "tracks_critical": np.bool_, "state": np.int8, "timer_at": np.float64, "changed_at": np.float64,
    "stale_matters": np.bool_, "may_go_missing": np.bool_, "last_at": np.float64, "last_value": np.float64,
}  # fmt: skip
FIRST_CAPACITY = 256


class Columns:
    """One place for each alert. Times are epochs in seconds."""

    def __init__(self, store: SeriesStore) -> None:
        self._store = store
        self._of: dict[str, NDArray[Any]] = {name: np.zeros(FIRST_CAPACITY, kind) for name, kind in KINDS.items()}
        self._free: list[int] = []
        self.size = 0

    def place(self, terms: Terms, row: int) -> int:
        """A place for an alert of a series, in the state inactive."""
        place = self._free.pop() if self._free else self._new_place()
        info = self._store.info(row)
        values = {
            "row": row, "count_row": info.count_row, "is_there": True,
            "true_for": TRUE_FOR[terms.operator], "threshold": terms.threshold, "recovery": terms.recovery_threshold,
            "min_samples": terms.min_samples, "tracks_critical": terms.critical_threshold is not None,
            "last_at": self._last_at(terms, row),
            "last_value": self._store.value[row],
        }  # fmt: skip
        for name, value in values.items():
            self._of[name][place] = value
        return place

    def _last_at(self, terms: Terms, row: int) -> float:
        """When its last value came that counts, to the minute unless it is the last of all; infinite: it is still to
        come."""
        last_at, count_row = float(self._store.at[row]), self._store.info(row).count_row
        if not terms.min_samples or count_row < 0 or self._store.value[count_row] >= terms.min_samples:
            return last_at if last_at > -np.inf else np.inf
        counts = self._store.points(count_row)[1]
        counting = np.flatnonzero(counts >= terms.min_samples)
        return float(self._store.points(row)[0][counting[-1]] * MINUTE) if len(counting) else np.inf

    def release(self, place: int) -> None:
        self._of["is_there"][place] = False
        self._free.append(place)

    def remember(self, place: int, memory: Memory, terms: Terms) -> None:
        """What its state machine may do next."""
        self._of["state"][place] = CODES[memory.state]
        self._of["timer_at"][place] = _timer_at(memory, terms)
        self._of["changed_at"][place] = memory.at
        self._of["stale_matters"][place] = memory.state in STALE_MATTERS[terms.no_data]
        self._of["may_go_missing"][place] = memory.state in ACTIVE and terms.no_data in ("keep", "no_data")

    def feed(self, place: int, until: float) -> Feed:
        row = self.ints("row")[place]
        fresh_seconds, alive_at = float(self._store.fresh_seconds[row]), float(self._store.alive_at(row, until))
        return Feed(float(self.floats("last_at")[place]), fresh_seconds, alive_at)

    def count_by(self, places: Rows, count_row: int) -> None:
        """From now on it is known how many events the values of these are measured from."""
        self.ints("count_row")[places] = count_row

    def counts(self) -> dict[AlertState, int]:
        """How many alerts are in each state."""
        state = self.ints("state")[: self.size][self.flags("is_there")[: self.size]]
        return {each: int(np.count_nonzero(state == code)) for each, code in CODES.items()}

    # --- whole columns --------------------------------------------------------------------------------------------

    def counting(self, places: Rows) -> Rows:
        """Those whose series has just had a value that was measured from enough events."""
        needed, count_row = self.floats("min_samples")[places], self.ints("count_row")[places]
        counts = np.where(count_row >= 0, self._store.value[count_row], np.inf)
        enough: Mask = ~(counts < needed)
        return places[enough]

    def may_change(self, places: Rows) -> Rows:
        """Of those whose series has just had a value: the ones that it may change."""
        rows, state = self.ints("row")[places], self.ints("state")[places]
        value = self._store.value[rows]
        active = IS_ACTIVE[state]
        line = np.where(active, self.floats("recovery")[places], self.floats("threshold")[places])
        relation = np.where(value < line, LESS, np.where(value > line, GREATER, EQUAL))
        bad = (self.ints("true_for")[places] & relation) != 0
        moves = np.where(IS_PASSIVE[state], bad | (state == NO_DATA), ~bad | (state != FIRING))
        moves |= active & self.flags("tracks_critical")[places]
        moving: Rows = places[moves | self._is_due(places, self._store.at[rows])]
        return moving

    def due(self, until: float) -> Rows:
        """All that time alone may change before `until`."""
        there: Rows = np.flatnonzero(self.flags("is_there")[: self.size])
        due: Rows = there[self._is_due(there, np.full(len(there), until))]
        return due

    def took(self, places: Rows) -> None:
        """The values of these are taken in: from here on their age counts."""
        rows = self.ints("row")[places]
        self.floats("last_at")[places] = self._store.at[rows]
        self.floats("last_value")[places] = self._store.value[rows]

    def _is_due(self, places: Rows, until: Floats) -> Mask:
        last_at, rows = self.floats("last_at")[places], self.ints("row")[places]
        stale_at = last_at + self._store.fresh_seconds[rows]
        missing_at = np.maximum(stale_at, last_at + MISSING_SECONDS)
        is_stale = np.maximum(stale_at, self.floats("changed_at")[places]) < until
        is_missing = (missing_at < until) & (self._store.alive_at(rows, until) >= missing_at)
        due: Mask = self.floats("timer_at")[places] < until
        due |= self.flags("stale_matters")[places] & is_stale
        due |= self.flags("may_go_missing")[places] & is_missing
        return due

    def ints(self, name: str) -> Rows:
        return self._of[name]

    def floats(self, name: str) -> Floats:
        return self._of[name]

    def flags(self, name: str) -> Mask:
        return self._of[name]

    def _new_place(self) -> int:
        if self.size == len(self._of["row"]):
            self._of = {name: np.concatenate([each, np.zeros_like(each)]) for name, each in self._of.items()}
        self.size += 1
        return self.size - 1


def _timer_at(memory: Memory, terms: Terms) -> float:
    """The earliest moment at which a duration that runs may be over."""
    match memory.state:
        case "pending":
            return memory.since + terms.duration
        case "recovering":
            return memory.since + terms.keep_firing_for
        case "resolved":
            return memory.since + RESOLVED_SECONDS
        case "firing" if memory.critical_since is not None and not memory.is_critical:
            return memory.critical_since + terms.duration
    return np.inf
