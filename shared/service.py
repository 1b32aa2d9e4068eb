"""The frame of every process: what an application starts with, and the life of what it holds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager

import msgspec
import structlog
from aiohttp import web
from msgspec import Struct

from shared import db, telemetry
from shared.bus import Bus, BusOptions
from shared.bus_state import BUS_MEANINGS
from shared.contracts.wire import Rpc
from shared.keys import BUS, POOL, REPORTER, SETTINGS
from shared.metrics import BUILD, QueueMetrics, Watched
from shared.middleware import MIDDLEWARES, count_all, problem_response
from shared.process import run
from shared.readiness import DEPENDENCIES, HEALTH_TYPE, add_readiness, examine, readiness_endpoint
from shared.reporting import REPORTER_MEANINGS, kept_by, reporting_context
from shared.rpc import Handler, serve
from shared.settings import Settings
from shared.version import VERSION
from shared.vitals import vitals_context

__all__ = [
    "BUS",
    "POOL",
    "REPORTER",
    "SETTINGS",
    "add_endpoints",
    "add_figures",
    "add_queue",
    "add_readiness",
    "bus_context",
    "new_app",
    "pool_context",
    "problem_response",
    "readiness_endpoint",
    "rpc_context",
    "run",
]

log = structlog.get_logger()

ENDPOINTS: web.AppKey[list[tuple[Rpc, Handler]]] = web.AppKey("ENDPOINTS", list)
QUEUES: web.AppKey[list[Watched]] = web.AppKey("QUEUES", list)
FIGURES: web.AppKey[list[tuple[str, Callable[[], Struct], Mapping[str, str]]]] = web.AppKey("FIGURES", list)

MAX_BODY_BYTES = 1024 * 1024
START_WAIT_SECONDS = 0.5  # a bus that is there is connected before the first request; one that is away holds up nothing
CLOSE_SECONDS = 0.6  # for each resource; all of them together must fit into the time a process has to end


def new_app(settings: Settings, max_body_bytes: int = MAX_BODY_BYTES) -> web.Application:
    """An application with settings, middlewares, /healthz, /readyz and /metrics."""
    app = web.Application(middlewares=MIDDLEWARES, client_max_size=max_body_bytes)
    app[SETTINGS] = settings
    app[DEPENDENCIES] = {}
    app[ENDPOINTS] = []
    app[FIGURES] = []
    app[QUEUES] = []
    BUILD.labels(settings.service, VERSION).set(1)
    app.add_routes(ROUTES)
    return app


async def pool_context(app: web.Application) -> AsyncIterator[None]:
    """A pool under POOL for the life of the application. Ready when the database is, and its schema fits."""
    settings = app[SETTINGS]
    pool = app[POOL] = await db.connect(settings)
    add_readiness(app, "postgres", lambda: db.ping(pool, settings))
    add_queue(app, db.in_use(pool))
    waiting = asyncio.create_task(db.wait_until_ready(pool, settings), name="database wait")
    yield
    waiting.cancel()
    await asyncio.wait([waiting, asyncio.ensure_future(pool.close())], timeout=CLOSE_SECONDS)
    pool.terminate()  # what did not end by itself in time


async def bus_context(app: web.Application) -> AsyncIterator[None]:
    """A Bus under BUS, and over it a Reporter of latencies and of the process itself, for the life of the
    application."""
    options = BusOptions(start_seconds=START_WAIT_SECONDS, close_seconds=CLOSE_SECONDS)
    bus = app[BUS] = await Bus.connect(app[SETTINGS], options)
    add_readiness(app, "nats", bus.rtt)
    async with asynccontextmanager(reporting_context)(app), asynccontextmanager(vitals_context)(app):
        reporter = app[REPORTER]
        add_figures(app, "belfry_bus", bus.state, BUS_MEANINGS)
        add_figures(app, "belfry_reporter", lambda: reporter.state, REPORTER_MEANINGS)
        add_queue(app, *bus.queues(), kept_by(reporter))
        yield
    await bus.close()


def add_endpoints(app: web.Application, endpoints: Iterable[tuple[Rpc, Handler]]) -> None:
    """What this service answers on the bus; to be called before `rpc_context` starts."""
    app[ENDPOINTS].extend(endpoints)


def add_figures(app: web.Application, prefix: str, read: Callable[[], Struct], meanings: Mapping[str, str]) -> None:
    """The numbers of the Struct that `read` returns, at /metrics as `<prefix>_<field>`. `meanings`: of each field."""
    app[FIGURES].append((prefix, read, meanings))


def add_queue(app: web.Application, *queues: Watched) -> None:
    """Depth, bound and drops of what holds work, at /metrics."""
    app[QUEUES].extend(queues)


async def rpc_context(app: web.Application) -> AsyncIterator[None]:
    """Serves the endpoints added before, and the readiness of the process. Comes last, so that it ends first."""
    settings = app[SETTINGS]
    needs = ",".join(f"belfry-{name}" for name in app[DEPENDENCIES])
    metadata = {"group": "Belfry", "depends_on": needs}
    endpoints = [readiness_endpoint(app), *app[ENDPOINTS]]
    serving = await serve(app[BUS], settings, endpoints, metadata, reporter=app[REPORTER])
    yield
    await serving.stop()


async def healthz(request: web.Request) -> web.Response:
    """Alive: this process answers. Says nothing of others, so that no outage of theirs restarts us."""
    return web.json_response({"status": "pass", "serviceId": request.app[SETTINGS].service}, content_type=HEALTH_TYPE)


async def readyz(request: web.Request) -> web.Response:
    """Ready: every dependency answers. 503 names those that do not."""
    readiness = await examine(request.app)
    status = 200 if readiness.status == "pass" else 503
    return web.Response(body=msgspec.json.encode(readiness), status=status, content_type=HEALTH_TYPE)


async def metrics(request: web.Request) -> web.Response:
    """What this process measures, for Prometheus."""
    count_all()
    app, labels = request.app, {"service": request.app[SETTINGS].service}
    figures = [telemetry.StateMetrics(prefix, read(), labels, said) for prefix, read, said in app[FIGURES]]
    watched = app[QUEUES]
    queues = QueueMetrics(labels["service"], watched)
    return web.Response(body=telemetry.exposition(queues, *figures), headers={"Content-Type": telemetry.METRICS_TYPE})


ROUTES = [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
