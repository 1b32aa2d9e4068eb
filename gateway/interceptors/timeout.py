"""No request takes longer than this, whatever it waits for."""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from shared.problems import unavailable

LIMIT_SECONDS = 15.0


@web.middleware
async def limit_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        async with asyncio.timeout(LIMIT_SECONDS) as limit:
            return await handler(request)
    except TimeoutError:
        if limit.expired():
            raise unavailable("gateway", f"No answer within {LIMIT_SECONDS:g} s") from None
        raise
