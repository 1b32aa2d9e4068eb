"""The duration of each request, by route template, for Belfry's own pages."""

from aiohttp import web

from belfry_reporter.aiohttp import reported
from gateway.interceptors.step import Rest, Step, Tools, among
from shared.contracts.interceptors import LatencySettings
from shared.keys import REPORTER


def build(settings: LatencySettings, tools: Tools) -> Step:
    app, skipped = tools.app, among(settings.skip_paths)

    async def latency(request: web.Request, rest: Rest) -> web.StreamResponse:
        if skipped(request.path):
            return await rest(request)
        return await reported(app[REPORTER], request, rest)

    return latency
