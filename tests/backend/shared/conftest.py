"""A NATS server of each test's own, that may be killed, suspended and configured anew, and buses to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from deploy.local.nats import start_nats
from deploy.local.program import Running
from deploy.nats import apply
from shared.bus import Bus, BusOptions
from shared.settings import Settings

STEADY = BusOptions(
    ping_seconds=30,
    stall_seconds=30,
    connect_seconds=10,
    longest_backoff_seconds=0.3,
    start_seconds=30,
    close_seconds=10,
)
"""Comes back soon after a broker was killed, which is noticed at once; a busy machine is no outage."""
PATIENCE_SECONDS = 60.0

Connect = Callable[..., Awaitable[Bus]]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Running]:
    with start_nats(tmp_path / "nats") as server:
        yield server


@pytest.fixture
async def streams(broker: Running) -> Running:
    """The broker, with Belfry's streams."""
    await apply(broker.url)
    return broker


@pytest.fixture
async def connect(broker: Running) -> AsyncIterator[Connect]:
    """`await connect("gateway")`: a bus that is closed after the test."""
    buses: list[Bus] = []

    async def connect(service: str = "health_svc", options: BusOptions = STEADY, **settings: Any) -> Bus:
        bus = await Bus.connect(Settings(service=service, **{"nats_url": broker.url, **settings}), options)
        buses.append(bus)
        return bus

    yield connect
    await asyncio.gather(*(bus.close() for bus in buses))


async def until(holds: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns when it holds; fails the test when it does not in time."""
    deadline = monotonic() + seconds
    for _ in iter(lambda: holds() or monotonic() > deadline, True):
        await asyncio.sleep(0.01)
    assert holds()
