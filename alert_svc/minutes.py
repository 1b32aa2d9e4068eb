"""What is kept of each series for 48 hours: of every minute the last value, and the one farthest from it, so that a
peak within a minute is not lost.

Numbers lie in blocks of an hour, one row a minute and one column a series: what is taken in lies together, a new series
costs nothing for the past, and an hour that is over is dropped whole.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

HOUR = 60
MINUTES_KEPT = 48 * HOUR

Rows = NDArray[np.int64]
Singles = NDArray[np.float32]
Mask = NDArray[np.bool_]
Block = tuple[Singles, Singles]

_NONE = np.full(HOUR, np.nan, np.float32)


class Minutes:
    """Minutes are numbered since the epoch; what has no value is NaN."""

    def __init__(self) -> None:
        self.newest = 0
        self._blocks: dict[int, Block] = {}

    def put(self, rows: Rows, minutes: Rows, values: Singles, capacity: int) -> None:
        """One value for each of these, no row twice; `capacity`: how many rows there may be."""
        self.move_to(int(minutes.max()))
        hours = minutes // HOUR
        for hour in np.unique(hours).tolist():
            last, extreme = self._block(hour, capacity)
            here = hours == hour
            places = minutes[here] % HOUR, rows[here]
            extreme[places] = _farthest(values[here], last[places], extreme[places])
            last[places] = values[here]

    def restore(self, minute: int, rows: Rows, values: Block, capacity: int) -> None:
        self.move_to(minute)
        last, extreme = self._block(minute // HOUR, capacity)
        last[minute % HOUR, rows], extreme[minute % HOUR, rows] = values

    def of_minute(self, minute: int) -> tuple[Rows, Singles, Singles]:
        """Rows with their last values and extremes."""
        if minute // HOUR not in self._blocks:
            return np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.float32)
        last, extreme = self._blocks[minute // HOUR]
        rows = np.flatnonzero(~np.isnan(last[minute % HOUR]))
        return rows, last[minute % HOUR, rows], extreme[minute % HOUR, rows]

    def of_row(self, row: int, minutes: int) -> tuple[Rows, Singles, Singles]:
        """The last `minutes` up to the newest one, oldest first: their numbers, last values and extremes."""
        numbers = np.arange(self.newest - minutes + 1, self.newest + 1)
        found = [_column(block, row) for block in self._spanning(minutes)]
        cut = slice(int(numbers[0]) % HOUR, int(numbers[0]) % HOUR + minutes)
        return numbers, np.concatenate([last for last, _ in found])[cut], np.concatenate([far for _, far in found])[cut]

    def filled(self, rows: Iterable[int], minutes: int) -> Mask:
        """In which of the last minutes did any of these have a value?"""
        members = np.fromiter(rows, np.int64)
        found = [_any(block, members) for block in self._spanning(minutes)]
        first = (self.newest - minutes + 1) % HOUR
        filled: Mask = np.concatenate(found)[first : first + minutes]
        return filled

    def value(self, row: int, minute: int) -> float | None:
        """The last value of a minute."""
        value = float(_column(self._blocks.get(minute // HOUR), row)[0][minute % HOUR])
        return value if value == value else None

    def clear(self, row: int) -> None:
        for block in self._blocks.values():
            for numbers in block:
                if row < numbers.shape[1]:
                    numbers[:, row] = np.nan

    def move_to(self, minute: int) -> None:
        """What is 48 hours older is over."""
        if minute > self.newest:
            self.newest = minute
            for hour in [hour for hour in self._blocks if hour < (minute - MINUTES_KEPT + 1) // HOUR]:
                del self._blocks[hour]

    def _spanning(self, minutes: int) -> Iterator[Block | None]:
        for hour in range((self.newest - minutes + 1) // HOUR, self.newest // HOUR + 1):
            yield self._blocks.get(hour)

    def _block(self, hour: int, capacity: int) -> Block:
        """That of an hour, with room for all rows."""
        known = self._blocks.get(hour)
        if known is not None and known[0].shape[1] >= capacity:
            return known
        last, extreme = (np.full((HOUR, capacity), np.nan, np.float32) for _ in range(2))
        if known is not None:
            last[:, : known[0].shape[1]], extreme[:, : known[1].shape[1]] = known
        self._blocks[hour] = last, extreme
        return last, extreme


def _column(block: Block | None, row: int) -> Block:
    if block is None or row >= block[0].shape[1]:
        return _NONE, _NONE
    return block[0][:, row], block[1][:, row]


def _any(block: Block | None, members: Rows) -> Mask:
    if block is None:
        return np.zeros(HOUR, np.bool_)
    there = members[members < block[0].shape[1]]
    found: Mask = np.any(~np.isnan(block[0][:, there]), axis=1)
    return found


def _farthest(new: Singles, last: Singles, extreme: Singles) -> Singles:
    """Of the minute's values so far, the one farthest from the newest."""
    with np.errstate(invalid="ignore"):
        far = np.where(np.abs(extreme - new) >= np.abs(last - new), extreme, last)
    return np.where(np.isnan(last), new, far).astype(np.float32)
