"""What is left to do for requests that have ended: observers see them, and they are counted. Many at once."""

import asyncio
from collections.abc import Sequence
from time import perf_counter

import structlog

from gateway.chain.compiled import Compiled
from gateway.passage import Passage
from shared.middleware import count

log = structlog.get_logger(__name__)

MANY = 64  # few enough to be still in the processor's cache
WAIT_SECONDS = 0.1


class Observing:
    """Those of one chain who wait to be observed, at most MANY, and WAIT_SECONDS at most."""

    def __init__(self, service: str, chain: Compiled) -> None:
        self._service, self._chain = service, chain
        self._waiting: list[Passage] = []

    def add(self, chain: Compiled, request: Passage) -> None:
        if chain is not self._chain:
            self.flush()
            self._chain = chain
        if not self._waiting:
            asyncio.get_running_loop().call_later(WAIT_SECONDS, self.flush)
        self._waiting.append(request)
        if len(self._waiting) >= MANY:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            ended, self._waiting = self._waiting, []
            for each in ended:
                count(self._service, each.method, each.route, each.status, each.seconds)
            observe(self._chain, ended)


def observe(chain: Compiled, ended: Sequence[Passage]) -> None:
    """An observer that fails costs the others nothing."""
    rows = chain.rows
    for place, observer in chain.observers.items():
        started = perf_counter()
        try:
            observer.observe(ended)
        except Exception:
            log.exception("pipeline.observer_failed", step=chain.steps[place])
            rows.failed(place)
        rows.observers[place] = (perf_counter() - started) / len(ended)
    for each in ended:
        if each.row:
            rows.add(each.row)
