"""alert_svc that sends, behind the gateway, on a real NATS, PostgreSQL and providers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

import gateway.app
from gateway.settings import GatewaySettings
from tests.backend.alert_svc.sending import sending_alerts
from tests.backend.api.channels.story import Api

TOKEN = "bf_token_of_the_channel_api_tests_0123456"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(nats_url: str, api_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    data: Path = tmp_path_factory.mktemp("channels")
    env = {"NATS_URL": nats_url, "DATABASE_URL": api_database}
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": api_database, "data_dir": str(data)}
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, admin_token=TOKEN)))
    async with sending_alerts(env, data) as sending, front:
        own = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(str(front.make_url("")), headers=own) as client:
            yield Api(client, sending, api_database)
