"""`python -m tests.bench.gateway_worker WHAT`: one of the servers that are compared; prints its port.

`bare`: aiohttp and a handler that gives bytes. `service`: who answers on the bus for the gateways. `none`, `asked`,
`cached`: the gateway without a chain; with all of it, asking the service each time; with all of it, from the cache.
`starlette`, `starlette_chain`: Starlette on uvicorn, and the counterparts of our steps that come with it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TextIO

import msgspec
import uvloop
from aiohttp import web

from gateway.app import create_app
from gateway.chain.compiled import compile_chain
from gateway.chain.holder import HOLDER
from gateway.settings import GatewaySettings
from shared import log as logs
from shared.bus import Bus
from shared.contracts.catalogue import default_chain
from shared.contracts.health.procedures import LIST_MAINTENANCE
from shared.contracts.pipeline.chain import Chain
from shared.contracts.wire import Nothing
from shared.process import keep_for_ever
from shared.rpc import Caller, Encoded, serve
from shared.settings import Settings
from tests.bench.stage import TOKEN

BODY = Path("tests/contracts/golden/health/maintenance.json").read_bytes()
PATH = "/api/v1/admin/health/maintenance"
PLENTY = 10_000_000
SETTINGS = {
    "asked": {"cache": {"fresh_seconds": 0}},
    "cached": {"cache": {"fresh_seconds": 60}},
}


def main() -> None:
    what = sys.argv[1]
    if what.startswith("starlette"):
        from tests.bench.gateway_starlette import run

        run(with_chain=what.endswith("chain"))
        return
    uvloop.run({"bare": bare, "service": service}.get(what, lambda: gateway(what))())


async def bare() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=BODY, content_type="application/json")

    app = web.Application()
    app.router.add_get(PATH, answer)
    await until_ended(app)


async def service() -> None:
    given = Settings(service="health_svc", nats_url=os.environ["NATS_URL"])

    async def answer(request: Nothing, caller: Caller) -> Encoded:
        return Encoded(BODY)

    async def answering(_: web.Application) -> AsyncIterator[None]:
        bus = await Bus.connect(given)
        serving = await serve(bus, given, [(LIST_MAINTENANCE, answer)], {})
        yield
        await serving.stop()
        await bus.close()

    app = web.Application()
    app.cleanup_ctx.append(answering)
    await until_ended(app)


async def gateway(what: str) -> None:
    settings = GatewaySettings(
        nats_url=os.environ["NATS_URL"],
        database_url=os.environ["DATABASE_URL"],
        admin_token=TOKEN,
        instance=what,
    )
    app = create_app(settings)

    async def chain_of_the_bench(app: web.Application) -> AsyncIterator[None]:
        holder = app[HOLDER]
        holder.chain = compile_chain(chain_for(what), holder.tools, holder.meter)
        yield

    app.cleanup_ctx.append(chain_of_the_bench)
    await until_ended(app, settings)


def chain_for(what: str) -> Chain:
    """The default chain, with a limit nobody reaches; or none."""
    if what == "none":
        return Chain(revision=0, steps=default_chain().steps[:1])  # the id, which handlers ask for
    given = {"rate_limit": {"requests": PLENTY, "burst": PLENTY}, **SETTINGS[what]}
    steps = [msgspec.structs.replace(step, settings=given.get(step.id, {})) for step in default_chain().steps]
    return Chain(revision=0, steps=steps)


async def until_ended(app: web.Application, settings: Settings | None = None) -> None:
    """Serves until standard input ends; only the port comes out at standard output."""
    port_to, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: ASYNC230, SIM115
    logs.configure(settings or Settings(service="bench"))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    keep_for_ever()  # as each process of Belfry does; the bare one may, too
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print_port(port_to, runner.addresses[0][1])
    await asyncio.to_thread(sys.stdin.buffer.read)
    await runner.cleanup()


def print_port(to: TextIO, port: int) -> None:
    print(msgspec.json.encode([port, os.getpid()]).decode(), file=to, flush=True)


if __name__ == "__main__":
    main()
