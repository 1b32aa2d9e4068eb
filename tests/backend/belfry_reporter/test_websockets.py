"""Somebody's aiohttp application, in a process of its own and with an outsider's rights on NATS: its real sockets are
listed, counted and closed from Belfry, and Belfry's absence is not noticed by it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import TestServer
from msgspec import Struct

import gateway.app
import ws_svc.app
from deploy.local.nats import start_nats
from deploy.local.program import Running
from deploy.nats import apply, create_seeds, render_config
from deploy.nats.permissions import ADMIN, OBSERVER
from gateway.settings import GatewaySettings
from shared.contracts.ws.events import Connection, WsStats
from shared.contracts.ws.overview import ConnectionList, Disconnected, ErrorList
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.waiting import until
from ws_svc.app import WsSettings

pytestmark = pytest.mark.integration

AT = "/api/v1/admin/websocket"
TOKEN = "bf_token_of_the_reporter_tests_0123456789"
UPGRADE = (
    b"GET /flood HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
FLOOD_BYTES = 200 * 65_536


class Stage(Struct, frozen=True):
    """Belfry on a guarded NATS, the application beside it, and a client of both."""

    broker: Running
    belfry: aiohttp.ClientSession
    shop: ServiceProcess
    client: aiohttp.ClientSession

    async def read(self, path: str, type_: Any, **query: Any) -> Any:
        async with self.belfry.get(f"{AT}{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return msgspec.json.decode(await answer.read(), type=type_)

    async def stats(self) -> WsStats:
        found: WsStats = await self.read("/stats", WsStats)
        return found

    async def listed(self, **query: Any) -> list[Connection]:
        found: list[Connection] = (await self.read("/connections", ConnectionList, **query)).connections
        return found

    async def close(self, connection: Connection, reason: str = "") -> int:
        path = f"{AT}/connections/{connection.id}/disconnect"
        async with self.belfry.post(path, json={"reason": reason}) as answer:
            return answer.status

    async def connect(self, path: str) -> ClientWebSocketResponse:
        return await self.client.ws_connect(self.shop.url + path)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Running]:
    """NATS with a user for each process, and Belfry's streams."""
    with start_nats(tmp_path / "nats", render_config(create_seeds(tmp_path / "seeds"))) as server:
        asyncio.run(apply(server.url, str(tmp_path / "seeds" / f"{ADMIN}.seed")))
        yield server


@pytest.fixture
async def stage(guarded: Running, database: str, tmp_path: Path, start_process: StartProcess) -> AsyncIterator[Stage]:
    def given(user: str) -> dict[str, Any]:
        seed_file = str(tmp_path / "seeds" / f"{user}.seed")
        return {
            "nats_url": guarded.url,
            "database_url": database,
            "nats_seed_file": seed_file,
            "data_dir": str(tmp_path),
        }

    front = TestServer(gateway.app.create_app(GatewaySettings(**given("gateway"), admin_token=TOKEN)))
    service = TestServer(ws_svc.app.create_app(WsSettings(**given("ws_svc"))))
    env = {"NATS_URL": guarded.url, "SEED_FILE": str(tmp_path / "seeds" / f"{OBSERVER}.seed")}
    shop = await asyncio.to_thread(start_process, "tests.fixtures.ws_app", env)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(front)
        await stack.enter_async_context(service)
        own = {"Authorization": f"Bearer {TOKEN}"}
        belfry = await stack.enter_async_context(aiohttp.ClientSession(str(front.make_url("")), headers=own))
        client = await stack.enter_async_context(aiohttp.ClientSession(headers={"User-Agent": "a browser"}))
        found = Stage(guarded, belfry, shop, client)
        await until(found.stats, lambda stats: is_known(stats, "shop-1"))
        yield found


def is_known(stats: WsStats, node: str) -> bool:
    return node in [each.node for each in stats.nodes if each.answers]


async def test_real_sockets_are_listed_counted_and_closed(stage: Stage) -> None:
    """F2.3.1, F2.3.3, F2.3.4: an application that is not Belfry's has its connections shown like a gateway's."""
    ana, bo = await stage.connect("/echo?user=ana"), await stage.connect("/echo?user=bo")
    await ana.send_str("join raum ä")
    await ana.send_bytes(b"12345")
    assert [(await ana.receive()).data, (await ana.receive()).data] == ["join raum ä", b"12345"]

    [row] = await until(lambda: stage.listed(user="ana"), lambda rows: bool(rows) and rows[0].sent == 2)
    assert (row.node, row.service, row.client_ip, row.agent) == ("shop-1", "shop", "127.0.0.1", "a browser")
    assert (row.subscriptions, row.received, row.sent) == (["raum ä"], 2, 2)
    assert row.received_bytes == row.sent_bytes == len("join raum ä".encode()) + 5
    stats = await until(stage.stats, lambda s: s.active == 2)
    assert [(n.node, n.outside, n.active, n.max) for n in stats.nodes if n.service == "shop"] == [
        ("shop-1", True, 2, 50)
    ]

    assert await stage.close(row, "Old tab") == 200
    assert (await ana.receive())[:2] == (WSMsgType.CLOSE, 4503)
    assert await stage.close(row) == 409
    [closed] = await until(lambda: stage.listed(state="closed", user="ana"), bool)
    assert (closed.close_code, closed.close_reason, closed.closed_by) == (4503, "Old tab", "token:automation")
    assert closed.sent == 2

    await bo.send_str("still here")
    assert (await bo.receive()).data == "still here"
    await bo.close(code=1001)
    [left] = await until(lambda: stage.listed(state="closed", user="bo"), bool)
    assert (left.close_code, left.closed_by) == (1001, None)


async def test_a_client_that_does_not_read_lags_and_is_cut(stage: Stage) -> None:
    """F2.3.4: closing works on a connection that has long been stuck."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stage.shop.port)
    writer.write(UPGRADE)

    [row] = await until(lambda: stage.listed(user="flood"), lambda rows: bool(rows) and rows[0].lagging)
    assert row.pending_bytes > 1_000_000
    stats = await until(stage.stats, lambda s: s.lagging == 1)
    assert stats.pending_bytes > 1_000_000

    assert await stage.close(row) == 200
    [closed] = await until(lambda: stage.listed(state="closed", user="flood"), bool)
    assert closed.close_code == 4503
    await until(stage.stats, lambda s: (s.active, s.lagging, s.pending_bytes) == (0, 0, 0))
    assert len(await reader.read()) < FLOOD_BYTES
    writer.close()


async def test_what_goes_wrong_is_told_without_secrets(stage: Stage) -> None:
    """F2.3.5: refused handshakes, messages that are too large, frames that break the protocol, handlers that fail."""
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await stage.connect("/refuse")
    async with stage.client.get(stage.shop.url + "/echo") as answer:
        assert answer.status == 400  # no WebSocket was asked for, so none failed
    big = await stage.connect("/echo?user=big")
    await big.send_str("x" * 20_000)
    assert (await big.receive())[:2] == (WSMsgType.CLOSE, 1009)
    failing = await stage.connect("/fail")
    assert (await failing.receive()).type in (WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR)

    found = await until(lambda: stage.read("/errors", ErrorList), lambda e: len(e.errors) == 3)

    assert {(e.kind, e.code, e.user) for e in found.errors} == {
        ("authentication", 403, None),
        ("limit", 1009, "big"),
        ("internal", 1006, "fail"),
    }
    assert not any("1234" in error.message for error in found.errors)
    assert next(e for e in found.errors if e.kind == "internal").message == "The handler failed: RuntimeError"


async def test_belfry_away_is_not_noticed_by_the_application(stage: Stage) -> None:
    """While NATS is dead the sockets go on; afterwards what happened meanwhile is told, and the node says good-bye."""
    ana = await stage.connect("/echo?user=ana")
    await until(lambda: stage.listed(user="ana"), bool)
    stage.broker.kill()
    for n in range(20):
        await ana.send_str(f"{n}")
        assert (await ana.receive()).data == f"{n}"
    bo = await stage.connect("/echo?user=bo")
    await ana.close()
    async with stage.client.get(stage.shop.url + "/plain") as answer:
        assert await answer.text() == "here"

    await asyncio.to_thread(stage.broker.restart)

    [row] = await until(lambda: listed_when_back(stage, user="bo"), bool, seconds=60)
    [closed] = await until(lambda: listed_when_back(stage, state="closed", user="ana"), bool)
    assert (row.node, closed.sent, closed.close_code) == ("shop-1", 20, 1000)

    assert await asyncio.to_thread(stage.shop.end) == 0
    assert (await bo.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    stats = await until(stage.stats, lambda s: not is_known(s, "shop-1"))
    assert "shop-1" not in stats.missing_nodes
    [ended] = await until(lambda: stage.listed(state="closed", user="bo"), bool)
    assert ended.close_code is not None


async def test_a_suspended_application_is_missing_and_comes_back(stage: Stage) -> None:
    """What it was told too late it does not do."""
    ana = await stage.connect("/echo?user=ana")
    [row] = await until(lambda: stage.listed(user="ana"), bool)
    stage.shop.suspend()
    assert await stage.close(row) == 503
    found = await stage.read("/connections", ConnectionList)
    assert (found.connections, found.missing_nodes) == ([], ["shop-1"])
    stats = await until(stage.stats, lambda s: s.missing_nodes == ["shop-1"])
    assert stats.active == 0

    stage.shop.resume()

    await until(stage.stats, lambda s: (s.active, s.missing_nodes) == (1, []))
    await ana.send_str("still here")
    assert (await ana.receive()).data == "still here"
    async with stage.belfry.post(f"{AT}/disconnect", json={"user": "ana"}) as answer:
        assert msgspec.json.decode(await answer.read(), type=Disconnected).connection_ids == [row.id]
    assert (await ana.receive())[:2] == (WSMsgType.CLOSE, 4503)


async def listed_when_back(stage: Stage, **query: Any) -> list[Connection]:
    """Nothing while Belfry itself is not back yet."""
    async with stage.belfry.get(f"{AT}/connections", params=query) as answer:
        return msgspec.json.decode(await answer.read(), type=ConnectionList).connections if answer.status == 200 else []
