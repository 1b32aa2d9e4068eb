"""Our own nats-server, and buses to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.nats import start_nats
from deploy.nats import apply, create_seeds, render_config
from deploy.nats.permissions import ADMIN
from shared.bus import Bus, BusOptions
from shared.settings import Settings
from tests.backend.deploy.guarded import As, Server

OPTIONS = BusOptions(start_seconds=60, close_seconds=5)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("guarded")
    config = render_config(create_seeds(directory / "seeds"))
    with start_nats(directory / "nats", config) as running:
        asyncio.run(apply(running.url, str(directory / "seeds" / f"{ADMIN}.seed")))
        yield Server(running.url, directory / "seeds")


@pytest.fixture
async def connect_as(server: Server) -> AsyncIterator[As]:
    buses: list[Bus] = []

    async def connect(user: str) -> Bus:
        seed_file = str(server.seeds / f"{user}.seed")
        bus = await Bus.connect(Settings(service=user, nats_url=server.url, nats_seed_file=seed_file), OPTIONS)
        assert bus.state().up
        buses.append(bus)
        return bus

    yield connect
    await asyncio.gather(*(bus.close() for bus in buses))
