"""Series in memory: the last values of each as they came, and the minutes of 48 hours."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from alert_svc.minutes import MINUTES_KEPT, Minutes, Rows, Singles
from alert_svc.state import fresh_seconds

MINUTE = 60
RECENT = 100  # values of each series, as they came
FIRST_CAPACITY = 64
MOST_SERIES = 50_000
MOST_OF_A_METRIC = 20_000
COUNT_OF = "#count"  # how many events a value was measured from is a series of its own, beside that of the value

Floats = NDArray[np.float64]


class Sample(NamedTuple):
    """One value of one series, at an epoch in seconds. `measured_from`: how many events it was measured from."""

    metric: str
    labels: Mapping[str, str]
    at: float
    value: float
    measured_from: float | None = None
    interval_seconds: float = 60.0
    unit: str = ""


class Info(msgspec.Struct):
    """What a row is. `stored_id`: its key in the store, once it has one; `count_row`: where its counts are, or -1."""

    metric: str
    key: str
    labels: dict[str, str]
    interval_seconds: float
    unit: str = ""
    count_row: int = -1
    stored_id: int | None = None


class Full(Exception):
    """There are as many series as there may be."""


def key_of(labels: Mapping[str, str]) -> str:
    """The same text for the same labels, whatever their order."""
    return msgspec.json.encode(dict(sorted(labels.items()))).decode()


class SeriesStore:
    """Rows of numbers: a row is one series for as long as it is kept."""

    def __init__(self) -> None:
        self.infos: list[Info | None] = []
        self.by_metric: dict[str, set[int]] = {}
        self._rows: dict[tuple[str, str], int] = {}
        self._free: list[int] = []
        self.at = np.full(FIRST_CAPACITY, -np.inf)
        self.value = np.full(FIRST_CAPACITY, np.nan)
        self.fresh_seconds = np.full(FIRST_CAPACITY, np.inf)
        self._metrics: dict[str, int] = {}
        self._metric = np.zeros(FIRST_CAPACITY, np.int64)
        self._metric_at, self._metric_before = np.full(64, -np.inf), np.full(64, -np.inf)
        self._recent = np.full((FIRST_CAPACITY, RECENT, 2), np.nan)
        self._taken = np.zeros(FIRST_CAPACITY, np.int64)
        self._minutes = Minutes()

    @property
    def newest_minute(self) -> int:
        return self._minutes.newest

    def __len__(self) -> int:
        return len(self._rows)

    def row_of(self, metric: str, key: str) -> int | None:
        return self._rows.get((metric, key))

    def add(self, info: Info) -> int:
        """The row of a series that has none yet. Raises Full."""
        members = self.by_metric.setdefault(info.metric, set())
        if len(self._rows) >= MOST_SERIES or len(members) >= MOST_OF_A_METRIC:
            raise Full(info.metric)
        row = self._free.pop() if self._free else len(self.infos)
        if row == len(self.infos):
            self.infos.append(None)
            self._grow()
        self.infos[row] = info
        self._rows[info.metric, info.key] = row
        members.add(row)
        self.fresh_seconds[row] = fresh_seconds(info.interval_seconds)
        self._metric[row] = self._number_of(info.metric)
        return row

    def remove(self, row: int) -> None:
        """The series is gone; its row may become another one's."""
        info = self.info(row)
        del self._rows[info.metric, info.key]
        self.by_metric[info.metric].discard(row)
        if not self.by_metric[info.metric]:
            del self.by_metric[info.metric]
        self.infos[row] = None
        self.at[row], self.value[row], self.fresh_seconds[row] = -np.inf, np.nan, np.inf
        self._minutes.clear(row)
        self._taken[row] = 0
        self._free.append(row)

    def info(self, row: int) -> Info:
        info = self.infos[row]
        assert info is not None
        return info

    def put(self, rows: Rows, at: Floats, values: Floats) -> NDArray[np.bool_]:
        """One value for each of these rows, no row twice. Tells which were taken: a value that is older than the last
        one of its series is not, nor one from before all that is kept."""
        first_kept = (self.newest_minute - MINUTES_KEPT + 1) * MINUTE
        taken: NDArray[np.bool_] = at >= np.maximum(self.at[rows], first_kept)
        rows, at, values = rows[taken], at[taken], values[taken]
        if len(rows):
            self.at[rows], self.value[rows] = at, values
            places = self._taken[rows] % RECENT
            self._recent[rows, places, 0], self._recent[rows, places, 1] = at, values
            self._taken[rows] += 1
            with np.errstate(over="ignore"):
                single = values.astype(np.float32)
            self._minutes.put(rows, (at // MINUTE).astype(np.int64), single, len(self.at))
        return taken

    def heard(self, rows: Rows) -> None:
        """These metrics are alive: some series of theirs has just had a value."""
        metrics = np.unique(self._metric[rows])
        before = self._metric_at[metrics]
        np.maximum.at(self._metric_at, self._metric[rows], self.at[rows])
        newer = metrics[self._metric_at[metrics] > before]
        self._metric_before[newer] = before[self._metric_at[metrics] > before]

    def alive_at(self, rows: Rows | int, until: Floats | float) -> Any:
        """When any series of the same metric last had a value, before `until`."""
        metrics = self._metric[rows]
        return np.where(self._metric_at[metrics] < until, self._metric_at[metrics], self._metric_before[metrics])

    def restore(self, minute: int, rows: Rows, last: Singles, extreme: Singles, at_ms: Rows) -> None:
        """A stored minute, oldest first."""
        self._minutes.restore(minute, rows, (last, extreme), len(self.at))
        self.at[rows], self.value[rows] = minute * MINUTE + at_ms / 1000, last
        self.heard(rows)

    def minute(self, minute: int) -> tuple[Rows, Singles, Singles, Rows]:
        """Rows, last values, extremes and milliseconds to the last value of all series that have one in that minute;
        the minute's end where a later value has come since."""
        rows, last, extreme = self._minutes.of_minute(minute)
        at_ms = np.clip((self.at[rows] - minute * MINUTE) * 1000, 0, MINUTE * 1000 - 1).astype(np.int64)
        return rows, last, extreme, at_ms

    def value_before(self, row: int, minutes: int) -> float | None:
        """The last value of the minute so many before the newest."""
        return self._minutes.value(row, self.newest_minute - minutes)

    def points(self, row: int, minutes: int = MINUTES_KEPT) -> tuple[Rows, Singles, Singles]:
        """The last `minutes` up to the newest one, oldest first: their numbers, last values and extremes."""
        return self._minutes.of_row(row, minutes)

    def recent(self, row: int) -> list[tuple[float, float]]:
        """The last values as they came, newest first: moment and value. A process that is new has only its own."""
        taken = int(self._taken[row])
        places = [number % RECENT for number in range(taken - 1, max(-1, taken - 1 - RECENT), -1)]
        return [(float(at), float(value)) for at, value in self._recent[row, places]]

    def alive(self, rows: Iterable[int], minutes: int = MINUTES_KEPT) -> NDArray[np.bool_]:
        """In which of the last minutes did any of these series have a value?"""
        return self._minutes.filled(rows, minutes)

    def units(self) -> dict[str, str]:
        """Every metric that is kept, with the unit of one of its series."""
        found = {}
        for metric, rows in self.by_metric.items():
            if not metric.endswith(COUNT_OF):
                found[metric] = next((unit for row in rows if (unit := self.info(row).unit)), "")
        return found

    def silent_since(self, before: float) -> list[int]:
        """The rows of series without a value since then."""
        return [row for row in self._rows.values() if self.at[row] < before]

    def set_interval(self, row: int, interval_seconds: float) -> None:
        self.info(row).interval_seconds = interval_seconds
        self.fresh_seconds[row] = fresh_seconds(interval_seconds)

    def _number_of(self, metric: str) -> int:
        number = self._metrics.setdefault(metric, len(self._metrics))
        if number == len(self._metric_at):
            self._metric_at = np.concatenate([self._metric_at, np.full(number, -np.inf)])
            self._metric_before = np.concatenate([self._metric_before, np.full(number, -np.inf)])
        return number

    def _grow(self) -> None:
        capacity, needed = len(self.at), len(self.infos)
        if needed <= capacity:
            return
        more = capacity  # twice as many
        self.at = np.concatenate([self.at, np.full(more, -np.inf)])
        self.value = np.concatenate([self.value, np.full(more, np.nan)])
        self.fresh_seconds = np.concatenate([self.fresh_seconds, np.full(more, np.inf)])
        self._metric = np.concatenate([self._metric, np.zeros(more, np.int64)])
        self._recent = np.concatenate([self._recent, np.full((more, RECENT, 2), np.nan)])
        self._taken = np.concatenate([self._taken, np.zeros(more, np.int64)])


def waves(rows: Sequence[int]) -> list[list[int]]:
    """Places of a list, in as few groups as possible, in order, none of which holds a row twice."""
    groups: list[list[int]] = []
    seen: dict[int, int] = {}
    for place, row in enumerate(rows):
        number = seen[row] = seen.get(row, -1) + 1
        if number == len(groups):
            groups.append([])
        groups[number].append(place)
    return groups
