"""Errors as OTLP wants them: a google.rpc.Status in the encoding of the request."""

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from google.rpc.code_pb2 import Code
from google.rpc.status_pb2 import Status

from latency_svc.otlp import codec
from shared.contracts.wire import Problem
from shared.keys import REQUEST_ID
from shared.problems import internal, problem_of

log = structlog.get_logger()

CODES = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    404: Code.NOT_FOUND,
    405: Code.UNIMPLEMENTED,
    413: Code.RESOURCE_EXHAUSTED,
    415: Code.INVALID_ARGUMENT,
    503: Code.UNAVAILABLE,
}
RETRY_SECONDS = 5

PATHS = "POST to /v1/metrics or /v1/traces; set OTEL_LOGS_EXPORTER=none, Belfry takes no logs"


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        response = status_response(request, Problem(status=error.status, title=error.reason, detail=_why(error)))
        response.headers.extend({name: error.headers[name] for name in (hdrs.ALLOW,) if name in error.headers})
        return response
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            log.exception("otlp.failed", path=request.path)
            problem = internal(request[REQUEST_ID]).problem
        elif problem.status >= 500:
            log.warning("otlp.unavailable", path=request.path, detail=problem.detail)
        return status_response(request, problem)


def status_response(request: web.Request, problem: Problem) -> web.Response:
    """Clients try again after 503, and after nothing else that is sent from here."""
    content_type = codec.JSON if request.content_type == codec.JSON else codec.PROTOBUF
    status = Status(code=CODES.get(problem.status, Code.UNKNOWN), message=problem.detail or problem.title)
    headers = {}
    if problem.status == 503:
        headers[hdrs.RETRY_AFTER] = str(problem.retry_after_seconds or RETRY_SECONDS)
    if problem.status == 401:
        headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="belfry"'
    body = codec.encode(status, content_type)
    return web.Response(body=body, status=problem.status, content_type=content_type, headers=headers)


def _why(error: web.HTTPException) -> str:
    return PATHS if error.status in (404, 405) else error.text or error.reason
