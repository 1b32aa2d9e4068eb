"""The last events, for clients that come back soon."""

from collections import deque
from collections.abc import Iterable

from gateway.live.frames import Item


class Ring:
    """The newest events in order, complete behind the offset `start`; bounded in number and bytes."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._items: deque[Item] = deque()
        self._bytes = 0
        self.start = 0

    def begin(self, start: int, items: Iterable[Item] = ()) -> None:
        self._items.clear()
        self._bytes, self.start = 0, start
        for item in items:
            self.add(item)

    def add(self, item: Item) -> None:
        self._items.append(item)
        self._bytes += len(item.body)
        while len(self._items) > self._most or self._bytes > self._most_bytes:
            oldest = self._items.popleft()
            self._bytes -= len(oldest.body)
            self.start = oldest.offset

    def between(self, after: int, last: int, mask: int, most: int) -> list[Item] | None:
        """The events of some topics behind `after`, up to `last`; None when some of them are gone, or they are more
        than `most`. Looks no further back than it has to."""
        if after < self.start:
            return None
        found: list[Item] = []
        for item in reversed(self._items):
            if item.offset <= after:
                break
            if item.bit & mask and item.offset <= last:
                found.append(item)
        return None if len(found) > most else found[::-1]

    def offset_before(self, heard_before: float) -> int:
        """Up to where everything was heard at that moment (monotonic), or earlier."""
        for item in reversed(self._items):
            if item.heard_at <= heard_before:
                return item.offset
        return self.start
