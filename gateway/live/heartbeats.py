"""Who is silent for too long: one structure for all connections, and no timer for any of them."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

C = TypeVar("C", bound=Hashable)


class Heartbeats(Generic[C]):
    """Two queues that are in order of time by themselves: those that were heard, and those that were asked to show
    that they live."""

    def __init__(self, silence_seconds: float, answer_seconds: float) -> None:
        self._silence, self._answer = silence_seconds, answer_seconds
        self._heard: OrderedDict[C, float] = OrderedDict()
        self._asked: OrderedDict[C, float] = OrderedDict()

    def heard(self, client: C, now: float) -> float | None:
        """Anything came from it; returns the seconds since it was asked, when it was."""
        asked_at = self._asked.pop(client, None)
        self._heard[client] = now
        self._heard.move_to_end(client)
        return None if asked_at is None else now - asked_at

    def forget(self, client: C) -> None:
        self._heard.pop(client, None)
        self._asked.pop(client, None)

    def due(self, now: float) -> tuple[list[C], list[C]]:
        """Those to ask now, which count as asked from now on; and those that did not answer, which are forgotten."""
        silent = _taken(self._heard, now - self._silence)
        for client in silent:
            self._asked[client] = now
        return silent, _taken(self._asked, now - self._answer)


def _taken(queue: "OrderedDict[C, float]", until: float) -> list[C]:
    """Takes out all that have been there since `until` or longer."""
    found = []
    while queue:
        client, since = next(iter(queue.items()))
        if since > until:
            break
        del queue[client]
        found.append(client)
    return found
