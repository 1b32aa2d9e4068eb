"""A lane of bounded width: handlers run side by side, never more than `width` at a time, never one by one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from shared.metrics import HANDLED, HANDLER_SECONDS

log = structlog.get_logger(__name__)

T = TypeVar("T")

_OK, _FAILED = HANDLED.labels("ok"), HANDLED.labels("failed")


class Lane(Generic[T]):
    """Whoever hands in work waits while the lane is full; a failed handler is logged and counted in `failed`."""

    def __init__(self, name: str, width: int, handler: Callable[[T], Awaitable[None]]) -> None:
        self._name = name
        self._handler = handler
        self._places = asyncio.Semaphore(width)
        self._tasks: set[asyncio.Task[None]] = set()
        self.failed = 0

    @property
    def busy(self) -> int:
        return len(self._tasks)

    async def enter(self, item: T) -> None:
        """Start the handler on `item` as soon as a place is free."""
        await self._places.acquire()
        task = asyncio.create_task(self._run(item), name=f"lane {self._name}")
        self._tasks.add(task)
        task.add_done_callback(self._leave)

    async def finish(self, deadline_seconds: float) -> None:
        """Wait for the handlers that run; what is left at the deadline is cancelled."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=deadline_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, item: T) -> None:
        started = time.perf_counter()
        try:
            await self._handler(item)
            _OK.inc()
        except Exception:
            self.failed += 1
            _FAILED.inc()
            log.exception("bus.handler_failed", lane=self._name)
        finally:
            HANDLER_SECONDS.observe(time.perf_counter() - started)

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._places.release()
