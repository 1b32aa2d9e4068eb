"""Refuses a body that says it is too large before a byte of it is read; the server refuses those that do not say."""

from aiohttp import web
from aiohttp.typedefs import Handler

from shared.problems import too_large


@web.middleware
async def limit_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    if (request.content_length or 0) > request.client_max_size:
        raise too_large(request.client_max_size)
    return await handler(request)
