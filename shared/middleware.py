"""What happens around every HTTP handler: request id, measurements, trace, and errors as problem+json."""

import re
import secrets
from collections import defaultdict
from collections.abc import Mapping
from time import perf_counter

import msgspec
import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware
from opentelemetry.trace import SpanKind

from shared import telemetry
from shared.contracts.wire import Problem
from shared.keys import REQUEST_ID, SETTINGS
from shared.problems import ProblemError, bad_request, internal, not_found, problem_of, too_large

log = structlog.get_logger()

GIVEN_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
UNMATCHED = "unmatched"
COUNT_AT = 256  # requests: a pause of less than a millisecond
Answered = tuple[str, str, str, int]
"""Service, method, route template, status."""
_WAITING: defaultdict[Answered, list[float]] = defaultdict(list)
PROBLEM_TYPE = "application/problem+json"


@web.middleware
async def identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every request has an id: the caller's when it is a sane one. It stands in the answer and in each log line."""
    given = request.headers.get("X-Request-Id", "")
    request_id = given if GIVEN_ID.match(given) else secrets.token_hex(8)
    request[REQUEST_ID] = request_id
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        response = await handler(request)
    if not response.prepared:
        response.headers["X-Request-Id"] = request_id
    return response


@web.middleware
async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Rate, errors and duration, by route template."""
    started, status = perf_counter(), 499  # the client went away, unless an answer was made
    try:
        response = await handler(request)
        status = response.status
        return response
    finally:
        count(request.app[SETTINGS].service, request.method, route_of(request), status, perf_counter() - started)


def count(service: str, method: str, route: str, status: int, seconds: float) -> None:
    """One request more for Prometheus, once it is asked for."""
    key = (service, method, route, status)
    waiting = _WAITING[key]
    waiting.append(seconds)
    if len(waiting) >= COUNT_AT:
        _count(key)


def count_all() -> None:
    """What waits is counted: to be called before the counters are read."""
    for key, waiting in _WAITING.items():
        if waiting:
            _count(key)


def _count(key: Answered) -> None:
    """Many at once: one by one, in between all else that a request does, each costs more."""
    seconds, _WAITING[key] = _WAITING[key], []
    service, method, route, status = key
    labels = (service, method if method in hdrs.METH_ALL else "OTHER", route)
    telemetry.HTTP_REQUESTS.labels(*labels, status).inc(len(seconds))
    if status != 101:  # a WebSocket's life is no latency
        telemetry.observe_many(telemetry.HTTP_DURATION.labels(*labels), seconds)


@web.middleware
async def trace(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A span for each request, below the caller's when `traceparent` came along."""
    route = route_of(request)
    attributes = {"http.request.method": request.method, "http.route": route}
    traceparent = request.headers.get("traceparent")
    with telemetry.span(f"{request.method} {route}", SpanKind.SERVER, traceparent, attributes) as span:
        response = await handler(request)
        span.set_attribute("http.response.status_code", response.status)
        if response.status >= 500:
            telemetry.mark_failed(span, str(response.status))
        return response


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error is an RFC 9457 problem. A stack goes to the log, never to the client."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _from_aiohttp(error, request)
    except web.RequestPayloadError as error:  # what was sent is not what it says it is, or ended too soon
        log.info("http.body_unreadable", method=request.method, path=request.path, reason=str(error))
        return problem_response(bad_request("The body cannot be read as its headers say").problem, request)
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            log.exception("http.failed", method=request.method, path=request.path)
            problem = internal(request[REQUEST_ID]).problem
        elif problem.status >= 500:
            log.warning("http.unavailable", method=request.method, path=request.path, detail=problem.detail)
        return problem_response(problem, request)


def problem_response(
    problem: Problem, request: web.Request | None = None, more_headers: Mapping[str, str] | None = None
) -> web.Response:
    """The problem as JSON, its extensions as members beside the standard ones."""
    body = msgspec.to_builtins(problem)
    extensions = body.pop("extensions", {})
    if request is not None:
        body.setdefault("instance", f"urn:belfry:request:{request[REQUEST_ID]}")
    headers = {"Cache-Control": "no-store", **(more_headers or {})}
    if problem.retry_after_seconds is not None:
        headers[hdrs.RETRY_AFTER] = str(problem.retry_after_seconds)
    return web.Response(
        body=msgspec.json.encode({**extensions, **body}),
        status=problem.status,
        content_type=PROBLEM_TYPE,
        headers=headers,
    )


def route_of(request: web.Request) -> str:
    return template_of(request.match_info.route)


def template_of(route: web.AbstractRoute) -> str:
    """One name for everything that matches none, so that paths never become series."""
    resource = route.resource
    return resource.canonical if resource is not None else UNMATCHED


def _from_aiohttp(error: web.HTTPException, request: web.Request) -> web.Response:
    response = problem_response(_problem_for(error, request).problem, request)
    response.headers.extend({name: error.headers[name] for name in (hdrs.ALLOW,) if name in error.headers})
    return response


def _problem_for(error: web.HTTPException, request: web.Request) -> ProblemError:
    if isinstance(error, web.HTTPNotFound):
        return not_found(f"Nothing is at {request.path}")
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        detail = f"{request.path} takes {allowed}, not {error.method}"
        return ProblemError(Problem(status=405, title="Method not allowed", detail=detail))
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return too_large(request.client_max_size)
    if isinstance(error, web.HTTPBadRequest):
        return bad_request(error.text or error.reason)
    return ProblemError(Problem(status=error.status, title=error.reason, detail=error.text or ""))


MIDDLEWARES: tuple[Middleware, ...] = (identify, measure, trace, answer_errors)
