"""Identical questions asked at the same time are asked once."""

import asyncio
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Shares one running call among all who ask with the same key. Nothing is kept once it has ended."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, list[Future[T]]] = {}
        self._flying: set[Task[None]] = set()

    def ask(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> Future[T]:
        """The shared answer, or the shared exception. Who stops waiting does not stop the others."""
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = []
            self._loop = asyncio.get_running_loop()  # asks the kernel each time which process this is
            task = self._loop.create_task(self._fly(key, call, waiting))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)
        mine: Future[T] = self._loop.create_future()
        waiting.append(mine)
        return mine

    async def _fly(self, key: Hashable, call: Callable[[], Awaitable[T]], waiting: list[Future[T]]) -> None:
        try:
            answer = await call()
        except BaseException as error:
            for each in self._landed(key, waiting):
                each.set_exception(error)
                each.exception()  # marked as seen: who asked may have gone just now
        else:
            for each in self._landed(key, waiting):
                each.set_result(answer)

    def _landed(self, key: Hashable, waiting: list[Future[T]]) -> list[Future[T]]:
        """Those who still wait. Who asks from now on asks anew."""
        del self._waiting[key]
        return [each for each in waiting if not each.done()]
