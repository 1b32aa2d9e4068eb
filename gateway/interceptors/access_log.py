"""One line for a request: all that were slow or failed, and a share of the rest."""

import logging
from itertools import count
from time import perf_counter

from aiohttp import web
from msgspec import Struct

from gateway.auth.identity import IDENTITY
from gateway.client import client_ip
from gateway.interceptors.step import TRACE_ID, Rest, Step, Tools, among
from shared.contracts.interceptors import AccessLogSettings
from shared.keys import REQUEST_ID
from shared.log import write_line
from shared.middleware import route_of
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
    every, fast_ms, skipped = settings.every, settings.fast_ms, among(settings.skip_paths)
    numbers = count(1)
    if not logging.getLogger().isEnabledFor(logging.INFO):
        return None

    async def access_log(request: web.Request, rest: Rest) -> web.StreamResponse:
        started = perf_counter()
        response = await rest(request)
        duration_ms = (perf_counter() - started) * 1000
        told = response.status >= 400 or duration_ms >= fast_ms or not next(numbers) % every
        if told and not skipped(request.path):
            write_line("http.answered", _answered(request, response.status, duration_ms))
        return response

    return access_log


def _answered(request: web.Request, status: int, duration_ms: float) -> Answered:
    identity = request.get(IDENTITY)
    return Answered(
        method=request.method,
        route=route_of(request),
        path=redact(request.path),
        status=status,
        duration_ms=round(duration_ms, 2),
        client_ip=client_ip(request),
        actor=identity.actor if identity else None,
        request_id=request[REQUEST_ID],
        trace_id=request.get(TRACE_ID, ""),
    )
