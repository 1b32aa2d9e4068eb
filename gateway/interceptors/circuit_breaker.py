"""Answers at once for a service that does not: each has a circuit of its own."""

import math
from asyncio import CancelledError

from aiohttp import web

from gateway.interceptors.breaker import Breaker
from gateway.interceptors.step import Rest, Step, Tools
from gateway.passage import PASSAGE
from shared.contracts.interceptors import CircuitBreakerSettings
from shared.contracts.wire import Problem, Rpc
from shared.problems import ProblemError
from shared.rpc import service_of

UNAVAILABLE = 503


def build(settings: CircuitBreakerSettings, tools: Tools) -> Step:
    now = tools.now
    breakers: dict[str, Breaker] = {}

    def breaker_of(rpc: Rpc) -> Breaker:
        """Of the service, found by the subject."""
        if rpc.subject not in breakers:
            new = Breaker(settings.error_pct, settings.min_requests, settings.window_seconds, settings.open_seconds)
            breakers[rpc.subject] = breakers.setdefault(service_of(rpc), new)
        return breakers[rpc.subject]

    async def circuit_breaker(request: web.Request, rest: Rest) -> web.StreamResponse:
        operation = PASSAGE.get().operation
        if operation is None or not isinstance(operation.answer, Rpc):
            return await rest(request)
        breaker = breaker_of(operation.answer)
        wait_seconds = breaker.refuses_for(now())
        if wait_seconds:
            raise opened(service_of(operation.answer), wait_seconds)
        failed, period = False, breaker.period
        try:
            return await rest(request)
        except BaseException as error:
            failed = is_failure(error, service_of(operation.answer))
            raise
        finally:
            breaker.ended(period, failed, now())

    return circuit_breaker


def is_failure(error: BaseException, service: str) -> bool:
    """Did the service give no answer? Also when the request was cut off while it waited for one; not when the service
    itself says what it lacks."""
    if not isinstance(error, ProblemError):
        return isinstance(error, CancelledError)
    return error.problem.status == UNAVAILABLE and error.problem.extensions.get("service") == service


def opened(service: str, wait_seconds: float) -> ProblemError:
    """503, and when to come back."""
    seconds = max(1, math.ceil(wait_seconds))
    problem = Problem(
        status=UNAVAILABLE,
        title="Service unavailable",
        detail=f"{service} did not answer lately, and is asked again in {seconds} s",
        retry_after_seconds=seconds,
        extensions={"service": service, "code": "circuit_open"},
    )
    return ProblemError(problem)
