"""How many requests are worked on at a time, in all and for each client address."""

from aiohttp import web

from gateway.client import network_of
from gateway.interceptors.step import Rest, Step, Tools, among
from gateway.passage import PASSAGE
from shared.contracts.interceptors import PROBES, InFlightSettings
from shared.contracts.wire import Problem
from shared.problems import ProblemError

RETRY_SECONDS = 1


def build(settings: InFlightSettings, tools: Tools) -> Step:
    most, most_each = settings.max_requests, settings.max_per_client
    running, by_client = tools.running, tools.running.by_client
    spared = among(PROBES)

    async def in_flight(request: web.Request, rest: Rest) -> web.StreamResponse:
        client = network_of(PASSAGE.get().client_ip)
        mine = by_client.get(client, 0)
        if (running.total >= most or mine >= most_each) and not spared(request.path):
            raise busy(running.total >= most)
        running.total += 1
        by_client[client] = mine + 1
        try:
            return await rest(request)
        finally:
            running.total -= 1
            left = by_client[client] - 1
            if left:
                by_client[client] = left
            else:
                del by_client[client]

    return in_flight


def busy(in_all: bool) -> ProblemError:
    """503, and when to come back."""
    what = "Too many requests at a time" if in_all else "Too many requests at a time from your address"
    problem = Problem(
        status=503,
        title="Service unavailable",
        detail=f"{what}. Try again in a moment",
        retry_after_seconds=RETRY_SECONDS,
        extensions={"service": "gateway", "code": "in_flight"},
    )
    return ProblemError(problem)
