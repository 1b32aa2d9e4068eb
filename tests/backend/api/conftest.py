"""health_svc and the gateway on real servers, as one API; and a client that may be anyone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import nats
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from msgspec import Struct
from nats.aio.msg import Msg

import gateway.app
import health_svc.app
from gateway.settings import GatewaySettings
from health_svc.app import HealthSettings
from tests.fixtures.servers import new_database, template_name
from tests.fixtures.targets import Targets, serve_targets

TOKEN = "bf_token_of_the_api_tests_0123456789"


class Api(Struct, frozen=True):
    """A running API: `admin` is signed in by token; `anyone(token)` makes a client for another token, or for none."""

    url: str
    admin: aiohttp.ClientSession
    config: Path
    targets: Targets
    health: TestServer
    news: asyncio.Event

    def anyone(self, token: str = "") -> aiohttp.ClientSession:
        return aiohttp.ClientSession(self.url, headers={"Authorization": f"Bearer {token}"} if token else {})


@asynccontextmanager
async def news_of_health(nats_url: str) -> AsyncIterator[asyncio.Event]:
    """An event that is set whenever health_svc has something to say."""
    news = asyncio.Event()

    async def tell(_: Msg) -> None:
        news.set()

    client = await nats.connect(nats_url)
    await client.subscribe("belfry.v1.health.>", cb=tell)
    yield news
    await client.close()


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
        async with aiohttp.ClientSession(url, headers=own) as admin, news_of_health(nats_url) as news:
            yield Api(url, admin, config, targets, health, news)
