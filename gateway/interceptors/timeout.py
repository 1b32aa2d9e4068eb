"""No request takes longer than this, whatever it waits for."""

import asyncio
from asyncio import CancelledError, Task
from typing import Any

from aiohttp import web

from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.interceptors import TimeoutSettings
from shared.problems import unavailable


def build(settings: TimeoutSettings, tools: Tools) -> Step:
    deadlines = Deadlines(settings.seconds)

    async def timeout(request: web.Request, rest: Rest) -> web.StreamResponse:
        task = deadlines.enter()
        try:
            return await rest(request)
        except CancelledError:
            if deadlines.ended(task):
                raise unavailable("gateway", f"No answer within {settings.seconds:g} s") from None
            raise
        finally:
            deadlines.leave(task)

    return timeout


class Deadlines:
    """Ends tasks that are inside for too long. All may stay equally long, so the first to come is the first to end,
    and one timer does for all of them: asyncio.timeout takes ten times as much of a request."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inside: dict[Task[Any], float] = {}
        self._ended: set[Task[Any]] = set()
        self._armed = False

    def enter(self) -> Task[Any]:
        """The current task comes in."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()  # asks the kernel each time which process this is
        task = asyncio.current_task(self._loop)
        assert task is not None
        self._inside[task] = self._loop.time() + self._seconds
        if not self._armed:
            self._armed = True
            self._loop.call_later(self._seconds, self._end_late)
        return task

    def leave(self, task: Task[Any]) -> None:
        self._inside.pop(task, None)
        self._ended.discard(task)

    def ended(self, task: Task[Any]) -> bool:
        """Was it cancelled here, and nowhere else?"""
        return task in self._ended and task.uncancel() == 0

    def _end_late(self) -> None:
        loop = asyncio.get_running_loop()
        self._armed = False
        for task, deadline in list(self._inside.items()):
            if deadline > loop.time():
                self._armed = True
                loop.call_at(deadline, self._end_late)
                return
            del self._inside[task]
            self._ended.add(task)
            task.cancel()
