"""Gateways and the bus die under clients of the live channel; no event is lost, and none comes twice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count

import aiohttp
import psutil
import pytest

from deploy.local.program import Running
from deploy.nats.apply import apply
from shared.bus import Bus
from shared.contracts.live import LOST_PLACE
from shared.jetstream import api
from shared.settings import Settings
from tests.chaos.returning import Returning
from tests.fixtures.live import PATH, changed, live, message_of
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.raw_socket import TEXT, frame, raw_socket
from tests.fixtures.samples import send_until_stored
from tests.fixtures.waiting import until

TOKEN = "automation-token-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
CLIENTS = 40
STUCK = 50
LONG = "x" * 10_000

StartGateway = Callable[[], ServiceProcess]


@pytest.fixture
def start_gateway(start_process: StartProcess, broker: Running, database: str) -> StartGateway:
    env = {"NATS_URL": broker.url, "DATABASE_URL": database, "BELFRY_ADMIN_TOKEN": TOKEN}
    return lambda: start_process("gateway", env)


class Speaker:
    """Says one event after the other, each until it is stored; `said` are their ids in order."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.said: list[str] = []
        self._enough = False
        self._task = asyncio.create_task(self._run())

    async def finish(self) -> None:
        self._enough = True
        await self._task

    async def until_said(self, number: int) -> None:
        await until(lambda: _length(self.said), lambda length: length >= number, 60)

    async def _run(self) -> None:
        for number in count():
            if self._enough:
                return
            message = message_of(changed(f"s-{number % 20}", reason=f"number {number}"))
            await send_until_stored(self._bus, message)
            self.said.append(message.id)
            await asyncio.sleep(0.005)


async def _length(of: list[str]) -> int:
    return len(of)


@asynccontextmanager
async def speaking(broker: Running) -> AsyncIterator[tuple[Bus, Speaker]]:
    bus = await Bus.connect(Settings(service="health_svc", nats_url=broker.url))
    speaker = Speaker(bus)
    try:
        yield bus, speaker
    finally:
        await speaker.finish()
        await bus.close()


async def test_clients_lose_no_event_when_a_gateway_or_the_bus_is_killed(
    start_gateway: StartGateway, broker: Running
) -> None:
    """SIGKILL of a gateway, of the other one after the first is back, and of nats-server, while events are said."""
    one, other = await asyncio.gather(*(asyncio.to_thread(start_gateway) for _ in range(2)))
    async with aiohttp.ClientSession() as session, speaking(broker) as (_, speaker):
        clients = [
            Returning(session, urls, HEADERS)
            for number in range(CLIENTS)
            for urls in [[one.url, other.url] if number % 2 else [other.url, one.url]]
        ]
        await asyncio.gather(*(asyncio.wait_for(client.subscribed.wait(), 60) for client in clients))
        first_said = {client: len(speaker.said) for client in clients}

        await speaker.until_said(len(speaker.said) + 40)
        await asyncio.to_thread(one.kill)
        await speaker.until_said(len(speaker.said) + 40)
        await until(lambda: _returns(clients), lambda returns: returns >= CLIENTS // 2, 60)

        broker.kill()
        await asyncio.to_thread(broker.restart)
        await speaker.until_said(len(speaker.said) + 40)

        third = await asyncio.to_thread(start_gateway)
        for client in clients:
            client.add(third.url)
        await asyncio.to_thread(other.kill)
        await speaker.until_said(len(speaker.said) + 40)
        await speaker.finish()
        last = speaker.said[-1]
        await until(lambda: _all_told(clients, last), bool, 60)
        await asyncio.gather(*(client.stop() for client in clients))

    for client in clients:
        start = speaker.said.index(client.told[0])
        assert client.told == speaker.said[start:], "nothing lost, nothing twice, in order"
        assert start <= first_said[client]
        assert set(client.answers) == {True}
    assert sum(len(client.answers) - 1 for client in clients) >= CLIENTS * 1.5


async def _returns(clients: list[Returning]) -> int:
    return sum(len(client.answers) - 1 for client in clients)


async def _all_told(clients: list[Returning], last: str) -> bool:
    return all(client.told and client.told[-1] == last for client in clients)


async def test_a_bus_that_stays_away_is_said_and_places_outlive_it(
    start_gateway: StartGateway, broker: Running
) -> None:
    """A page that hears nothing must not look live; when the bus is back it goes on where it was."""
    gateway = await asyncio.to_thread(start_gateway)
    bus = await Bus.connect(Settings(service="health_svc", nats_url=broker.url))
    async with live(gateway.url, HEADERS) as client:
        await client.subscribe("health")
        await send_until_stored(bus, message_of(changed("before")))
        (before,) = await client.hear(1)
        epoch = (await client.frame("connected"))["connected"]["epoch"]
        broker.kill()
        goodbye = (await client.frame("disconnect"))["disconnect"]
        assert (goodbye["code"], goodbye["reconnect"]) == (LOST_PLACE.code, True)
        assert await client.ended() == LOST_PLACE.code
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await session.ws_connect(f"{gateway.url}{PATH}")
        assert refusal.value.status == 503
        await asyncio.to_thread(broker.restart)
        await send_until_stored(bus, message_of(changed("after")))

        async def comes_in() -> bool:
            with contextlib.suppress(aiohttp.WSServerHandshakeError):
                async with session.ws_connect(f"{gateway.url}{PATH}"):
                    return True
            return False

        await until(comes_in, bool, 60)
    async with live(gateway.url, HEADERS) as client:
        subscribed = await client.subscribe("health", offset=before["offset"], epoch=epoch)
        told = await client.hear(1)
        assert (subscribed["recovered"], [each["data"]["service_id"] for each in told]) == (True, ["after"])
    await bus.close()


async def test_clients_of_a_stream_that_was_made_anew_are_told_to_load_anew(
    start_gateway: StartGateway, broker: Running
) -> None:
    gateway = await asyncio.to_thread(start_gateway)
    bus = await Bus.connect(Settings(service="health_svc", nats_url=broker.url))
    async with live(gateway.url, HEADERS) as client:
        before = await client.subscribe("health")
        await bus.publish_acked([message_of(changed("before"))])
        await client.hear(1)

        await api(bus, "STREAM.DELETE.BELFRY_EVENTS", {})
        await apply(broker.url)
        await bus.publish_acked([message_of(changed("unheard"))])

        resync = (await client.frame("resync"))["resync"]
        assert resync["topic"] == "health"
        assert resync["epoch"] != before["epoch"]
        old = await client.subscribe("health", offset=before["offset"], epoch=before["epoch"])
        assert (old["recovered"], old["epoch"]) == (False, resync["epoch"])
        await bus.publish_acked([message_of(changed("after"))])
        told = await client.hear(2)
        assert [message["data"]["service_id"] for message in told] == ["before", "after"]
    await bus.close()


async def test_fifty_clients_that_stop_reading_harm_nobody(start_gateway: StartGateway, broker: Running) -> None:
    """The others hear every event in order; memory stays bounded; the fifty are told, and sent away."""
    gateway = await asyncio.to_thread(start_gateway)
    bus = await Bus.connect(Settings(service="health_svc", nats_url=broker.url))
    process = psutil.Process(gateway.pid)
    subscribe = frame(TEXT, b'{"id": 1, "subscribe": {"topic": "health"}}')
    async with AsyncExitStack() as held:
        readers = [await held.enter_async_context(live(gateway.url, HEADERS)) for _ in range(2)]
        for reader in readers:
            await reader.subscribe("health")
        stuck = [await held.enter_async_context(raw_socket(gateway.url, PATH, HEADERS)) for _ in range(STUCK)]
        for socket in stuck:
            await socket.send(subscribe)
            socket.stop_reading()
        before_bytes = process.memory_info().rss
        said = []
        for round_ in range(60):  # 600 KB each, 36 MB for each client
            messages = [message_of(changed(f"s-{number}", reason=f"{round_} {LONG}")) for number in range(60)]
            said += await bus.publish_acked(messages)
            await asyncio.gather(*(reader.hear(len(said)) for reader in readers))
        grown_bytes = process.memory_info().rss - before_bytes

        for reader in readers:
            assert [message["event_id"] for message in reader.told] == said
        assert grown_bytes < STUCK * 1.5 * 1024 * 1024
        gone = await until(lambda: _figure(gateway, "belfry_ws_slow_closed_total"), lambda count: count == STUCK, 60)
        assert gone == STUCK
        assert await _figure(gateway, "belfry_ws_active") == len(readers)
    await bus.close()


async def _figure(gateway: ServiceProcess, name: str) -> float:
    async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}/metrics") as answer:
        text = await answer.text()
    return next(float(line.split(" ")[1]) for line in text.splitlines() if line.startswith(f"{name}{{"))
