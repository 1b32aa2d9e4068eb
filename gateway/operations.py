"""The one handler behind every row of the route tables: bind, ask, answer."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from msgspec import Struct, json, structs

from gateway.answers import answer_change, answer_read, answer_struct, tag_of, unpacked
from gateway.auth.audit import BEFORE
from gateway.auth.identity import IDENTITY, Access
from gateway.binding import Plan, bind, plan_of
from gateway.live.place import place_of
from gateway.routes import ROUTES, pattern_of
from gateway.routes.route import Before, Local, Route
from gateway.single_flight import SingleFlight
from shared.contracts.live import OFFSET_HEADER
from shared.contracts.pipeline.chain import TRIED_ANOTHER
from shared.contracts.pipeline.procedures import ValidateChange
from shared.contracts.wire import Rpc
from shared.keys import BUS, REQUEST_ID
from shared.problems import ProblemError
from shared.rpc import Caller, Reply, call
from shared.telemetry import current_traceparent

ADMIN = "/api/v1/admin/"
Rehearse = Callable[[web.Request, ValidateChange], Awaitable[str]]

FLIGHTS: web.AppKey[SingleFlight[Reply]] = web.AppKey("FLIGHTS", SingleFlight)
OPERATIONS: web.AppKey[dict[web.AbstractRoute, Route]] = web.AppKey("OPERATIONS", dict)
REHEARSE: web.AppKey[Rehearse] = web.AppKey("REHEARSE", Rehearse)  # type: ignore[arg-type]
"""Refuses a change of the chain after which the caller would be kept out; returns what proves that it was tried."""
TRIES = 5
OPERATION: web.RequestKey[Route | None] = web.RequestKey("OPERATION", Route)
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


def operation_of(request: web.Request) -> Route | None:
    """What the request asks for; None for what is outside of the tables. Looked up once."""
    return request[OPERATION]


def find_operation(request: web.Request) -> None:
    """To be called before anything else."""
    request[OPERATION] = request.app[OPERATIONS].get(request.match_info.route)


def access_of(request: web.Request) -> Access | None:
    """Who may make this request; None when nothing says so, which means: nobody."""
    operation = operation_of(request)
    if operation is not None:
        return operation.access
    unmatched = request.match_info.http_exception is not None  # 404 and 405 tell no secrets
    return "public" if unmatched or request.match_info.route.resource in request.app[OPEN] else None


def caller_of(request: web.Request) -> Caller:
    """Who asks, as the services hear it."""
    identity = request.get(IDENTITY)
    return Caller(
        actor=identity.actor if identity else "anonymous",
        role=identity.role if identity else "viewer",
        request_id=request[REQUEST_ID],
        traceparent=current_traceparent(),
        idempotency_key=request.headers.get("Idempotency-Key", ""),
    )


async def ask(request: web.Request, rpc: Rpc, given: Struct, shared: bool) -> Reply:
    """The reply of the service. Raises ProblemError: its own, or 503 naming the service that does not answer."""
    bus, caller = request.app[BUS], caller_of(request)
    if not shared:
        return await call(bus, rpc, given, caller)
    key = (rpc.subject, json.encode(given))

    async def placed() -> Reply:
        """Who joins later was told more meanwhile, but is answered as of now."""
        place = place_of(request.app)
        reply = await call(bus, rpc, given, caller)
        tag = reply.headers.get("ETag") or tag_of(reply.data)
        return Reply(reply.data, {**reply.headers, OFFSET_HEADER: place, "ETag": tag})

    return await request.app[FLIGHTS].ask(key, placed)


def _handler_of(route: Route) -> Handler:
    plan = plan_of(route)
    answer = route.answer
    if isinstance(answer, Local):
        return _local_handler(route, answer, plan)
    return _rpc_handler(route, answer, plan)


def _rpc_handler(route: Route, rpc: Rpc, plan: Plan) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        given = await bind(request, plan)
        if route.before is not None:
            request[BEFORE] = await _as_it_is(request, route.before)
        if route.tried is not None:
            reply = await _ask_rehearsed(request, rpc, given, route.tried(given))
        else:
            reply = await ask(request, rpc, given, shared=not route.unsafe)
        encoding = reply.headers.get("Content-Encoding", "")
        if route.unsafe:
            return answer_change(request, reply.data, encoding, route.status)
        response = answer_read(request, reply.data, encoding, reply.headers.get("ETag", ""))
        return with_place(route, response, reply.headers[OFFSET_HEADER])

    return handle


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
        reply = await ask(request, before.rpc, msgspec.convert(path, before.rpc.request), shared=False)
    except ProblemError:
        return None
    return before.part(json.decode(unpacked(reply.data, reply.headers.get("Content-Encoding", ""))), path)


def _local_handler(route: Route, local: Local, plan: Plan) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        place = place_of(request.app)
        value = await local.handle(request, await bind(request, plan))
        if isinstance(value, web.StreamResponse):
            return value
        if route.unsafe:
            return answer_struct(value, route.status)
        return with_place(route, answer_read(request, json.encode(value)), place)

    return handle


def with_place(route: Route, response: web.Response, place: str) -> web.Response:
    """What is read about Belfry's services says from where to listen on."""
    if place and route.path.startswith(ADMIN):
        response.headers[OFFSET_HEADER] = place
    return response
