"""The one middleware of the gateway: it runs the chain of the moment. To swap the chain is to store another one; a
request keeps the chain it began with."""

from time import perf_counter

import numpy as np
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct
from multidict import istr

from gateway.chain.compiled import Compiled
from gateway.chain.meter import Meter, Rows
from gateway.chain.observing import Observing
from gateway.client import PROXIES, find_client_ip
from gateway.interceptors.step import Tools
from gateway.operations import OPERATIONS
from gateway.passage import PASSAGE, Passage
from shared.middleware import problem_response, template_of
from shared.problems import internal

log = structlog.get_logger(__name__)

UPGRADES = frozenset({"/api/v1/ws"})
UPGRADE, SERVER_TIMING = istr("Upgrade"), istr("Server-Timing")


class Holder(Struct):
    """The chain that new requests pass; what all chains of the process share."""

    chain: Compiled
    tools: Tools
    meter: Meter
    observing: Observing


HOLDER = web.AppKey("HOLDER", Holder)


def chain_middleware(app: web.Application) -> Middleware:
    holder, observe = app[HOLDER], app[HOLDER].observing.add
    operations, proxies = app[OPERATIONS], app[PROXIES]

    @web.middleware
    async def run_chain(request: web.Request, handler: Handler) -> web.StreamResponse:
        chain, started = holder.chain, perf_counter()
        route = request.match_info.route
        passage = Passage(
            request.method, request.path, template_of(route), operations.get(route), find_client_ip(request, proxies)
        )
        PASSAGE.set(passage)
        try:
            if UPGRADE in request.headers and passage.route in UPGRADES:
                response = await chain.upgrade(request)
            else:
                passage.row = row = chain.rows.new()
                response = await chain.run(request)
                identity = passage.identity
                if identity is not None and identity.role == "admin" and not response.prepared:
                    response.headers[SERVER_TIMING] = server_timing(chain.rows, row)
            passage.status = response.status
            return response
        except web.HTTPException as redirect:
            passage.status = redirect.status
            raise
        except Exception:  # errors is not around every step: this is a fault of one of those outside of it
            passage.status = 500
            log.exception("http.failed", method=request.method, path=request.path)
            return problem_response(internal(passage.request_id).problem)
        finally:
            passage.ended_at = ended = perf_counter()
            passage.seconds = ended - started
            observe(chain, passage)

    return run_chain


def server_timing(rows: Rows, row: list[float]) -> str:
    """What each step that was reached took by itself, in milliseconds."""
    seconds = [*rows.whole(np.array(row))[0].tolist(), 0.0]
    reached = [(id, seconds[place], max(seconds[place + 1], 0)) for place, id in enumerate(rows.ids)]
    return ", ".join(f"{id};dur={(total - behind) * 1000:.3f}" for id, total, behind in reached if total > 0)
