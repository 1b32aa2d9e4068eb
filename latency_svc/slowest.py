"""The slowest requests of each endpoint in each hour, as examples: a few, whatever comes. Nothing here waits or asks a
clock, and nothing of it counts: what is lost of it is only an example less."""

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from latency_svc.roster import EndpointKey

KEPT = 5  # of an endpoint in an hour
MOST_PLACES = 10_000  # endpoints and hours at a time; what is more has no examples
HOUR_SECONDS = 3600
HOURS_OPEN = 2  # no request is told later


class Example(Struct, frozen=True, order=True, array_like=True, gc=False):
    """`trace_id`: 32 hexadecimal digits. `ended`: Unix time. `status`: of HTTP, 0 for none. Ordered by duration."""

    seconds: float
    trace_id: str
    ended: float
    status: int
    failed: bool


class Place(NamedTuple):
    """`hour`: when it began, Unix time."""

    hour: int
    key: EndpointKey


def place_of(key: EndpointKey, ended: float) -> Place:
    return Place(int(ended // HOUR_SECONDS) * HOUR_SECONDS, key)


class Slowest:
    """The KEPT slowest of each place, the slowest first."""

    def __init__(self) -> None:
        self._found: dict[Place, list[Example]] = {}
        self._changed: set[Place] = set()

    def wants(self, place: Place, seconds: float) -> bool:
        """Whether a request is slow enough: no, of most."""
        kept = self._found.get(place)
        if kept is None:
            return len(self._found) < MOST_PLACES
        return len(kept) < KEPT or seconds > kept[-1].seconds

    def add(self, place: Place, example: Example) -> None:
        before = self._found.get(place, [])
        after = slowest_of([*before, example], KEPT)
        if after != before:
            self._found[place] = after
            self._changed.add(place)

    def changed(self) -> list[tuple[Place, list[Example]]]:
        """What is not stored yet, as it is now."""
        return [(place, self._found[place]) for place in self._changed]

    def stored(self, places: Iterable[tuple[Place, list[Example]]]) -> None:
        """What changed again meanwhile is to be stored again."""
        self._changed.difference_update([place for place, kept in places if self._found.get(place) == kept])

    def forget(self, now: float) -> None:
        """Hours that are over."""
        oldest = now - HOURS_OPEN * HOUR_SECONDS
        self._found = {place: kept for place, kept in self._found.items() if place.hour > oldest}
        self._changed &= self._found.keys()


def slowest_of(examples: Iterable[Example], most: int) -> list[Example]:
    """Each trace once, the slowest first."""
    by_trace = {example.trace_id: example for example in sorted(examples)}
    return sorted(by_trace.values(), reverse=True)[:most]
