"""Every request has an id: the caller's when it is a sane one. It stands in the answer and in each log line."""

from random import Random

from aiohttp import web
from multidict import istr
from structlog.contextvars import bind_contextvars

from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.interceptors import RequestIdSettings
from shared.keys import REQUEST_ID
from shared.middleware import GIVEN_ID

HEADER = istr("X-Request-Id")


def build(settings: RequestIdSettings, tools: Tools) -> Step:
    bits, trusted = Random().getrandbits, settings.trust_inbound

    async def request_id(request: web.Request, rest: Rest) -> web.StreamResponse:
        given = request.headers.get(HEADER, "") if trusted else ""
        id = request[REQUEST_ID] = given if given and GIVEN_ID.match(given) else f"{bits(64):016x}"
        bind_contextvars(request_id=id)  # the next request of the connection binds its own
        response = await rest(request)
        if not response.prepared:
            response.headers[HEADER] = id
        return response

    return request_id
