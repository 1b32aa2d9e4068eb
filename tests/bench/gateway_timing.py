"""What it costs to time a step: a chain of steps that do nothing, timed and not."""

from time import perf_counter
from typing import cast

import uvloop
from aiohttp import web

from gateway.chain.compiled import plain, timed
from gateway.chain.meter import Meter
from gateway.interceptors.step import Rest
from gateway.passage import PASSAGE, Passage

REQUESTS, ROUNDS = 500, 60
REQUEST = cast(web.Request, None)


async def step(request: web.Request, rest: Rest) -> web.StreamResponse:
    return await rest(request)


async def handler(request: web.Request) -> web.StreamResponse:
    return cast(web.StreamResponse, None)


def timing_us_a_step(steps: int) -> float:
    """The fastest of many rounds: what else the machine does only ever adds."""
    return uvloop.run(_timing_us_a_step(steps))


async def _timing_us_a_step(steps: int) -> float:
    rows = Meter().rows_of(tuple(f"step_{number}" for number in range(steps)))
    with_times, without = timed([step] * steps, rows, handler), plain([step] * steps, handler)

    passage = Passage("GET", "/", "/", None, "127.0.0.1")
    PASSAGE.set(passage)

    async def one_timed() -> None:
        passage.row = rows.new()
        await with_times(REQUEST)
        rows.add(passage.row)

    async def one_plain() -> None:
        await without(REQUEST)

    fastest = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for place, one in enumerate((one_plain, one_timed)):
            started = perf_counter()
            for _ in range(REQUESTS):
                await one()
            fastest[place] = min(fastest[place], (perf_counter() - started) / REQUESTS)
    return (fastest[1] - fastest[0]) * 1e6 / steps
