"""A gateway on real servers, and who answers for the services from the golden files."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from aiohttp.test_utils import TestClient, TestServer

from gateway.app import create_app
from gateway.settings import GatewaySettings
from shared.bus import Bus
from shared.contracts import alerts, latency
from shared.contracts.alerts import procedures as alert
from shared.contracts.examples import LIST_EXAMPLES
from shared.contracts.health import procedures as health
from shared.contracts.health.maintenance import MaintenanceList
from shared.contracts.pipeline import procedures as pipeline
from shared.contracts.wire import Rpc
from shared.contracts.ws import procedures as ws
from shared.keys import BUS
from shared.problems import not_found
from shared.rpc import Caller, Encoded, Handler, serve
from shared.settings import Settings
from tests.backend.gateway.chains import Upstream, upstream
from tests.contracts.shop.files import GOLDEN
from tests.contracts.shop.specs import SPECS

PASSWORD = "correct horse battery"
ADMIN_TOKEN = "automation-token-0123456789"
AUTOMATION = {"Authorization": f"Bearer {ADMIN_TOKEN}"}

Client = TestClient[Any, Any]
StartGateway = Callable[..., Awaitable[Client]]

ANSWERS: dict[Rpc, str] = {
    health.LIST_SERVICES: "board",
    health.GET_SERVICE: "service_detail",
    health.CREATE_SERVICE: "service_detail",
    health.UPDATE_SERVICE: "service_detail",
    health.GET_HISTORY: "history",
    health.LIST_RUNS: "runs",
    health.CHECK_NOW: "check_run",
    health.TRY_SERVICE: "check_run",
    health.GET_DEPENDENCIES: "dependencies",
    health.LIST_INCIDENTS: "incidents",
    health.LIST_MAINTENANCE: "maintenance",
    health.GET_STATUS_PAGE: "status_page",
}


class HealthOnBus:
    """Answers every health RPC; `asked` keeps who asked what."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any, Caller]] = []

    def handlers(self) -> list[tuple[Rpc, Handler]]:
        return [(rpc, self._handler(rpc)) for rpc in health.RPCS]

    def _handler(self, rpc: Rpc) -> Handler:
        name = ANSWERS.get(rpc)
        body = (GOLDEN / f"health/{name}.json").read_bytes() if name else b"{}"
        if rpc in (health.CREATE_MAINTENANCE, health.UPDATE_MAINTENANCE):
            body = first_window()

        async def answer(request: Any, caller: Caller) -> Encoded:
            self.asked.append((rpc.name, request, caller))
            if getattr(request, "service_id", "ledger-db") not in SPECS and rpc is not health.RECORD_HEARTBEAT:
                raise not_found(f"There is no service {request.service_id}")
            return Encoded(body)

        return answer

    def callers(self, name: str) -> list[Caller]:
        return [caller for asked, _, caller in self.asked if asked == name]

    def requests(self, name: str) -> list[Any]:
        return [request for asked, request, _ in self.asked if asked == name]


def first_window() -> bytes:
    windows = msgspec.json.decode((GOLDEN / "health/maintenance.json").read_bytes(), type=MaintenanceList)
    return msgspec.json.encode(windows.maintenance[0])


@pytest.fixture
async def start_gateway(service_settings: Callable[..., Any]) -> AsyncIterator[StartGateway]:
    """`await start_gateway(public_url=...)`: a client of a gateway of its own, on the test's database."""
    clients: list[Client] = []

    async def start(**changes: Any) -> Client:
        given = {"admin_password": PASSWORD, "admin_token": ADMIN_TOKEN, **changes}
        client = TestClient(TestServer(create_app(service_settings("gateway", GatewaySettings, **given))))
        await client.start_server()
        clients.append(client)
        if "nats_url" not in changes:  # its own start does not wait for long
            assert client.app is not None
            await client.app[BUS].wait_up(60)
        return client

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> Client:
    return await start_gateway()


@pytest.fixture
async def upstream_health(nats_url: str) -> AsyncIterator[Upstream]:
    """A health_svc that answers as the test says."""
    async with upstream(nats_url) as found:
        yield found


@pytest.fixture
async def health_on_bus(nats_url: str) -> AsyncIterator[HealthOnBus]:
    settings = Settings(service="health_svc", nats_url=nats_url)
    bus, answering = await Bus.connect(settings), HealthOnBus()
    serving = await serve(bus, settings, answering.handlers(), {"group": "Belfry"})
    await bus.rtt(30)  # by then NATS knows of it
    yield answering
    await serving.stop()
    await bus.close()


LATENCY_ANSWERS = {
    latency.GET_SUMMARY: "latency/summary",
    latency.LIST_ENDPOINTS: "latency/endpoints",
    latency.GET_HISTOGRAM: "latency/histogram",
    latency.GET_TREND: "latency/trend",
    LIST_EXAMPLES: "latency/examples",
}
WS_ANSWERS = {
    ws.GET_STATS: "ws/stats",
    ws.GET_RATES: "ws/rates",
    ws.LIST_CONNECTIONS: "ws/connections",
    ws.LIST_ERRORS: "ws/errors",
    ws.DISCONNECT: "ws/disconnected",
    ws.DISCONNECT_MANY: "ws/disconnected",
}
PIPELINE_ANSWERS = {
    **dict.fromkeys(pipeline.RPCS, "pipeline/pipeline"),
    pipeline.VALIDATE_PIPELINE: "pipeline/validation_refused",
    pipeline.LIST_REVISIONS: "pipeline/revisions",
    pipeline.GET_REVISION_DIFF: "pipeline/revision_diff",
    pipeline.GET_MIDDLEWARE: "pipeline/middleware",
    pipeline.GET_MIDDLEWARE_STATS: "pipeline/stats",
}
del PIPELINE_ANSWERS[pipeline.GET_CHAIN]  # these gateways run the chain that is built in

ALERT_ANSWERS = dict.fromkeys(alerts.RPCS, "alerts/rule") | {
    alert.LIST_SILENCES: "alerts/silences",
    alert.LIST_MUTE_TIMINGS: "alerts/mute_timings",
}


@pytest.fixture
async def others_on_bus(nats_url: str) -> AsyncIterator[None]:
    """Someone who answers for the other services from the golden files."""
    async with (
        answering("latency_svc", nats_url, LATENCY_ANSWERS),
        answering("ws_svc", nats_url, WS_ANSWERS),
        answering("pipeline_svc", nats_url, PIPELINE_ANSWERS),
        answering("alert_svc", nats_url, ALERT_ANSWERS),
    ):
        yield


@asynccontextmanager
async def answering(service: str, nats_url: str, answers: dict[Rpc, str]) -> AsyncIterator[None]:
    settings = Settings(service=service, nats_url=nats_url)
    bus = await Bus.connect(settings)
    serving = await serve(bus, settings, [(rpc, _golden(path)) for rpc, path in answers.items()], {})
    await bus.rtt(30)
    yield
    await serving.stop()
    await bus.close()


def _golden(path: str) -> Handler:
    body = (GOLDEN / f"{path}.json").read_bytes()

    async def answer(request: Any, caller: Caller) -> Encoded:
        return Encoded(body)

    return answer


async def sign_in(client: Client, name: str = "admin", password: str = PASSWORD) -> dict[str, str]:
    """Signs the client in; returns the headers that unsafe requests need."""
    answer = await client.post("/api/v1/auth/login", json={"username": name, "password": password})
    assert answer.status == 200, await answer.text()
    return {"X-CSRF-Token": (await answer.json())["csrf_token"]}


async def token_of(client: Client, role: str) -> dict[str, str]:
    """The headers of a program with this role."""
    answer = await client.post("/api/v1/auth/tokens", json={"label": role, "role": role}, headers=AUTOMATION)
    assert answer.status == 201, await answer.text()
    return {"Authorization": f"Bearer {(await answer.json())['secret']}"}
