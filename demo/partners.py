"""What others run and the shop needs, none of it in good order: one is away now and then, one slow, one too busy."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

HEALTH = "/health"
ROUND_SECONDS = 240
"""What goes wrong now and then does so once in this time."""

BANK_AWAY_SECONDS = 80
SLOW_SECONDS = 0.45

Handle = Callable[[web.Request], Awaitable[web.Response]]


def create_app(clock: Callable[[], float] = time.time) -> web.Application:
    app = web.Application()
    app.router.add_get("/bank", _bank(clock))
    app.router.add_get("/recommendations", recommendations)
    app.router.add_get("/warehouse", warehouse)
    app.router.add_get(HEALTH, well)
    return app


def _bank(clock: Callable[[], float]) -> Handle:
    async def handle(request: web.Request) -> web.Response:
        if clock() % ROUND_SECONDS < ROUND_SECONDS - BANK_AWAY_SECONDS:
            return _well()
        return web.json_response({"status": "fail", "output": "no connection left in the pool"}, status=503)

    return handle


async def well(request: web.Request) -> web.Response:
    return _well()


async def recommendations(request: web.Request) -> web.Response:
    await asyncio.sleep(SLOW_SECONDS)
    return _well()


async def warehouse(request: web.Request) -> web.Response:
    return _well(queue={"depth": 4200})


def _well(**more: Any) -> web.Response:
    return web.json_response({"status": "pass", **more})
