"""No request takes longer than this, whatever it waits for."""

import asyncio

from aiohttp import web

from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.interceptors import TimeoutSettings
from shared.problems import unavailable


def build(settings: TimeoutSettings, tools: Tools) -> Step:
    seconds = settings.seconds

    async def timeout(request: web.Request, rest: Rest) -> web.StreamResponse:
        try:
            async with asyncio.timeout(seconds) as limit:
                return await rest(request)
        except TimeoutError:
            if limit.expired():
                raise unavailable("gateway", f"No answer within {seconds:g} s") from None
            raise

    return timeout
