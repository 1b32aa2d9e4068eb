"""Remote procedures over the bus: who asks, until when, and an answer or a problem."""

import asyncio
import gzip
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any
from uuid import uuid4

import msgspec
import structlog
from msgspec import Struct
from opentelemetry.trace import SpanKind

from belfry_reporter import Reporter
from shared import telemetry
from shared.bus import Bus, Message, Reply
from shared.contracts.wire import DEADLINE_HEADER, ROLES, Problem, Role, Rpc
from shared.envelope import quoted, unquoted
from shared.metrics import calls_of
from shared.micro import Endpoint, Micro
from shared.problems import ProblemError, internal, problem_of, unavailable
from shared.settings import Settings
from shared.validate import decode
from shared.version import VERSION

__all__ = ["Caller", "Encoded", "Handler", "Reply", "answer_of", "call", "serve"]

log = structlog.get_logger(__name__)

GZIP_FROM_BYTES = 16 * 1024
CONCURRENCY = 64
ERROR, ERROR_CODE = "Nats-Service-Error", "Nats-Service-Error-Code"


class Caller(Struct, frozen=True, kw_only=True):
    """On whose behalf: `deadline` is the epoch in seconds after which nobody waits any more. `proof`: what the one who
    asks has to show first, where a procedure wants that."""

    actor: str
    role: Role = "viewer"
    request_id: str = ""
    deadline: float | None = None
    traceparent: str = ""
    idempotency_key: str = ""
    proof: str = ""


class Encoded(Struct, frozen=True):
    """An answer that is encoded already; `encoding` is its Content-Encoding."""

    body: bytes
    encoding: str | None = None
    etag: str | None = None


Handler = Callable[[Any, Caller], Awaitable[Any]]
"""Takes the request Struct and the caller; returns the response Struct or Encoded, or raises ProblemError."""


async def call(
    bus: Bus, rpc: Rpc, request: Struct | bytes, caller: Caller, deadline_seconds: float | None = None
) -> Reply:
    """Ask and wait, no longer than the deadline. Raises ProblemError: the service's own, or 503 naming the service."""
    wait_seconds = rpc.deadline_seconds if deadline_seconds is None else deadline_seconds
    if caller.deadline is not None:
        wait_seconds = min(wait_seconds, caller.deadline - time.time())
    if wait_seconds <= 0:
        raise unavailable(service_of(rpc), "No time is left to ask")
    body = request if isinstance(request, bytes) else msgspec.json.encode(request)
    started, outcome = time.perf_counter(), "unanswered"
    try:
        with telemetry.span(f"rpc {rpc.subject}", SpanKind.CLIENT, caller.traceparent or None):
            reply = await bus.request(rpc.subject, body, _headers(caller, wait_seconds), wait_seconds)
        outcome = reply.headers.get(ERROR_CODE, "ok")
    finally:
        calls, duration = calls_of(rpc.subject, outcome)
        calls.inc()
        duration.observe(time.perf_counter() - started)
    if ERROR_CODE in reply.headers:
        raise ProblemError(_problem(rpc, reply))
    return reply


def answer_of(rpc: Rpc, reply: Reply) -> Any:
    """The response Struct in a reply. Raises ProblemError 503 for one that cannot be read."""
    body = gzip.decompress(reply.data) if reply.headers.get("Content-Encoding") == "gzip" else reply.data
    try:
        return msgspec.json.decode(body, type=rpc.response)
    except msgspec.MsgspecError as error:
        raise unavailable(service_of(rpc), f"The answer cannot be read: {error}") from error


async def serve(
    bus: Bus,
    settings: Settings,
    handlers: Sequence[tuple[Rpc, Handler]],
    metadata: dict[str, str],
    concurrency: int = CONCURRENCY,
    reporter: Reporter | None = None,
) -> Micro:
    """Serve as a NATS micro service, up to `concurrency` requests of each endpoint at a time, until `.stop()`. Their
    durations go to `reporter` too."""
    micro = Micro(bus, settings.service, VERSION, metadata)
    for rpc, handler in handlers:
        endpoint = Endpoint(rpc.name, rpc.subject, settings.service, _answering(bus, settings, rpc, handler, reporter))
        await micro.add_endpoint(endpoint, concurrency)
    await micro.start()
    return micro


def service_of(rpc: Rpc) -> str:
    return rpc.domain if rpc.domain == "gateway" else f"{rpc.domain}_svc"


def caller_of(headers: dict[str, str]) -> Caller:
    """Who asks, as the headers say; a request without them is an anonymous viewer's."""
    role = headers.get("Belfry-Role", "")
    deadline = headers.get(DEADLINE_HEADER, "")
    return Caller(
        actor=unquoted(headers, "Belfry-Actor", "anonymous"),
        role=role if role in ROLES else "viewer",
        request_id=unquoted(headers, "Belfry-Request-Id"),
        deadline=int(deadline) / 1000 if deadline.isdigit() else None,
        traceparent=headers.get("traceparent", ""),
        idempotency_key=unquoted(headers, "Idempotency-Key"),
        proof=unquoted(headers, "Belfry-Proof"),
    )


def _headers(caller: Caller, wait_seconds: float) -> dict[str, str]:
    headers = {
        "Belfry-Actor": quoted(caller.actor),
        "Belfry-Role": caller.role,
        "Belfry-Request-Id": quoted(caller.request_id),
        DEADLINE_HEADER: str(round((time.time() + wait_seconds) * 1000)),
        "traceparent": telemetry.current_traceparent() or caller.traceparent,
        "Idempotency-Key": quoted(caller.idempotency_key or str(uuid4())),
        "Belfry-Proof": quoted(caller.proof),
    }
    return {name: value for name, value in headers.items() if value}


def _problem(rpc: Rpc, reply: Reply) -> Problem:
    try:
        return msgspec.json.decode(reply.data, type=Problem)
    except msgspec.MsgspecError:
        detail = f"{service_of(rpc)} answered with an error: {unquoted(reply.headers, ERROR)}"
        return unavailable(service_of(rpc), detail).problem


def _answering(
    bus: Bus, settings: Settings, rpc: Rpc, handler: Handler, reporter: Reporter | None
) -> Callable[[Message], Awaitable[str]]:
    """The endpoint's work: refuse what is late, run the handler, answer; measured and traced."""

    async def answer(message: Message) -> str:
        caller = caller_of(message.headers)
        left_seconds = rpc.deadline_seconds if caller.deadline is None else caller.deadline - time.time()
        if left_seconds <= 0:
            telemetry.RPC_REQUESTS.labels(rpc.subject, "late").inc()
            return "late"
        started = time.perf_counter()
        with (
            telemetry.span(f"rpc {rpc.subject}", SpanKind.SERVER, caller.traceparent or None) as span,
            structlog.contextvars.bound_contextvars(request_id=caller.request_id),
        ):
            problem = await _run(bus, settings, rpc, handler, message, caller, left_seconds)
            if problem is not None and problem.status >= 500:
                telemetry.mark_failed(span, str(problem.status))
        outcome = "ok" if problem is None else str(problem.status)
        telemetry.RPC_REQUESTS.labels(rpc.subject, outcome).inc()
        seconds = time.perf_counter() - started
        telemetry.RPC_DURATION.labels(rpc.subject).observe(seconds)
        if reporter is not None:
            reporter.record("RPC", rpc.subject, 200 if problem is None else problem.status, seconds)
        return "" if problem is None else f"{problem.status}:{problem.title}"

    return answer


async def _run(
    bus: Bus, settings: Settings, rpc: Rpc, handler: Handler, message: Message, caller: Caller, left_seconds: float
) -> Problem | None:
    """Answer the request; returns the problem it was answered with, or None."""
    try:
        answer = await _handled(settings, rpc, handler, message, caller, left_seconds)
        await _respond(bus, message, answer)
        return None
    except Exception as error:
        problem = problem_of(error)
        if problem is None:
            problem = internal(caller.request_id).problem
            log.exception("rpc.failed", endpoint=rpc.subject, actor=caller.actor)
    headers = {ERROR: quoted(problem.title), ERROR_CODE: str(problem.status)}
    try:
        await bus.send(message.reply, msgspec.json.encode(problem), headers)
    except ProblemError:
        log.warning("rpc.not_answered", endpoint=rpc.subject)
    return problem


async def _handled(
    settings: Settings, rpc: Rpc, handler: Handler, message: Message, caller: Caller, left_seconds: float
) -> Encoded:
    """The handler's answer, ready to send. Raises ProblemError 503 when it takes longer than the caller waits."""
    try:
        async with asyncio.timeout(left_seconds) as limit:
            request: Any = decode(message.data or b"{}", rpc.request)
            answer = await handler(request, caller)
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise unavailable(settings.service, f"{rpc.name} took longer than {left_seconds:.1f} s") from error
    return answer if isinstance(answer, Encoded) else Encoded(_encoder()(answer))


async def _respond(bus: Bus, message: Message, answer: Encoded) -> None:
    body, encoding = answer.body, answer.encoding
    if encoding is None and len(body) > GZIP_FROM_BYTES:
        body, encoding = await asyncio.to_thread(gzip.compress, body, 1), "gzip"
    headers = {"Content-Encoding": encoding or "", "ETag": answer.etag or ""}
    await bus.send(message.reply, body, {name: value for name, value in headers.items() if value} or None)


@lru_cache(maxsize=1)
def _encoder() -> Callable[[Any], bytes]:
    return msgspec.json.Encoder().encode
