"""Refuses a body that says it is too large before a byte of it is read, and others once they are."""

from aiohttp import web

from gateway.interceptors.step import Gate, Tools
from shared.contracts.interceptors import BodyLimitSettings
from shared.problems import too_large


def build(settings: BodyLimitSettings, tools: Tools) -> Gate:
    max_bytes = settings.max_bytes

    def body_limit(request: web.Request) -> None:
        if (request.content_length or 0) > max_bytes:
            raise too_large(max_bytes)
        request._client_max_size = max_bytes  # aiohttp counts while it reads; a clone would not share our notes

    return Gate(body_limit)
