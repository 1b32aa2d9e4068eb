"""For ASGI applications (Starlette, FastAPI, Django and others): one class around the application."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any

from belfry_reporter.core import Reporter
from belfry_reporter.wire import UNMATCHED_ROUTE

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLIENT_LEFT = 499
FAILED = 500


class Latencies:
    """`app = Latencies(app, reporter)`. Sends from the application's first request on, until its lifespan ends."""

    def __init__(self, app: App, reporter: Reporter) -> None:
        self._app, self._reporter = app, reporter
        self._sending: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._sending is None:
            self._sending = asyncio.create_task(self._reporter.run(), name="latency reporter")
        if scope["type"] == "http":
            await self._measure(scope, receive, send)
            return
        await self._app(scope, receive, send)
        if scope["type"] == "lifespan":
            await self._stop(self._sending)

    async def _measure(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, status = perf_counter(), FAILED

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note)
        except asyncio.CancelledError:
            status = CLIENT_LEFT
            raise
        finally:
            self._reporter.record(scope["method"], route_of(scope), status, perf_counter() - started)

    async def _stop(self, sending: "asyncio.Task[None]") -> None:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await self._reporter.close()


def route_of(scope: Scope) -> str:
    """The route template that the router left in the scope: Starlette's and FastAPI's `route`, else the one series of
    what cannot be told."""
    return getattr(scope.get("route"), "path", None) or UNMATCHED_ROUTE
