"""Delays and refuses a share of requests on purpose."""

import asyncio

from aiohttp import web

from gateway.interceptors.step import Rest, Step, Tools
from shared.contracts.interceptors import FaultInjectionSettings
from shared.contracts.wire import Problem
from shared.problems import ProblemError

SPARED = "/api/v1/admin/middleware"  # where it is switched off again


def build(settings: FaultInjectionSettings, tools: Tools) -> Step | None:
    prefix, random = settings.path_prefix, tools.random
    delayed, refused = settings.delay_pct / 100, settings.abort_pct / 100
    delay_seconds = settings.delay_ms / 1000

    async def fault_injection(request: web.Request, rest: Rest) -> web.StreamResponse:
        if not request.path.startswith(prefix) or request.path.startswith(SPARED):
            return await rest(request)
        if delayed and random() < delayed:
            await asyncio.sleep(delay_seconds)
        if refused and random() < refused:
            raise injected(settings.abort_status)
        return await rest(request)

    return fault_injection if delayed or refused else None


def injected(status: int) -> ProblemError:
    detail = "Refused on purpose, by fault_injection"
    return ProblemError(Problem(status=status, title="Injected fault", detail=detail, extensions={"code": "injected"}))
