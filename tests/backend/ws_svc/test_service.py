"""ws_svc as a process: killed, started again, doubled, fed with rubbish; what it knows stays true."""

import asyncio
import gzip
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from deploy.local.nats import start_nats
from deploy.local.program import Running
from deploy.nats import apply
from shared.bus import Bus
from shared.contracts.wire import MEASURES_STREAM, Rpc
from shared.contracts.ws import procedures as ws
from shared.contracts.ws.events import Connection, WsClosed, WsMeasured, WsOpened, WsStats, WsStatus
from shared.contracts.ws.overview import ConnectionList, Disconnected, ErrorList
from shared.envelope import Envelope
from shared.problems import ProblemError
from shared.rpc import Caller, Reply, call
from shared.settings import Settings
from tests.backend.ws_svc.said import connection
from tests.fixtures.jetstream import jetstream
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.servers import NATS_CONFIG
from tests.fixtures.waiting import until
from tests.fixtures.ws_nodes import FakeNode, fake_node

ANA = Caller(actor="ana", role="admin")
STATUS = WsStatus.SUBJECT
ASK_SECONDS = 4


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Running]:
    """NATS with Belfry's streams, that may be killed."""
    with start_nats(tmp_path / "nats", NATS_CONFIG) as server:
        asyncio.run(apply(server.url))
        yield server


@pytest.fixture
async def bus(broker: Running) -> AsyncIterator[Bus]:
    bus = await Bus.connect(Settings(service="gateway", nats_url=broker.url))
    yield bus
    await bus.close()


@pytest.fixture
def start(start_process: StartProcess, broker: Running) -> Callable[[], Awaitable[ServiceProcess]]:
    async def start() -> ServiceProcess:
        process: ServiceProcess = await asyncio.to_thread(start_process, "ws_svc", {"NATS_URL": broker.url})
        return process

    return start


def answered(reply: Reply, rpc: Rpc) -> Any:
    packed = reply.headers.get("Content-Encoding") == "gzip"
    return msgspec.json.decode(gzip.decompress(reply.data) if packed else reply.data, type=rpc.response)


async def ask(bus: Bus, rpc: Rpc, **query: Any) -> Any:
    """The answer; waits for a service that is just starting, and asks again when one has it that hangs."""

    async def answer() -> Any:
        try:
            reply = await call(bus, rpc, rpc.request(**query), ANA, ASK_SECONDS)
        except ProblemError as error:
            if error.problem.status != 503:
                raise
            return None
        return answered(reply, rpc)

    return await until(answer, lambda found: found is not None)


async def stats(bus: Bus) -> WsStats:
    found: WsStats = await ask(bus, ws.GET_STATS)
    return found


async def listed(bus: Bus, **query: Any) -> list[Connection]:
    found: ConnectionList = await ask(bus, ws.LIST_CONNECTIONS, **query)
    return found.connections


async def statuses(broker: Running) -> list[int]:
    """The seconds of which the stream holds a status, in the order it took them."""
    async with jetstream(broker.url) as js:
        consumer = await js.pull_subscribe(STATUS, stream=MEASURES_STREAM)
        found: list[int] = []
        while (await consumer.consumer_info()).num_pending:
            for message in await consumer.fetch(100, timeout=2):
                found.append(int(msgspec.json.decode(message.data, type=WsStatus).stats.at.timestamp()))
    return found


async def text_of(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as client, client.get(url) as answer:
        return answer.status, await answer.text()


async def test_a_killed_service_knows_everything_again(
    broker: Running, bus: Bus, start: Callable[[], Awaitable[ServiceProcess]]
) -> None:
    """Without a database: the stream is read again, and the nodes are asked again. What happened meanwhile is there,
    too: errors, closed connections, messages of every second."""
    async with fake_node(broker.url, "gw-0") as gw0:
        service = await start()
        held, left = gw0.open("10.0.0.1", "ana"), gw0.open("10.0.0.2", "bo")
        gw0.node.failed("protocol", 1002, "before", "10.0.0.2")
        held.sent = 500
        await until(lambda: stats(bus), lambda s: s.active == 2 and s.failed_total == 1)

        service.kill()
        gw0.node.failed("limit", 1009, "meanwhile", "10.0.0.2")
        gw0.node.closed(left, 1001, "Gone")
        service = await start()

        found = await until(lambda: stats(bus), lambda s: s.active == 1)
        assert (found.opened_total, found.closed_total, found.missing_nodes) == (2, 1, [])
        errors: ErrorList = await ask(bus, ws.LIST_ERRORS)
        assert [each.message for each in errors.errors] == ["meanwhile", "before"]
        assert [each.id for each in await listed(bus)] == [held.id]
        assert [(each.id, each.close_reason) for each in await listed(bus, state="closed")] == [(left.id, "Gone")]
        await until(lambda: ask(bus, ws.GET_RATES), lambda h: sum(p.msg_out_rate or 0 for p in h.points) > 499.9)
        with pytest.raises(ProblemError) as gone:
            await call(bus, ws.DISCONNECT, ws.Disconnect(conn_id=left.id), ANA, 30)
        assert gone.value.problem.status == 409
        assert (await text_of(f"{service.url}/readyz"))[0] == 200
        metrics = (await until(lambda: text_of(f"{service.url}/metrics"), lambda m: "fleet_connections 1.0" in m[1]))[1]
        assert 'belfry_ws_fleet_nodes{answers="yes"} 1.0' in metrics
        assert "belfry_ws_fleet_connections_max 100.0" in metrics


async def test_replicas_tell_once_and_one_may_die(
    broker: Running, bus: Bus, start: Callable[[], Awaitable[ServiceProcess]]
) -> None:
    """One status of each second in the stream, whoever is first; each replica answers everything."""
    heard: list[int] = []

    async def hear(message: Any) -> None:
        heard.append(int(msgspec.json.decode(message.data, type=WsStatus).stats.at.timestamp()))

    await bus.subscribe(STATUS, hear)
    async with fake_node(broker.url, "gw-0") as gw0:
        held = gw0.open("10.0.0.1", "ana")
        one, other = await start(), await start()
        for service in (one, other):
            await until(lambda s=service: text_of(f"{s.url}/readyz"), lambda answer: answer[0] == 200)  # type: ignore[misc]
        told = await until(lambda: twice(heard), lambda seconds: len(seconds) >= 3)

        stored = await until(lambda: statuses(broker), lambda seconds: set(told) <= set(seconds))
        assert len(stored) == len(set(stored))

        one.kill()
        last = max(stored)
        await until(lambda: statuses(broker), lambda seconds: max(seconds) > last + 2)
        assert [each.id for each in await listed(bus)] == [held.id]
        other.suspend()
        one = await start()
        assert (await stats(bus)).active == 1
        other.resume()


async def twice(heard: list[int]) -> set[int]:
    """The seconds that both replicas told."""
    return {second for second in heard if heard.count(second) == 2}


async def test_a_dead_node_is_missing_and_its_connections_are_gone(
    broker: Running, bus: Bus, start: Callable[[], Awaitable[ServiceProcess]]
) -> None:
    async with fake_node(broker.url, "gw-0") as gw0, fake_node(broker.url, "gw-1") as gw1:
        held, lost = gw0.open("10.0.0.1", "ana"), gw1.open("10.0.0.2", "bo")
        await start()
        await until(lambda: stats(bus), lambda s: s.active == 2)

        with gw0.hanging(), gw1.hanging(), pytest.raises(ProblemError) as silent:
            await call(bus, ws.DISCONNECT_MANY, ws.DisconnectMany(user="ana"), ANA, 30)
        assert silent.value.problem.status == 503
        assert "gw-0, gw-1" in silent.value.problem.detail

        await gw1.die()

        found = await until(lambda: stats(bus), lambda s: s.missing_nodes == ["gw-1"])
        assert (found.active, found.max) == (1, 100)
        page: ConnectionList = await ask(bus, ws.LIST_CONNECTIONS)
        assert ([each.id for each in page.connections], page.missing_nodes) == ([held.id], ["gw-1"])
        with pytest.raises(ProblemError) as unsure:
            await call(bus, ws.DISCONNECT, ws.Disconnect(conn_id=lost.id), ANA, 30)
        assert unsure.value.problem.status == 503

        async with fake_node(broker.url, "gw-1") as again:
            back = again.open("10.0.0.3", "cy")
            found = await until(lambda: stats(bus), lambda s: (s.active, s.missing_nodes) == (2, []))
            assert found.opened_total == 3
            assert {each.id for each in await listed(bus)} == {held.id, back.id}


async def test_rubbish_is_counted_and_left_out(
    broker: Running, bus: Bus, start: Callable[[], Awaitable[ServiceProcess]]
) -> None:
    """What is no event, too large, or said for another node; also from outside."""
    good = msgspec.json.encode(WsOpened(node="gw-0", connection=connection("c-1")))
    large = msgspec.json.encode(WsClosed(node="gw-0", connection=connection("c-2", agent="x" * 20_000)))
    negative = b'{"node":"gw-0","service":"x","at":"2026-11-23T14:08:20Z","started_at":"2026-11-23T14:08:20Z",%s}' % (
        b",".join(b'"%s":-1' % name.encode() for name in WsMeasured.__struct_fields__[4:-1])
    )
    service = await start()
    for subject, body in (
        ("opened.gw-0", b"what?"),
        ("opened.gw-1", good),
        ("opened.outside.gw-1", good),
        ("closed.gw-0", large),
        ("failed.gw-0", b"\xff"),
        ("measured.gw-0", negative),
        ("opened.gw-0", good),
    ):
        bus.publish_raw(Envelope(f"belfry.v1.ws.{subject}", {}, body))

    def counted(answer: tuple[int, str]) -> bool:
        return 'belfry_ws_events_total{kind="opened",outcome="taken"} 1.0' in answer[1]

    _, metrics = await until(lambda: text_of(f"{service.url}/metrics"), counted)
    for kind, count in (("opened", 3.0), ("closed", 1.0), ("failed", 1.0), ("measured", 1.0)):
        assert f'belfry_ws_events_total{{kind="{kind}",outcome="refused"}} {count}' in metrics
    assert (await stats(bus)).nodes == []
    assert await listed(bus, state="closed") == []
    assert not any(line["level"] == "error" for line in service.logs())


async def test_ten_thousand_connections_are_listed_page_by_page(
    broker: Running, bus: Bus, start: Callable[[], Awaitable[ServiceProcess]]
) -> None:
    """On two nodes; each answer is one page, and closing all of a user says how many there were."""
    async with fake_node(broker.url, "gw-0") as gw0, fake_node(broker.url, "gw-1") as gw1:
        for n in range(10_000):
            node: FakeNode = (gw0, gw1)[n % 2]
            node.open(f"10.0.{n // 250}.{n % 250}", f"user-{n % 7}", sent=n)
        await start()
        await until(lambda: stats(bus), lambda s: s.active == 10_000 and s.opened_total == 10_000)

        query: dict[str, Any] = {"sort": "-sent", "limit": 200, "search": "user-3"}
        found: list[Connection] = []
        for _ in range(3):
            page: ConnectionList = await until(
                lambda: ask(bus, ws.LIST_CONNECTIONS, **query), lambda page: page.missing_nodes == []
            )
            found += page.connections
            query["cursor"] = page.next_cursor
        expected = [n for n in reversed(range(10_000)) if n % 7 == 3]
        assert (page.total, [each.sent for each in found]) == (len(expected), expected[:600])
        reply = await call(bus, ws.DISCONNECT_MANY, ws.DisconnectMany(user="user-3"), ANA, 30)
        closed: Disconnected = answered(reply, ws.DISCONNECT_MANY)
        assert (closed.closed, len(closed.connection_ids)) == (len(expected), 1_000)


@pytest.mark.parametrize("lost", [False, True], ids=["killed", "store lost"])
async def test_after_an_outage_of_nats_the_fleet_is_whole_again(
    broker: Running, bus: Bus, start: Callable[[], Awaitable[ServiceProcess]], tmp_path: Path, lost: bool
) -> None:
    """Also when the streams had to be made anew: what nodes say then is heard from its start."""
    async with fake_node(broker.url, "gw-0") as gw0:
        service = await start()
        gw0.open("10.0.0.1", "ana")
        await until(lambda: stats(bus), lambda s: s.active == 1)

        broker.kill()
        await until(lambda: text_of(f"{service.url}/readyz"), lambda answer: answer[0] == 503)
        gw0.open("10.0.0.2", "bo")
        gw0.node.failed("protocol", 1002, "during the outage", "10.0.0.2")
        if lost:
            shutil.rmtree(tmp_path / "nats" / "jetstream")
        await asyncio.to_thread(broker.restart)
        if lost:
            await apply(broker.url)

        await until(lambda: stats(bus), lambda s: s.active == 2, seconds=60)
        errors: ErrorList = await until(lambda: ask(bus, ws.LIST_ERRORS), lambda e: len(e.errors) == 1)
        assert errors.errors[0].message == "during the outage"
        assert len(await listed(bus)) == 2
        last = max(await statuses(broker), default=0)
        await until(lambda: statuses(broker), lambda seconds: max(seconds, default=0) > last)
