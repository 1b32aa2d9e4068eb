"""Every request has an id: the caller's when it is a sane one. It stands in the answer and in each log line."""

from aiohttp import web
from multidict import istr

from gateway.interceptors.step import Rest, Step, Tools
from gateway.passage import PASSAGE
from shared.contracts.interceptors import RequestIdSettings
from shared.keys import REQUEST_ID
from shared.log import name_request
from shared.middleware import GIVEN_ID
from shared.telemetry import stock_of_ids

HEADER = istr("X-Request-Id")


def build(settings: RequestIdSettings, tools: Tools) -> Step:
    ids, trusted = stock_of_ids(8), settings.trust_inbound

    async def request_id(request: web.Request, rest: Rest) -> web.StreamResponse:
        given = request.headers.get(HEADER, "") if trusted else ""
        id = given if given and GIVEN_ID.match(given) else next(ids)
        request[REQUEST_ID] = PASSAGE.get().request_id = id
        name_request(id)
        response = await rest(request)
        if not response.prepared:
            response.headers[HEADER] = id
        return response

    return request_id
