"""Metrics before spans: a service that sends both must not count twice, and spans may be a sample only."""

from collections.abc import Iterable

FOR_SECONDS = 900.0  # several export intervals
MOST_SERVICES = 10_000


class Preference:
    """Which services sent duration metrics of late."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def saw_metrics(self, services: Iterable[str], now: float) -> None:
        for service in services:
            self._last.pop(service, None)
            self._last[service] = now  # newest last
        while len(self._last) > MOST_SERVICES:
            del self._last[next(iter(self._last))]

    def has_metrics(self, service: str, now: float) -> bool:
        return now - self._last.get(service, -FOR_SECONDS) < FOR_SECONDS
