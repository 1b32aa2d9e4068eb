"""One line for each request, except the probes that come every few seconds."""

from time import perf_counter

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.auth.identity import IDENTITY
from gateway.client import client_ip
from shared.middleware import route_of

log = structlog.get_logger()

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


@web.middleware
async def log_access(request: web.Request, handler: Handler) -> web.StreamResponse:
    started = perf_counter()
    response = await handler(request)
    if request.path not in QUIET:
        identity = request.get(IDENTITY)
        log.info(
            "http.answered",
            method=request.method,
            route=route_of(request),
            path=request.path,
            status=response.status,
            duration_ms=round((perf_counter() - started) * 1000, 2),
            client_ip=client_ip(request),
            actor=identity.actor if identity else None,
        )
    return response
