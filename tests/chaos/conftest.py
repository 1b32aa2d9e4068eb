"""Servers of each test's own, that may be killed and suspended, and health_svc on them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import aiohttp
import pytest

from deploy.local.nats import start_nats
from deploy.local.postgres import start_postgres
from deploy.local.program import Running
from deploy.migrate import migrate_all
from deploy.nats.apply import apply
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.servers import NATS_CONFIG

StartHealth = Callable[..., Awaitable[ServiceProcess]]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Running]:
    """A NATS server with Belfry's streams."""
    with start_nats(tmp_path / "nats", NATS_CONFIG) as server:
        asyncio.run(apply(server.url))
        yield server


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Running]:
    """A PostgreSQL server with Belfry's schemas, that keeps what it committed when it is killed."""
    with start_postgres(tmp_path / "postgres" / "data") as server:
        asyncio.run(migrate_all(server.url))
        yield server


@pytest.fixture
def start_health(start_process: StartProcess, broker: Running, tmp_path: Path) -> StartHealth:
    """`await start_health(database_url, yaml)`: health_svc on the broker, watching what the file declares."""

    async def start(database_url: str, declared: str) -> ServiceProcess:
        config = tmp_path / "belfry.yaml"
        config.write_text(declared)
        env = {"NATS_URL": broker.url, "DATABASE_URL": database_url, "BELFRY_CONFIG": str(config)}
        process: ServiceProcess = await asyncio.to_thread(start_process, "health_svc", env)
        return process

    return start


async def answer_of(url: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Status and body of a GET."""
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as client, client.get(url) as answer:
        return answer.status, await answer.text()
