"""alert_svc behind the gateway, on a real NATS and a real PostgreSQL."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer

import gateway.app
from gateway.settings import GatewaySettings
from tests.backend.alert_svc.running import running_alerts
from tests.backend.api.alerts.story import Api

TOKEN = "bf_token_of_the_alert_api_tests_0123456789"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api(nats_url: str, api_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    given: dict[str, Any] = {"data_dir": str(tmp_path_factory.mktemp("api"))}
    settings = GatewaySettings(nats_url=nats_url, database_url=api_database, admin_token=TOKEN, **given)
    front = TestServer(gateway.app.create_app(settings))
    async with running_alerts({"NATS_URL": nats_url, "DATABASE_URL": api_database}) as alerts, front:
        own = {"Authorization": f"Bearer {TOKEN}"}
        async with aiohttp.ClientSession(str(front.make_url("")), headers=own) as client:
            for channel in ("ops", "lead"):
                await alerts.channel(channel)
            await alerts.channel("phone", "sms")
            yield Api(client, alerts)
