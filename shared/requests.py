"""Questions that wait for one answer each, over one inbox; whatever happens, none is left behind."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count

from nats.aio.msg import Msg

from shared.problems import ProblemError

Ask = Callable[[str], Awaitable[None]]


class Requests:
    """The questions open on `inbox`."""

    def __init__(self, inbox: str) -> None:
        self._inbox = inbox
        self._tokens = count(1)
        self._open: dict[str, asyncio.Future[Msg | None]] = {}

    def __len__(self) -> int:
        return len(self._open)

    @property
    def subject(self) -> str:
        return f"{self._inbox}.*"

    async def answer_to(self, ask: Ask, deadline_seconds: float) -> Msg | None:
        """`ask(reply)` sends the question; returns the answer, or None at the deadline."""
        token, loop = str(next(self._tokens)), asyncio.get_running_loop()
        answer: asyncio.Future[Msg | None] = loop.create_future()
        self._open[token] = answer
        timer = loop.call_later(deadline_seconds, _give_up, answer)
        try:
            await ask(f"{self._inbox}.{token}")
            return await answer
        finally:
            timer.cancel()
            del self._open[token]
            answer.cancel()

    async def receive(self, message: Msg) -> None:
        answer = self._open.get(message.subject.rsplit(".", 1)[1])
        if answer is not None and not answer.done():
            answer.set_result(message)

    def fail(self, reason: ProblemError) -> None:
        """Tell all who wait."""
        for answer in self._open.values():
            if not answer.done():
                answer.set_exception(ProblemError(reason.problem))


def _give_up(answer: "asyncio.Future[Msg | None]") -> None:
    if not answer.done():
        answer.set_result(None)


def service_of_subject(subject: str) -> str:
    """Who should have answered, in words a user knows: `health_svc` for `belfry.rpc.health.list_services`."""
    parts = subject.split(".")
    if subject.startswith("belfry.rpc."):
        return parts[2] if parts[2] == "gateway" else f"{parts[2]}_svc"
    return "nats" if subject.startswith("$JS.") else subject
