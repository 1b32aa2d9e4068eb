"""The one handler behind every row of the route tables: bind, ask, answer."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from msgspec import Struct, json, structs

from gateway.answers import Ready, answer_change, answer_read, answer_struct, ready, unpacked
from gateway.auth.audit import BEFORE
from gateway.auth.identity import Access
from gateway.binding import Plan, bind, plan_of
from gateway.live.place import place_of
from gateway.passage import PASSAGE
from gateway.routes import ROUTES, pattern_of
from gateway.routes.route import Before, Local, Route
from gateway.single_flight import SingleFlight
from shared.contracts.pipeline.chain import TRIED_ANOTHER
from shared.contracts.pipeline.procedures import ValidateChange
from shared.contracts.wire import Rpc
from shared.keys import BUS, REQUEST_ID
from shared.problems import ProblemError
from shared.rpc import Caller, Reply, call
from shared.telemetry import current_traceparent

ADMIN = "/api/v1/admin/"
Rehearse = Callable[[web.Request, ValidateChange], Awaitable[str]]

FLIGHTS: web.AppKey[SingleFlight[Ready]] = web.AppKey("FLIGHTS", SingleFlight)
OPERATIONS: web.AppKey[dict[web.AbstractRoute, Route]] = web.AppKey("OPERATIONS", dict)
REHEARSE: web.AppKey[Rehearse] = web.AppKey("REHEARSE", Rehearse)  # type: ignore[arg-type]
"""Refuses a change of the chain after which the caller would be kept out; returns what proves that it was tried."""
TRIES = 5
OPEN: web.AppKey[set[web.AbstractResource]] = web.AppKey("OPEN", set)
"""What anyone may use besides the tables: pages, probes, badges."""


def add_operations(app: web.Application) -> None:
    app[FLIGHTS] = SingleFlight()
    app[OPERATIONS] = {
        app.router.add_route(route.method, pattern_of(route), _handler_of(route)): route for route in ROUTES
    }


def open_to_all(app: web.Application, routes: Sequence[web.AbstractRouteDef]) -> None:
    """Routes outside of the tables, for anyone."""
    app[OPEN].update(route.resource for route in app.router.add_routes(routes) if route.resource)


def access_of(request: web.Request) -> Access | None:
    """Who may make this request; None when nothing says so, which means: nobody."""
    operation = PASSAGE.get().operation
    if operation is not None:
        return operation.access
    unmatched = request.match_info.http_exception is not None  # 404 and 405 tell no secrets
    return "public" if unmatched or request.match_info.route.resource in request.app[OPEN] else None


def caller_of(request: web.Request) -> Caller:
    """Who asks, as the services hear it."""
    identity = PASSAGE.get().identity
    return Caller(
        actor=identity.actor if identity else "anonymous",
        role=identity.role if identity else "viewer",
        request_id=request[REQUEST_ID],
        traceparent=current_traceparent(),
        idempotency_key=request.headers.get("Idempotency-Key", ""),
    )


async def ask(request: web.Request, rpc: Rpc, given: Struct) -> Reply:
    """The reply of the service. Raises ProblemError: its own, or 503 naming the service that does not answer."""
    return await call(request.app[BUS], rpc, given, caller_of(request))


def read_shared(request: web.Request, rpc: Rpc, given: Struct, placed: bool) -> Awaitable[Ready]:
    """As `ask`, once for all who ask the same at a time. `placed`: the answer says from where to listen on."""

    async def fly() -> Ready:
        """Who joins later was told more meanwhile, but is answered as of now."""
        place = place_of(request.app) if placed else ""
        reply = await ask(request, rpc, given)
        return ready(reply.data, reply.headers.get("Content-Encoding", ""), reply.headers.get("ETag", ""), place)

    return request.app[FLIGHTS].ask((rpc.subject, json.encode(given)), fly)


def _handler_of(route: Route) -> Handler:
    plan = plan_of(route)
    answer = route.answer
    if isinstance(answer, Local):
        return _local_handler(route, answer, plan)
    return _rpc_handler(route, answer, plan)


def _rpc_handler(route: Route, rpc: Rpc, plan: Plan) -> Handler:
    placed, nothing = route.path.startswith(ADMIN), plan.request() if plan.empty else None

    async def handle_read(request: web.Request) -> web.StreamResponse:
        given = nothing if nothing and not request.query_string else await bind(request, plan)
        return answer_read(request, await read_shared(request, rpc, given, placed))

    async def handle_change(request: web.Request) -> web.StreamResponse:
        given = await bind(request, plan)
        if route.before is not None:
            request[BEFORE] = await _as_it_is(request, route.before)
        if route.tried is not None:
            reply = await _ask_rehearsed(request, rpc, given, route.tried(given))
        else:
            reply = await ask(request, rpc, given)
        return answer_change(request, reply.data, reply.headers.get("Content-Encoding", ""), route.status)

    return handle_change if route.unsafe else handle_read


async def _ask_rehearsed(request: web.Request, rpc: Rpc, given: Struct, change: ValidateChange) -> Reply:
    """Tried anew while others change the chain in between."""
    tries = 0
    while True:
        tries += 1
        caller = structs.replace(caller_of(request), proof=await request.app[REHEARSE](request, change))
        try:
            return await call(request.app[BUS], rpc, given, caller)
        except ProblemError as error:
            if tries == TRIES or error.problem.extensions.get("code") != TRIED_ANOTHER:
                raise


async def _as_it_is(request: web.Request, before: Before) -> object:
    """The object before the change, for the trail; None when it cannot be had: the change itself will say why."""
    path = dict(request.match_info)
    try:
        reply = await ask(request, before.rpc, msgspec.convert(path, before.rpc.request))
    except ProblemError:
        return None
    return before.part(json.decode(unpacked(reply.data, reply.headers.get("Content-Encoding", ""))), path)


def _local_handler(route: Route, local: Local, plan: Plan) -> Handler:
    placed = route.path.startswith(ADMIN)

    async def handle(request: web.Request) -> web.StreamResponse:
        place = place_of(request.app) if placed else ""
        value = await local.handle(request, await bind(request, plan))
        if isinstance(value, web.StreamResponse):
            return value
        if route.unsafe:
            return answer_struct(value, route.status)
        return answer_read(request, ready(json.encode(value), place=place))

    return handle
