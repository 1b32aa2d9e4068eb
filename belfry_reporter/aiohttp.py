"""For aiohttp: the middleware that measures, and the context that sends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import perf_counter

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from belfry_reporter.core import Reporter
from belfry_reporter.wire import UNMATCHED_ROUTE

SWITCHING_PROTOCOLS = 101
CLIENT_LEFT = 499
FAILED = 500


def middleware(reporter: Reporter) -> Middleware:
    """Measures each request by its route template. Put it first, so that it measures all that is done."""

    @web.middleware
    async def report(request: web.Request, handler: Handler) -> web.StreamResponse:
        started, status = perf_counter(), FAILED
        try:
            response = await handler(request)
            status = response.status
            return response
        except web.HTTPException as error:
            status = error.status
            raise
        except asyncio.CancelledError:
            status = CLIENT_LEFT
            raise
        finally:
            if status != SWITCHING_PROTOCOLS:  # a WebSocket's life is no latency
                reporter.record(request.method, route_of(request), status, perf_counter() - started)

    return report


def route_of(request: web.Request) -> str:
    """The route template; all that matches none is one series, so that paths never become series."""
    resource = request.match_info.route.resource
    return UNMATCHED_ROUTE if resource is None else resource.canonical


def running(reporter: Reporter) -> Callable[[web.Application], AsyncIterator[None]]:
    """A cleanup context that sends for as long as the application lives."""

    async def context(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(reporter.run(), name="latency reporter")
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await reporter.close()

    return context
