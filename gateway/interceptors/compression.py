"""Packs larger texts for clients that can unpack them; what came packed stays as it is."""

import asyncio
import gzip

from aiohttp import hdrs, web

from gateway.answers import accepts_gzip, add_vary
from gateway.interceptors.step import Rest, Step, Tools
from gateway.whole_response import WholeResponse
from shared.contracts.interceptors import CompressionSettings

IN_THREAD_FROM_BYTES = 64 * 1024


def build(settings: CompressionSettings, tools: Tools) -> Step:
    least, level, types = settings.min_bytes, settings.level, frozenset(settings.types)

    def worth_it(response: web.Response) -> bool:
        body, headers = response.body, response.headers
        return (
            isinstance(body, (bytes, bytearray))
            and len(body) >= least
            and response.content_type in types
            and hdrs.CONTENT_ENCODING not in headers
            and "no-transform" not in headers.get(hdrs.CACHE_CONTROL, "")
        )

    async def compression(request: web.Request, rest: Rest) -> web.StreamResponse:
        response = await rest(request)
        # an instance of exactly the first of them is known at once, one of an abstract class is not
        if not isinstance(response, (WholeResponse, web.Response)) or response.prepared or not worth_it(response):
            return response
        add_vary(response, hdrs.ACCEPT_ENCODING)
        if accepts_gzip(request):
            response.body = await packed(response.body, level)  # type: ignore[arg-type]
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
            etag = response.headers.get(hdrs.ETAG, "")
            if etag and not etag.startswith("W/"):  # the bytes are others now
                response.headers[hdrs.ETAG] = f"W/{etag}"
        return response

    return compression


async def packed(body: bytes, level: int) -> bytes:
    if len(body) < IN_THREAD_FROM_BYTES:
        return gzip.compress(body, level, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, level, mtime=0)
