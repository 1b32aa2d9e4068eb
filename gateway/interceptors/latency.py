"""The duration of each request, by route template, for Belfry's own pages."""

from collections.abc import Awaitable

from aiohttp import web

from belfry_reporter.aiohttp import reported
from gateway.interceptors.step import Rest, Step, Tools, among
from shared.contracts.interceptors import LatencySettings
from shared.keys import REPORTER


def build(settings: LatencySettings, tools: Tools) -> Step:
    app, skipped = tools.app, among(settings.skip_paths)

    def latency(request: web.Request, rest: Rest) -> Awaitable[web.StreamResponse]:
        return rest(request) if skipped(request.path) else reported(app[REPORTER], request, rest)

    return latency
