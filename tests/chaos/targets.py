"""Many services behind one server, each with a switch, that notes when it was asked."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from time import monotonic

from aiohttp import web


class Held:
    """The next request to one service waits between `arrived` and `go`."""

    def __init__(self) -> None:
        self.arrived, self.go = asyncio.Event(), asyncio.Event()


class Fleet:
    """`/s/<n>` answers 200, or 500 once `failing` holds n. `seen[n]`: monotonic seconds of each request. `/unseen`
    answers 200, and nothing is noted."""

    def __init__(self) -> None:
        self.url = ""
        self.failing: set[int] = set()
        self.seen: dict[int, list[float]] = defaultdict(list)
        self._held: dict[int, Held] = {}
        self._news = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        async with self._news:
            self.seen[number].append(monotonic())
            self._news.notify_all()
        if held := self._held.pop(number, None):
            held.arrived.set()
            await held.go.wait()
        return web.Response(status=500 if number in self.failing else 200)

    async def answer_unseen(self, _: web.Request) -> web.Response:
        return web.Response()

    def hold(self, number: int) -> Held:
        held = self._held[number] = Held()
        return held

    def asked_since(self, moment: float) -> Counter[int]:
        """How often each service was asked after a moment."""
        counted = {number: sum(at > moment for at in seen) for number, seen in self.seen.items()}
        return Counter({number: times for number, times in counted.items() if times})

    def busiest_second(self, since: float) -> int:
        """The most requests that came within any one second after a moment."""
        moments = sorted(at for seen in self.seen.values() for at in seen if at > since)
        return max((sum(at <= other < at + 1 for other in moments) for at in moments), default=0)

    async def until(self, holds: Callable[["Fleet"], bool], timeout_seconds: float) -> None:
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: holds(self)), timeout_seconds)

    def longest_gap_seconds(self, number: int, since: float, until: float) -> float:
        """The longest time without a request between two moments."""
        moments = [since, *(at for at in self.seen[number] if since < at < until), until]
        return max(b - a for a, b in pairwise(moments))


@asynccontextmanager
async def running_fleet() -> AsyncIterator[Fleet]:
    fleet = Fleet()
    app = web.Application()
    app.add_routes([web.get("/s/{number}", fleet.answer), web.get("/unseen", fleet.answer_unseen)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    fleet.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fleet
    finally:
        await runner.cleanup()


def declaration(
    fleet: Fleet, count: int, interval_seconds: int, failure_threshold: int = 3, timeout_seconds: int | None = None
) -> str:
    """A belfry.yaml that watches the fleet. Without `timeout_seconds` an answer has the whole interval: a busy machine
    is no fault of a service."""
    lines = ["services:"]
    for number in range(count):
        lines += [
            f"  - id: s-{number}",
            "    group: Fleet",
            f"    interval_seconds: {interval_seconds}",
            f"    timeout_seconds: {timeout_seconds or interval_seconds}",
            f"    failure_threshold: {failure_threshold}",
            f"    checks: [{{kind: http, url: '{fleet.url}/s/{number}'}}]",
        ]
    return "\n".join(lines) + "\n"
