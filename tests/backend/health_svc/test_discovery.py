"""Micro services that are found on the bus, well-behaved and not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nats
import nats.micro
from nats.aio.msg import Msg
from nats.micro.service import ServiceConfig

from shared.contracts.health.board import Board, ServiceCard
from shared.contracts.health.procedures import CHECK_NOW, ServiceRef
from tests.backend.health_svc.running import Health, running_health
from tests.fixtures.processes import StartProcess
from tests.fixtures.waiting import until

NONSENSE: list[bytes] = [
    b"not json",
    b"[]",
    b"{}",
    b'{"name": 5}',
    b'{"name": "***"}',
    b'{"name": "bad.name"}',
    b'{"name": "spaces and all"}',
    b'{"name": "nul\\u0000"}',
    b'{"name": "described", "description": "nul\\u0000"}',
    b'{"name": "endless", "metadata": {"group": "g\\u0000"}}',
    b'{"name": "wild", "endpoints": [{"name": "get_readiness", "subject": "a.*.>"}]}',
    b'{"name": "lists", "metadata": []}',
]


@asynccontextmanager
async def foreign(nats_url: str, name: str) -> AsyncIterator[None]:
    """A micro service as any program may run it, with the client's own library."""
    client = await nats.connect(nats_url)
    metadata = {"group": "Shop", "depends_on": "belfry-nats, Not An Id"}
    config = ServiceConfig(name=name, version="1.0.0", description="Takes orders", metadata=metadata)
    service = await nats.micro.add_service(client, config)
    try:
        yield
    finally:
        await service.stop()
        await client.close()


async def found_on_the_bus(health: Health) -> set[str]:
    return {card.id for card in (await health.board()).services if card.source.kind == "nats"}


async def check_thrice(health: Health, service_id: str) -> None:
    """Often enough to confirm a change, rather than to wait for the timer."""
    for _ in range(3):
        await health.ask(CHECK_NOW, ServiceRef(service_id=service_id))


def card_of(board: Board, service_id: str) -> ServiceCard | None:
    return next((card for card in board.services if card.id == service_id), None)


async def until_card(health: Health, service_id: str, status: str) -> ServiceCard:
    def holds(board: Board) -> bool:
        card = card_of(board, service_id)
        return card is not None and card.status == status

    card = card_of(await until(health.board, holds), service_id)
    assert card is not None
    return card


async def test_a_foreign_service_is_watched_by_itself(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """F2.1.1: it appears with its group and dependencies, is down when it stops, and comes back as the same service."""
    url = service_env["NATS_URL"]
    async with running_health(start_process, service_env, tmp_path / "belfry.yaml", []) as health:
        async with foreign(url, "Orders_EU"):
            found = await until_card(health, "orders_eu", "healthy")
            assert (found.name, found.group, found.source.kind) == ("Orders_EU", "Shop", "nats")
            assert found.dependencies == ["belfry-nats"]
        await check_thrice(health, "orders_eu")
        gone = await until_card(health, "orders_eu", "down")
        assert "Orders_EU" in gone.reason
        version = (await health.detail("orders_eu")).version
        async with foreign(url, "Orders_EU"):
            await check_thrice(health, "orders_eu")
            back = await until_card(health, "orders_eu", "healthy")
        assert back.source.kind == "nats"
        assert (await health.detail("orders_eu")).version == version


async def test_nonsense_on_the_bus_harms_nobody(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """Whatever answers to discovery, the rest is found, and nothing unusable is stored."""
    url = service_env["NATS_URL"]
    client = await nats.connect(url)
    asked = asyncio.Event()

    async def answer(message: Msg) -> None:
        for reply in NONSENSE:
            await client.publish(message.reply, reply)
        asked.set()

    await client.subscribe("$SRV.INFO", cb=answer)
    await client.flush()
    async with (
        foreign(url, "sound"),
        running_health(start_process, service_env, tmp_path / "belfry.yaml", []) as health,
    ):
        await asyncio.wait_for(asked.wait(), 60)
        await until(lambda: found_on_the_bus(health), lambda found: found >= {"sound", "health_svc"})
        assert await found_on_the_bus(health) == {"sound", "health_svc"}
        assert not any(line["level"] == "error" for line in health.process.logs())
    await client.close()
