"""Services that tell their latencies to the Belfry under test, and what its interface says of them."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from belfry_reporter import NatsSender, Reporter
from belfry_reporter.aiohttp import middleware, running
from tests.e2e import shop
from tests.e2e.started import TOKEN, Belfry
from tests.fixtures.processes import ROOT, clean_environment
from tests.fixtures.waiting import until

LATENCY = "/api/v1/admin/latency"


async def summary(api: aiohttp.ClientSession, service: str) -> dict[str, Any]:
    async with api.get(f"{LATENCY}/summary", params={"service": service, "limit": 200}) as answer:
        return dict(await answer.json()) if answer.ok else {}


async def until_counted(api: aiohttp.ClientSession, service: str, requests: int) -> dict[str, Any]:
    """The summary of a service, once it holds so many requests."""
    return await until(partial(summary, api, service), lambda found: found.get("total_count") == requests)


async def otlp_door(belfry: Belfry) -> str:
    """Where OpenTelemetry sends to, as the launcher says it in the end."""

    async def found() -> list[str]:
        return re.findall(r"OTEL_EXPORTER_OTLP_ENDPOINT=(\S+)", belfry.told)

    [url] = await until(found, bool)
    return url


async def run_shop(belfry: Belfry) -> None:
    door = {"OTEL_EXPORTER_OTLP_ENDPOINT": await otlp_door(belfry)}
    environment = {**clean_environment(), **shop.CONFIGURATION, **door}
    client = await asyncio.create_subprocess_exec(sys.executable, "-m", shop.__name__, env=environment, cwd=ROOT)
    assert await client.wait() == 0
    async with aiohttp.ClientSession(belfry.url, headers={"Authorization": f"Bearer {TOKEN}"}) as api:
        await until_counted(api, shop.SERVICE, shop.REQUESTS)


@asynccontextmanager
async def reporting_app(belfry: Belfry, service: str) -> AsyncIterator[aiohttp.ClientSession]:
    """An aiohttp application with Belfry's reporter, and a client in front of it."""

    async def word(request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["word"])

    reporter = Reporter(service, NatsSender(belfry.nats, belfry.observer_seed))
    app = web.Application(middlewares=[middleware(reporter)])
    app.cleanup_ctx.append(running(reporter))
    app.router.add_get("/words/{word}", word)
    async with TestServer(app) as server, aiohttp.ClientSession(server.make_url("/")) as client:
        yield client
