"""Refuses a body that says it is too large before a byte of it is read, and others once they are."""

from collections.abc import Awaitable

from aiohttp import web

from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.interceptors import BodyLimitSettings
from shared.problems import too_large


def build(settings: BodyLimitSettings, tools: Tools) -> Step:
    max_bytes = settings.max_bytes

    def body_limit(request: web.Request, rest: Rest) -> Awaitable[web.StreamResponse]:
        if (request.content_length or 0) > max_bytes:
            raise too_large(max_bytes)
        request._client_max_size = max_bytes  # aiohttp counts while it reads; a clone would not share our notes
        return rest(request)

    return body_limit
