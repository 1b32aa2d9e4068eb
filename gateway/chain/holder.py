"""The one middleware of the gateway: it runs the chain of the moment. To swap the chain is to store another one; a
request keeps the chain it began with."""

from time import perf_counter

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct
from multidict import istr

from gateway.chain.compiled import ROW, Compiled
from gateway.chain.meter import Meter, Rows
from gateway.client import PROXIES, find_client_ip
from gateway.interceptors.step import Tools
from gateway.operations import OPERATIONS
from gateway.passage import PASSAGE, Passage
from shared.keys import REQUEST_ID, SETTINGS
from shared.middleware import count, problem_response, template_of
from shared.problems import internal

log = structlog.get_logger(__name__)

UPGRADES = frozenset({"/api/v1/ws"})
UPGRADE, SERVER_TIMING = istr("Upgrade"), istr("Server-Timing")


class Holder(Struct):
    """The chain that new requests pass; what all chains of the process share."""

    chain: Compiled
    tools: Tools
    meter: Meter


HOLDER = web.AppKey("HOLDER", Holder)


def chain_middleware(app: web.Application) -> Middleware:
    holder, service = app[HOLDER], app[SETTINGS].service
    operations, proxies = app[OPERATIONS], app[PROXIES]

    @web.middleware
    async def run_chain(request: web.Request, handler: Handler) -> web.StreamResponse:
        chain, started, status = holder.chain, perf_counter(), 499  # the client went away, unless ...
        route = request.match_info.route
        passage = request[PASSAGE] = Passage(
            request.method, request.path, template_of(route), operations.get(route), find_client_ip(request, proxies)
        )
        try:
            if UPGRADE in request.headers and passage.route in UPGRADES:
                response = await chain.upgrade(request)
            else:
                response = await measured(chain, request, passage)
            status = response.status
            return response
        except web.HTTPException as redirect:
            status = redirect.status
            raise
        except Exception:  # errors is not around every step: this is a fault of one of those outside of it
            status = 500
            log.exception("http.failed", method=request.method, path=request.path)
            return problem_response(internal(request.get(REQUEST_ID, "")).problem)
        finally:
            count(service, passage.method, passage.route, status, perf_counter() - started)

    return run_chain


async def measured(chain: Compiled, request: web.Request, passage: Passage) -> web.StreamResponse:
    row = chain.rows.new()
    ROW.set(row)
    try:
        response = await chain.run(request)
    finally:
        chain.rows.add(row)
    identity = passage.identity
    if identity is not None and identity.role == "admin" and not response.prepared:
        response.headers[SERVER_TIMING] = server_timing(chain.rows, row)
    return response


def server_timing(rows: Rows, row: list[float]) -> str:
    """What each step that was reached took by itself, in milliseconds."""
    reached = [(id, row[place], max(row[place + 1], 0)) for place, id in enumerate(rows.ids[:-1]) if row[place] > 0]
    parts = [f"{id};dur={(total - behind) * 1000:.3f}" for id, total, behind in reached]
    handler = [f"{rows.ids[-1]};dur={row[-2] * 1000:.3f}"] if row[-2] > 0 else []
    return ", ".join([*parts, *handler])
