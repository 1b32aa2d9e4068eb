"""The duration of each request, by route template, for Belfry's own pages."""

from collections.abc import Sequence

from belfry_reporter.aiohttp import SWITCHING_PROTOCOLS
from belfry_reporter.wire import UNMATCHED_ROUTE
from gateway.interceptors.step import Observer, Tools, among
from gateway.passage import Passage
from shared.contracts.interceptors import LatencySettings
from shared.keys import REPORTER
from shared.middleware import UNMATCHED


def build(settings: LatencySettings, tools: Tools) -> Observer:
    app, skipped = tools.app, among(settings.skip_paths)

    def latency(ended: Sequence[Passage]) -> None:
        record = app[REPORTER].record
        for each in ended:
            if each.status != SWITCHING_PROTOCOLS and not skipped(each.path):
                route = UNMATCHED_ROUTE if each.route == UNMATCHED else each.route
                record(each.method, route, each.status, each.seconds)

    return Observer(latency)
