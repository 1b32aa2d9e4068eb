"""One service of the shop: its endpoints, its health, its switch for faults."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from math import log

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from demo import telemetry
from demo.faults import PATH as FAULTS
from demo.faults import Switch
from demo.shop import SHOP, Call, Endpoint, url_of

HEALTH = "/health"
CALL_TIMEOUT = ClientTimeout(total=10)
HTTP = web.AppKey("HTTP", ClientSession)

Handle = Callable[[web.Request], Awaitable[web.Response]]


def create_app(name: str) -> web.Application:
    """The service of that name, with its own telemetry."""
    told, switch = telemetry.start(), Switch()
    app = web.Application(middlewares=[telemetry.measuring(told, frozenset({HEALTH, FAULTS}))])
    app.router.add_get(HEALTH, _health(switch))
    switch.add_routes(app)
    for endpoint in SHOP[name]:
        app.router.add_route(endpoint.method, endpoint.route, _serve(endpoint, switch))
    app.cleanup_ctx.append(_client)
    app.on_cleanup.append(_last_measurements(told))
    return app


def _health(switch: Switch) -> Handle:
    async def handle(request: web.Request) -> web.Response:
        if await switch.feel():
            return web.json_response({"status": "fail", "output": "told to fail by /faults"}, status=503)
        return web.json_response({"status": "pass"})

    return handle


def _serve(endpoint: Endpoint, switch: Switch) -> Handle:
    async def handle(request: web.Request) -> web.Response:
        if await switch.feel() or random.uniform(0, 100) < endpoint.failing_pct:
            raise web.HTTPInternalServerError
        await asyncio.sleep(random.lognormvariate(log(endpoint.median_ms), endpoint.spread) / 1000)
        for call in endpoint.calls:
            await _ask(request.app[HTTP], call)
        return web.json_response({"done": True})

    return handle


async def _ask(http: ClientSession, call: Call) -> None:
    """Raises HTTPBadGateway when the other one fails, and nothing can be done instead."""
    if await _succeeds(http, call):
        return
    if call.instead_ms is None:
        raise web.HTTPBadGateway(text=f"{call.to} failed\n")
    await asyncio.sleep(call.instead_ms / 1000)


async def _succeeds(http: ClientSession, call: Call) -> bool:
    try:
        headers = telemetry.headers_of_trace()
        async with http.request(call.method, url_of(call.to) + call.path, headers=headers) as answer:
            return answer.status < 500
    except (ClientError, TimeoutError):
        return False


async def _client(app: web.Application) -> AsyncIterator[None]:
    async with ClientSession(timeout=CALL_TIMEOUT) as app[HTTP]:
        yield


def _last_measurements(told: telemetry.Telemetry) -> Callable[[web.Application], Awaitable[None]]:
    async def send(app: web.Application) -> None:
        await asyncio.to_thread(told.shutdown)

    return send
