"""Packs our own larger texts for clients that can unpack them; what came packed stays as it is."""

import asyncio
import gzip

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from gateway.answers import accepts_gzip

FROM_BYTES = 1024
IN_THREAD_FROM_BYTES = 64 * 1024
TEXTS = frozenset(
    {"application/json", "application/problem+json", "application/rss+xml", "image/svg+xml", "text/html", "text/css"}
)


@web.middleware
async def compress(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not isinstance(response, web.Response) or not _worth_it(response):
        return response
    response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if not accepts_gzip(request):
        return response
    body = response.body
    assert isinstance(body, bytes | bytearray)
    large = len(body) >= IN_THREAD_FROM_BYTES
    response.body = (
        await asyncio.to_thread(gzip.compress, body, 5, mtime=0) if large else gzip.compress(body, 5, mtime=0)
    )
    response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    return response


def _worth_it(response: web.Response) -> bool:
    return (
        isinstance(response.body, bytes | bytearray)
        and len(response.body) >= FROM_BYTES
        and response.content_type in TEXTS
        and hdrs.CONTENT_ENCODING not in response.headers
    )
