"""The duration of each request, by route template, for Belfry's own pages."""

from aiohttp import web
from aiohttp.typedefs import Handler

from belfry_reporter.aiohttp import reported
from shared.keys import REPORTER


@web.middleware
async def report_latency(request: web.Request, handler: Handler) -> web.StreamResponse:
    return await reported(request.app[REPORTER], request, handler)
