"""Services and the gateway on real servers, as one API each; and a client that may be anyone."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from msgspec import Struct

import gateway.app
import health_svc.app
import ws_svc.app
from gateway.settings import GatewaySettings
from health_svc.app import HealthSettings
from latency_svc.api import HANDLERS
from latency_svc.room import Room
from shared.bus import Bus
from shared.contracts.ws.events import WsStats
from shared.db import connect
from shared.rpc import serve
from shared.settings import Settings
from tests.backend.api.fleets import TOKEN as FLEET_TOKEN
from tests.backend.api.fleets import Fleet, known
from tests.backend.api.fleets import read as read_fleet
from tests.backend.api.latencies import MOMENTS, TRACE_URL, Latencies
from tests.backend.api.latency_story import (
    story,
    write,
)
from tests.fixtures.servers import new_database, template_name
from tests.fixtures.targets import Targets, serve_targets
from tests.fixtures.waiting import until
from tests.fixtures.ws_nodes import fake_node, forget_nodes
from ws_svc.app import WsSettings

TOKEN = "bf_token_of_the_api_tests_0123456789"


class Api(Struct, frozen=True):
    """A running API: `admin` is signed in by token; `anyone(token)` makes a client for another token, or for none."""

    url: str
    admin: aiohttp.ClientSession
    config: Path
    targets: Targets
    health: TestServer

    def anyone(self, token: str = "") -> aiohttp.ClientSession:
        return aiohttp.ClientSession(self.url, headers={"Authorization": f"Bearer {token}"} if token else {})


@pytest.fixture(scope="module")
def api_database(postgres_url: str, migrated_template: str) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(nats_url: str, api_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    directory = tmp_path_factory.mktemp("api")
    config = directory / "belfry.yaml"
    config.write_text("services: []\n")
    given: dict[str, Any] = {
        "nats_url": nats_url,
        "database_url": api_database,
        "data_dir": str(directory),
        "config_path": str(config),
    }
    health = TestServer(health_svc.app.create_app(HealthSettings(**given)))
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, admin_token=TOKEN)))
    async with serve_targets() as targets, health, front:
        url = str(front.make_url(""))
        own = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(url, headers=own) as admin:
            yield Api(url, admin, config, targets, health)


@pytest.fixture(scope="module", params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> datetime:
    found: datetime = MOMENTS[request.param]
    return found


@pytest.fixture(scope="module")
def database_of_moment(postgres_url: str, migrated_template: str, moment: datetime) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def latencies(
    nats_url: str, database_of_moment: str, moment: datetime, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Latencies]:
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": database_of_moment}
    settings = Settings(service="latency_svc", **given)
    pool, bus, now = await connect(settings), await Bus.connect(settings), moment
    told = story(now)
    await write(pool, told, now)
    room = Room(pool=pool, thresholds_ms=(80.0, 400.0), trace_url=TRACE_URL, now=lambda: now)
    serving = await serve(bus, settings, [(rpc, partial(handler, room)) for rpc, handler in HANDLERS], {})
    directory = str(tmp_path_factory.mktemp("latency"))
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, data_dir=directory, admin_token=TOKEN)))
    async with front:
        url = str(front.make_url(""))
        async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as admin:
            yield Latencies(admin, url, told, now)
    await serving.stop()
    await bus.close()
    await pool.close()


@pytest.fixture(scope="module")
def fleet_database(postgres_url: str, migrated_template: str) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(nats_url: str, fleet_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": fleet_database}
    directory = str(tmp_path_factory.mktemp("websocket"))
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, data_dir=directory, admin_token=FLEET_TOKEN)))
    service = TestServer(ws_svc.app.create_app(WsSettings(**given, ws_alert_pct=75.0)))
    await forget_nodes(nats_url)
    async with (
        front,
        service,
        fake_node(nats_url, "gw-0") as gw0,
        fake_node(nats_url, "gw-1") as gw1,
        fake_node(nats_url, "shop-1", "shop", "outside.", limit=0) as shop,
        aiohttp.ClientSession(str(front.make_url("")), headers={"Authorization": f"Bearer {FLEET_TOKEN}"}) as admin,
    ):
        found = Fleet(admin, str(front.make_url("")), nats_url, gw0, gw1, shop)
        await until(lambda: read_fleet(found, "/stats", WsStats), lambda stats: len(known(stats)) == 3)
        yield found
