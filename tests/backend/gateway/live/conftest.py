"""Gateways with a live channel, and who speaks on their bus."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from gateway.live.hub import Hub
from gateway.live.upgrade import HUB
from shared.bus import Bus
from shared.settings import Settings
from tests.backend.gateway.conftest import Client, StartGateway

StartLive = Callable[..., Awaitable["Gateway"]]


class Gateway:
    """`url` to connect to, `hub` to look into."""

    def __init__(self, client: Client) -> None:
        assert client.app is not None
        self.client = client
        self.hub: Hub = client.app[HUB]
        self.url = str(client.make_url("")).rstrip("/")


@pytest.fixture
async def start_live(start_gateway: StartGateway) -> StartLive:
    async def start(**changes: object) -> Gateway:
        return Gateway(await start_gateway(**changes))

    return start


@pytest.fixture
async def live_gateway(start_live: StartLive) -> Gateway:
    return await start_live()


@pytest.fixture
async def bus(nats_url: str) -> AsyncIterator[Bus]:
    """Of a service that says what happens."""
    speaking = await Bus.connect(Settings(service="health_svc", nats_url=nats_url))
    yield speaking
    await speaking.close()
