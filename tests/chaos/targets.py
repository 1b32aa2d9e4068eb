"""Two hundred services behind one server, each with a switch, that notes when it was asked."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from time import monotonic

from aiohttp import web


class Fleet:
    """`/s/<n>` answers 200, or 500 once `failing` holds n. `seen[n]`: monotonic seconds of each request."""

    def __init__(self) -> None:
        self.url = ""
        self.failing: set[int] = set()
        self.seen: dict[int, list[float]] = defaultdict(list)

    async def answer(self, request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        self.seen[number].append(monotonic())
        return web.Response(status=500 if number in self.failing else 200)

    def longest_gap_seconds(self, number: int, since: float, until: float) -> float:
        """The longest time without a request between two moments."""
        moments = [since, *(at for at in self.seen[number] if since < at < until), until]
        return max(b - a for a, b in pairwise(moments))


@asynccontextmanager
async def running_fleet() -> AsyncIterator[Fleet]:
    fleet = Fleet()
    app = web.Application()
    app.add_routes([web.get("/s/{number}", fleet.answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    fleet.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fleet
    finally:
        await runner.cleanup()


def declaration(fleet: Fleet, count: int, interval_seconds: int) -> str:
    """A belfry.yaml that watches the fleet."""
    lines = ["services:"]
    for number in range(count):
        lines += [
            f"  - id: s-{number}",
            "    group: Fleet",
            f"    interval_seconds: {interval_seconds}",
            "    timeout_seconds: 1",
            f"    checks: [{{kind: http, url: '{fleet.url}/s/{number}'}}]",
        ]
    return "\n".join(lines) + "\n"
