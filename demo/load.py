"""The customers: so many requests a second that something is to be seen, and no more."""

import asyncio
import random

from aiohttp import ClientError, ClientSession, ClientTimeout

from demo.shop import VISITS, url_of

VISITS_PER_SECOND = 14.0
"""Each makes one to three requests inside the shop."""

MOST_AT_ONCE = 60
TIMEOUT = ClientTimeout(total=10)


async def run() -> None:
    """Customers come at random, and do not wait for each other; they stay away while too many wait. Never ends."""
    edge, waiting = url_of("edge"), set[asyncio.Task[None]]()
    async with ClientSession(timeout=TIMEOUT) as http:
        while True:
            await asyncio.sleep(random.expovariate(VISITS_PER_SECOND))
            if len(waiting) < MOST_AT_ONCE:
                task = asyncio.create_task(visit(http, edge))
                waiting.add(task)
                task.add_done_callback(waiting.discard)


async def visit(http: ClientSession, edge: str) -> None:
    """One request, whatever comes of it."""
    ((method, path),) = random.choices(list(VISITS), list(VISITS.values()))
    try:
        async with http.request(method, edge + path) as answer:
            await answer.read()
    except (ClientError, TimeoutError):
        return  # the shop is down: a customer goes away
