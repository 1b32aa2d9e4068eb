"""A small fleet to watch, some of it broken: `make demo`. `python -m deploy.local.demo PORT` serves it."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct, json
from msgspec.structs import replace

from deploy.local.fleet import is_ready
from deploy.local.ports import choose
from deploy.local.program import Program
from deploy.local.settings import ROOT, LocalSettings

HOST = "127.0.0.1"
DATA_DIR = ".belfry/demo"
ROUND_SECONDS = 240
"""What goes wrong now and then does so once in this time."""

Answer = Callable[[float], Awaitable[web.Response]]


class Actor(Struct, frozen=True, kw_only=True):
    """One service of the fleet: how it answers at a moment of the round (0 to ROUND_SECONDS), and whom it needs."""

    id: str
    name: str
    group: str
    answer: Answer
    needs: tuple[str, ...] = ()
    check: dict[str, Any] = {}
    public: bool = False


async def well(moment: float) -> web.Response:
    return web.json_response({"status": "pass", "queue": {"depth": 3}})


async def slow(moment: float) -> web.Response:
    await asyncio.sleep(0.45)
    return await well(moment)


async def sometimes_down(moment: float) -> web.Response:
    if moment < ROUND_SECONDS / 3:
        return web.json_response({"status": "fail", "output": "no connection left in the pool"}, status=503)
    return await well(moment)


async def overloaded(moment: float) -> web.Response:
    return web.json_response({"status": "pass", "queue": {"depth": 4200}})


FLEET: Sequence[Actor] = (
    Actor(
        id="storefront", name="Storefront", group="Customers", answer=well, needs=("checkout", "search"), public=True
    ),
    Actor(id="checkout", name="Checkout", group="Customers", answer=well, needs=("payments", "inventory"), public=True),
    Actor(id="payments", name="Payments", group="Backend", answer=sometimes_down, needs=("ledger",), public=True),
    Actor(id="ledger", name="Ledger", group="Backend", answer=well),
    Actor(id="inventory", name="Inventory", group="Backend", answer=well, needs=("warehouse",)),
    Actor(id="search", name="Search", group="Backend", answer=slow, check={"degraded_ms": 300}),
    Actor(
        id="warehouse",
        name="Warehouse",
        group="Partners",
        answer=overloaded,
        check={"assertions": [{"path": "$.queue.depth", "operator": "<", "value": 1000}]},
    ),
)


def stage(settings: LocalSettings, environ: Mapping[str, str]) -> tuple[LocalSettings, list[Program]]:
    """Settings that watch the fleet, in a data directory of its own unless one is given, and the fleet."""
    data_dir = settings.data_dir if "BELFRY_DATA_DIR" in environ else DATA_DIR
    settings = replace(settings, data_dir=data_dir, config_path=str(Path(data_dir) / "demo.yaml"))
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    port = choose({"demo": 0}, settings.data / "demo-port.json")["demo"]
    write_config(settings.config, port)
    return settings, [program(settings, port)]


def spec(actor: Actor, port: int) -> dict[str, Any]:
    """What the configuration file says of one of them."""
    return {
        "id": actor.id,
        "name": actor.name,
        "group": actor.group,
        "public": actor.public,
        "interval_seconds": 5,
        "dependencies": [{"id": needed} for needed in actor.needs],
        "checks": [{"kind": "http", "url": f"http://{HOST}:{port}/{actor.id}", **actor.check}],
    }


def write_config(path: Path, port: int) -> None:
    """As JSON, which is YAML too."""
    document = {"services": [spec(actor, port) for actor in FLEET]}
    path.write_bytes(json.format(json.encode(document), indent=2) + b"\n")


def program(settings: LocalSettings, port: int) -> Program:
    return Program(
        name="demo",
        argv=(sys.executable, "-m", "deploy.local.demo", str(port)),
        ready=is_ready(HOST, port),
        log_path=settings.logs / "demo.log",
        env={"PYTHONPATH": str(ROOT)},
    )


def create_app() -> web.Application:
    app = web.Application()
    app.router.add_get("/readyz", _handler(well))
    for actor in FLEET:
        app.router.add_get(f"/{actor.id}", _handler(actor.answer))
    return app


def _handler(answer: Answer) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return await answer(time.time() % ROUND_SECONDS)

    return handle


if __name__ == "__main__":
    web.run_app(create_app(), host=HOST, port=int(sys.argv[1]), print=None, access_log=None)
