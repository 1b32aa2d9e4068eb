"""Which endpoints there are: each has a slot in the open minutes, and neither a service nor all can have too many."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.contracts.latency import OVERFLOW_ROUTE, UNMATCHED_ROUTE, SampleSeries

SERVICE_CAP = 2000
MOST_ENDPOINTS, MOST_SERVICES = 20_000, 1_000
METHOD = re.compile(r"[A-Z_]{1,16}")
OTHER_METHOD = "_OTHER"
MOST_NAME, MOST_ROUTE = 100, 500  # characters; an index of PostgreSQL takes no more
MOST_WRITINGS = 20_000  # of a service's endpoints, as clients write them
OVERFLOW_SERVICE = "__overflow__"
REMEMBERED = 10_000  # of the endpoints beyond the cap, for each service, to count them


class EndpointKey(NamedTuple):
    service: str
    method: str
    route: str


def key_of(service: str, series: SampleSeries) -> EndpointKey:
    """The endpoint of what a client wrote: an unknown method is one series, and so are no route, and what overflowed at
    the client's."""
    if series.route == OVERFLOW_ROUTE:
        return overflow_of(service)
    method = series.method if METHOD.fullmatch(series.method) else OTHER_METHOD
    return EndpointKey(service, method, text(series.route, MOST_ROUTE) or UNMATCHED_ROUTE)


def overflow_of(service: str) -> EndpointKey:
    """What stands for all endpoints of a service that are too many."""
    return EndpointKey(service, OTHER_METHOD, OVERFLOW_ROUTE)


def text(given: str, most: int) -> str:
    """What PostgreSQL can keep of a text."""
    return given[:most].replace("\0", "\ufffd")


class Roster:
    """Endpoints by slot. Slots are counted from 0 without gaps and hold for the life of the process; `ids` are those of
    the store, None for an endpoint it has not been told of."""

    def __init__(self, cap: int = SERVICE_CAP, most: int = MOST_ENDPOINTS, services: int = MOST_SERVICES) -> None:
        self._cap, self._most, self._most_services = cap, most, services
        self._services: set[str] = set()
        self._slots: dict[EndpointKey, int] = {}
        self._written: defaultdict[str, dict[SampleSeries, int]] = defaultdict(dict)
        self._known: Counter[str] = Counter()
        self._refused: defaultdict[str, set[int]] = defaultdict(set)
        self._newly_refused: Counter[str] = Counter()
        self.keys: list[EndpointKey] = []
        self.ids: list[int | None] = []

    def service(self, given: str) -> str:
        """The service that counts what a client wrote under a name; OVERFLOW_SERVICE when it is one too many."""
        name = text(given, MOST_NAME)
        if name not in self._services and len(self._services) >= self._most_services:
            return OVERFLOW_SERVICE
        self._services.add(name)
        return name

    def slots(self, service: str, series: Sequence[SampleSeries]) -> NDArray[np.int64]:
        """The slots of what a client wrote, one for each."""
        known = self._written[service]
        return np.array(
            [self._met(service, each) if (s := known.get(each)) is None else s for each in series], np.int64
        )

    def slot(self, key: EndpointKey) -> int:
        """The slot of an endpoint; that of its service's overflow when it is one too many."""
        found = self._slots.get(key)
        if found is not None:
            return found
        is_full = self._known[key.service] >= self._cap or len(self.keys) >= self._most
        if is_full and key.route != OVERFLOW_ROUTE:
            self._refuse(key)
            return self.slot(overflow_of(key.service))
        return self._add(key, None)

    def id_of(self, key: EndpointKey) -> int | None:
        """What the store calls an endpoint; None for one it does not know, or that is one too many."""
        found = self._slots.get(key)
        return None if found is None else self.ids[found]

    def learn(self, stored: Iterable[tuple[EndpointKey, int]]) -> None:
        """The ids the store gave, also of endpoints that other replicas or an earlier life of this one met."""
        for key, endpoint_id in stored:
            found = self._slots.get(key)
            if found is None:
                self._add(key, endpoint_id)
            else:
                self.ids[found] = endpoint_id

    def unstored(self) -> list[EndpointKey]:
        """Endpoints that the store shall give an id."""
        return [key for key, endpoint_id in zip(self.keys, self.ids, strict=True) if endpoint_id is None]

    def take_refused(self) -> dict[str, int]:
        """By service, the endpoints beyond the cap that were met for the first time since `forget_refused`, each told
        once."""
        taken, self._newly_refused = dict(self._newly_refused), Counter()
        return taken

    def forget_refused(self) -> None:
        """A new minute: endpoints beyond the cap count anew."""
        self._refused.clear()

    def _met(self, service: str, series: SampleSeries) -> int:
        """The slot of what is not known as it is written. Those beyond the cap are not remembered: they are counted."""
        slot, known = self.slot(key := key_of(service, series)), self._written[service]
        if len(known) >= MOST_WRITINGS:
            known.clear()
        if key in self._slots:
            known[series] = slot
        return slot

    def _add(self, key: EndpointKey, endpoint_id: int | None) -> int:
        self._services.add(key.service)
        self._slots[key] = len(self.keys)
        self.keys.append(key)
        self.ids.append(endpoint_id)
        if key.route != OVERFLOW_ROUTE:
            self._known[key.service] += 1
        return len(self.keys) - 1

    def _refuse(self, key: EndpointKey) -> None:
        refused, mark = self._refused[key.service], hash(key)
        if mark not in refused and len(refused) < REMEMBERED:
            refused.add(mark)
            self._newly_refused[key.service] += 1
