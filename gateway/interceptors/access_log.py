"""One line for a request: all that were slow or failed, and a share of the rest."""

import logging
from itertools import count
from time import perf_counter

from aiohttp import web
from msgspec import Struct

from gateway.interceptors.step import Rest, Step, Tools, among
from gateway.passage import PASSAGE, Passage
from shared.contracts.interceptors import AccessLogSettings
from shared.keys import REQUEST_ID
from shared.log import write_line
from shared.redaction import redact


class Answered(Struct, frozen=True, kw_only=True, gc=False):
    """What the line says, besides what every line says."""

    method: str
    route: str
    path: str
    status: int
    duration_ms: float
    client_ip: str
    actor: str | None
    request_id: str
    trace_id: str


def build(settings: AccessLogSettings, tools: Tools) -> Step | None:
    every, fast_seconds, skipped = settings.every, settings.fast_ms / 1000, among(settings.skip_paths)
    numbers = count(1)
    if not logging.getLogger().isEnabledFor(logging.INFO):
        return None

    async def access_log(request: web.Request, rest: Rest) -> web.StreamResponse:
        started = perf_counter()
        response = await rest(request)
        seconds, status = perf_counter() - started, response.status
        if (status >= 400 or seconds >= fast_seconds or not next(numbers) % every) and not skipped(request.path):
            write_line("http.answered", answered, (request[PASSAGE], request[REQUEST_ID], status, seconds))
        return response

    return access_log


def answered(given: tuple[Passage, str, int, float]) -> Answered:
    passage, request_id, status, seconds = given
    return Answered(
        method=passage.method,
        route=passage.route,
        path=redact(passage.path),
        status=status,
        duration_ms=round(seconds * 1000, 2),
        client_ip=passage.client_ip,
        actor=passage.identity.actor if passage.identity else None,
        request_id=request_id,
        trace_id=passage.trace_id,
    )
