"""From what was measured to what has changed: series and alerts together, without a word to anyone outside."""

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from alert_svc.alert_rules import advance, take
from alert_svc.book import Alert, Book
from alert_svc.minutes import Rows
from alert_svc.series import COUNT_OF, RECENT, Floats, Full, Info, Sample, SeriesStore, key_of, waves
from alert_svc.state import Change, Feed, Memory

MOST_OF_A_SERIES = RECENT // 2


class Moved(Struct, frozen=True):
    """An alert, its memory before and after, and its changes with the value at each."""

    alert: Alert
    before: Memory
    after: Memory
    changes: tuple[tuple[Change, float], ...]


class Engine:
    """What has moved is in the book at once; who cannot store it puts back `Moved.before`, or what the store has."""

    def __init__(self) -> None:
        self.store = SeriesStore()
        self.book = Book(self.store)
        self.refused = 0

    def hear(self, samples: Sequence[Sample]) -> list[Moved]:
        """Take in values, in the order of their times."""
        ordered = sorted((each for each in samples if math.isfinite(each.value)), key=_time)
        found = [(row, each) for each in ordered if (row := self._row_of(each)) is not None]
        moved: list[Moved] = []
        for wave in waves([row for row, _ in found]):
            moved += self._wave([found[place] for place in wave])
        return moved

    def look_again(self, alerts: Sequence[Alert]) -> list[Moved]:
        """These have other memories now: their series' last values are gone through again, from there on. What led
        to the memory leads to nothing new."""
        return [moved for alert in alerts if (moved := self._from_memory(alert)) is not None]

    def _from_memory(self, alert: Alert) -> Moved | None:
        memory, terms, changes = alert.memory, alert.rule.terms, list[tuple[Change, float]]()
        fresh, count_row = float(self.store.fresh_seconds[alert.row]), self.store.info(alert.row).count_row
        counts = dict(self.store.recent(count_row)) if count_row >= 0 and terms.min_samples else {}
        last_at, last_value = math.inf, math.nan
        for at, value in reversed(self.store.recent(alert.row)):
            if counts.get(at, math.inf) < terms.min_samples:
                continue
            if at >= memory.at:
                memory, more = take(memory, terms, Feed(last_at, fresh), at, value)
                changes += [(each, value if each.at >= at else last_value) for each in more]
            last_at, last_value = at, value
        if memory is alert.memory:
            return None
        before = alert.memory
        self.book.remember(alert, memory, alert.seq)
        return Moved(alert, before, memory, tuple(changes))

    def pass_time(self, until: float) -> list[Moved]:
        """What time alone has led to before `until`."""
        return self._stepped(self.book.columns.due(until), until)

    def portions(self, samples: Sequence[Sample]) -> list[list[Sample]]:
        """The same samples, in the order of their times, in as many parts as it takes for `look_again` to know all of
        a part."""
        if len(samples) <= MOST_OF_A_SERIES:
            return [list(samples)] if samples else []
        parts: list[list[Sample]] = [[]]
        seen: dict[tuple[str, str], int] = {}
        for sample in sorted(samples, key=_time):
            key = sample.metric, key_of(sample.labels)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > MOST_OF_A_SERIES:
                parts.append([])
                seen = {key: 1}
            parts[-1].append(sample)
        return parts

    def _wave(self, wave: Sequence[tuple[int, Sample]]) -> list[Moved]:
        rows = np.array([row for row, _ in wave], np.int64)
        at = np.array([each.at for _, each in wave])
        values = np.array([each.value for _, each in wave])
        self._put_counts(wave, at)
        rows = rows[self.store.put(rows, at, values)]
        columns = self.book.columns
        places = columns.counting(self.book.touched(rows))
        moved = self._stepped(columns.may_change(places), None)
        columns.took(places)
        self.store.heard(rows)
        return moved

    def _put_counts(self, wave: Sequence[tuple[int, Sample]], at: Floats) -> None:
        counted = [
            (row, time, each.measured_from)
            for (row, each), time in zip(wave, at, strict=True)
            if each.measured_from is not None
        ]
        if counted:
            rows = np.array([self.store.info(row).count_row for row, _, _ in counted], np.int64)
            self.store.put(rows, np.array([time for _, time, _ in counted]), np.array([n for _, _, n in counted]))

    def _stepped(self, places: Rows, until: float | None) -> list[Moved]:
        """Through the state machine, one by one: with the series' last value, or with time up to `until`."""
        moved = []
        for place in places.tolist():
            alert = self.book.at(place)
            value, at = float(self.store.value[alert.row]), float(self.store.at[alert.row])
            before, terms = alert.memory, alert.rule.terms
            feed = self.book.columns.feed(place, at if until is None else until)
            if until is None:
                after, changes = take(before, terms, feed, at, value)
            else:
                after, changes = advance(before, terms, feed, until)
            if after is not before:
                self.book.remember(alert, after, alert.seq)
                last_value = float(self.book.columns.floats("last_value")[place])
                dated = tuple((each, value if until is None and each.at >= at else last_value) for each in changes)
                moved.append(Moved(alert, before, after, dated))
        return moved

    # --- series ---------------------------------------------------------------------------------------------------

    def _row_of(self, sample: Sample) -> int | None:
        """The row of a sample's series, which may be new; None when there is no room for one more."""
        key = key_of(sample.labels)
        row = self.store.row_of(sample.metric, key)
        try:
            if row is None:
                row = self.add_series(
                    Info(sample.metric, key, dict(sample.labels), sample.interval_seconds, sample.unit)
                )
            self._keep_up(row, sample)
        except Full:
            self.refused += 1
            return None
        return row

    def add_series(self, info: Info, at: float = -math.inf) -> int:
        """A series that had its last value at `at`, if ever. Raises Full."""
        row = self.store.add(info)
        self.store.at[row] = at
        self.book.add_series(row)
        return row

    def _keep_up(self, row: int, sample: Sample) -> None:
        info = self.store.info(row)
        info.unit = sample.unit or info.unit
        if info.interval_seconds != sample.interval_seconds:
            self.store.set_interval(row, sample.interval_seconds)
        if sample.measured_from is not None and info.count_row < 0:
            self.add_counts(row)

    def add_counts(self, row: int) -> None:
        """A series for how many events the values of another one are measured from. Raises Full."""
        info = self.store.info(row)
        known = self.store.row_of(info.metric + COUNT_OF, info.key)
        counts = Info(info.metric + COUNT_OF, info.key, info.labels, info.interval_seconds)
        self.count_by(row, self.store.add(counts) if known is None else known)

    def count_by(self, row: int, count_row: int) -> None:
        """Where it stands how many events the values of a series are measured from."""
        self.store.info(row).count_row = count_row
        self.book.count_by(row, count_row)

    def forget(self, before: float) -> list[int]:
        """Series without a value since then, unless an alert of theirs is active. The ids under which they are
        stored."""
        gone = []
        for row in self.store.silent_since(before):
            if not self.book.is_active(row):
                gone.append(self.store.info(row).stored_id)
                self.book.remove_series(row)
                self.store.remove(row)
        return [id for id in gone if id is not None]

    def take_refused(self) -> int:
        """How many values were left out since it was asked last, for want of room for their series."""
        refused, self.refused = self.refused, 0
        return refused


def _time(sample: Sample) -> float:
    return sample.at
