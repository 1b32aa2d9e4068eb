"""What is left to do for requests that were answered: observers see them, and their times are counted. Many at once."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from time import perf_counter

import structlog

from gateway.chain.compiled import Compiled
from gateway.passage import Finished
from shared.middleware import count

log = structlog.get_logger(__name__)

MANY = 64  # few enough to be still in the processor's cache
WAIT_SECONDS = 0.1

Left = tuple[Compiled, Finished, list[float] | None]
"""The chain that the request passed, what became of it, its row of times; an upgrade has none."""


class Observing:
    """Those who wait to be observed, at most MANY, and WAIT_SECONDS at most."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._waiting: list[Left] = []

    def add(self, left: Left) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(WAIT_SECONDS, self.flush)
        self._waiting.append(left)
        if len(self._waiting) >= MANY:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for _, request, _ in waiting:
            count(self._service, request.passage.method, request.passage.route, request.status, request.seconds)
        for chain, left in groupby(waiting, key=itemgetter(0)):
            observe(chain, list(left))


def observe(chain: Compiled, left: Sequence[Left]) -> None:
    """An observer that fails costs the others nothing."""
    finished = [request for _, request, _ in left]
    for place, observer in chain.observers.items():
        started = perf_counter()
        try:
            observer.observe(finished)
        except Exception:
            log.exception("pipeline.observer_failed", step=chain.steps[place])
            chain.rows.failed(place)
        chain.rows.observers[place] = (perf_counter() - started) / len(finished)
    for _, _, row in left:
        if row is not None:
            chain.rows.add(row)
