"""Real browsers' counterparts on two real gateways: what the API lists of them, and how one is sent away from afar."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from msgspec import Struct

import gateway.app
import ws_svc.app
from gateway.settings import GatewaySettings
from shared.contracts.live import KICKED
from shared.contracts.ws.events import Connection, WsStats
from shared.contracts.ws.overview import ConnectionList, Disconnected, ErrorList
from tests.fixtures.live import live
from tests.fixtures.servers import new_database, template_name
from tests.fixtures.waiting import until
from tests.fixtures.ws_nodes import forget_nodes
from ws_svc.app import WsSettings

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

AT = "/api/v1/admin/websocket"
TOKEN = "bf_token_of_the_gateway_tests_0123456789"


class Gateways(Struct, frozen=True):
    """Two gateways of one Belfry, by their addresses. `near` is asked, `far` holds what is closed."""

    near: str
    far: str
    client: aiohttp.ClientSession

    async def read(self, path: str, type_: Any, **query: Any) -> Any:
        async with self.client.get(f"{self.near}{AT}{path}", params=query) as answer:
            assert answer.status == 200, await answer.text()
            return msgspec.json.decode(await answer.read(), type=type_)

    async def listed(self, **query: Any) -> list[Connection]:
        found: list[Connection] = (await self.read("/connections", ConnectionList, **query)).connections
        return found

    async def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        async with self.client.post(f"{self.near}{AT}{path}", json=body) as answer:
            return answer.status, await answer.read()

    async def token(self, label: str) -> dict[str, str]:
        """Of a program that may look; its headers."""
        body = {"label": label, "role": "viewer"}
        async with self.client.post(f"{self.near}/api/v1/auth/tokens", json=body) as made:
            return {"Authorization": f"Bearer {(await made.json())['secret']}"}


@pytest.fixture(scope="module")
def database_of_gateways(postgres_url: str, migrated_template: str) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateways(
    nats_url: str, database_of_gateways: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateways]:
    directory = str(tmp_path_factory.mktemp("gateways"))
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": database_of_gateways, "data_dir": directory}
    await forget_nodes(nats_url)
    async with AsyncExitStack() as stack:
        urls = []
        for name in ("near", "far"):
            app = gateway.app.create_app(GatewaySettings(**given, instance=name, admin_token=TOKEN))
            server = await stack.enter_async_context(TestServer(app))
            urls.append(str(server.make_url("")).rstrip("/"))
        await stack.enter_async_context(TestServer(ws_svc.app.create_app(WsSettings(**given))))
        own = {"Authorization": f"Bearer {TOKEN}"}
        client = await stack.enter_async_context(aiohttp.ClientSession(headers=own))
        found = Gateways(urls[0], urls[1], client)
        await until(lambda: found.read("/stats", WsStats), lambda stats: len(stats.nodes) == 2)
        yield found


async def test_clients_of_all_gateways_are_listed(gateways: Gateways) -> None:
    """F2.3.1, F2.3.3: address, user, since when, what they subscribed to, and how much went to and fro."""
    headers = await gateways.token("wall")
    async with live(gateways.near, headers) as near, live(gateways.far, headers, origin=None) as far:
        connected = [(await each.frame("connected"))["connected"] for each in (far, near)]
        await far.subscribe("health")
        await far.subscribe("ws")

        rows = await until(lambda: gateways.listed(sort="node"), lambda rows: len(rows) == 2)
        stats = await until(lambda: gateways.read("/stats", WsStats), lambda s: s.active == 2)

    assert [row.id for row in rows] == [each["connection_id"] for each in connected]
    assert [(row.node, row.user) for row in rows] == [(each["node"], each["user"]) for each in connected]
    assert [row.client_ip for row in rows] == ["127.0.0.1"] * 2
    assert (sorted(rows[0].subscriptions), rows[1].subscriptions) == (["health", "ws"], [])
    assert rows[0].received >= 2
    assert (stats.max, [node.active for node in stats.nodes]) == (20_000, [1, 1])
    closed = await until(lambda: gateways.listed(state="closed"), lambda rows: len(rows) == 2)
    assert {row.id for row in closed} == {row.id for row in rows}


async def test_a_long_page_of_a_gateway_is_read(gateways: Gateways) -> None:
    """What a gateway has to say of sixty clients it packs."""
    headers = await gateways.token("crowd")
    async with AsyncExitStack() as stack:
        for _ in range(60):
            await stack.enter_async_context(live(gateways.far, headers))

        page = await until(
            lambda: gateways.read("/connections", ConnectionList, node="gateway-far", limit=200),
            lambda page: len(page.connections) >= 60,
        )

    assert page.missing_nodes == []


async def test_a_client_of_another_gateway_is_sent_away_at_once(gateways: Gateways) -> None:
    """F2.3.4: told why, then closed with 4503; confirmed, listed as closed by whom, gone for a second try."""
    headers = await gateways.token("sam")
    async with live(gateways.far, headers) as sam, live(gateways.far, headers) as other:
        connected = (await sam.frame("connected"))["connected"]
        for each in (sam, other):
            await each.subscribe("health")
        id_ = connected["connection_id"]

        status, body = await gateways.post(f"/connections/{id_}/disconnect", {"reason": "Old tab"})

        assert (status, msgspec.json.decode(body, type=Disconnected).connection_ids) == (200, [id_])
        told = (await sam.frame("disconnect"))["disconnect"]
        assert (told["code"], told["reconnect"]) == (KICKED.code, False)
        assert await sam.ended() == KICKED.code
        assert (await gateways.post(f"/connections/{id_}/disconnect", {}))[0] == 409
        assert len(await gateways.listed(search="health")) == 1
        [row] = await until(lambda: gateways.listed(state="closed", conn_id=id_), bool)
        assert (row.close_code, row.close_reason, row.closed_by) == (4503, "Old tab", "token:automation")

        user = connected["user"]
        status, body = await gateways.post("/disconnect", {"user": user, "dry_run": True})
        assert msgspec.json.decode(body, type=Disconnected).closed == 1
        status, body = await gateways.post("/disconnect", {"user": user})
        assert msgspec.json.decode(body, type=Disconnected).closed == 1
        assert await other.ended() == KICKED.code


async def test_refused_handshakes_are_errors(gateways: Gateways) -> None:
    """F2.3.5: who came from another site, and who did not sign in."""
    headers = await gateways.token("page")
    for given in ({**headers, "Origin": "https://evil.example"}, {}):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            async with live(gateways.near, given):
                pass

    found = await until(lambda: gateways.read("/errors", ErrorList), lambda e: len(e.errors) >= 2)

    assert {(error.kind, error.code) for error in found.errors} == {("authentication", 403), ("authentication", 401)}
    assert {error.node for error in found.errors} == {"gateway-near"}


async def test_status_comes_over_the_live_channel_each_second(gateways: Gateways) -> None:
    """I2.3.3: whoever subscribes to `ws` hears the figures of the fleet without asking."""
    headers = await gateways.token("board")
    async with live(gateways.near, headers) as board:
        await board.subscribe("ws")
        told = await board.hear(3)

    stats = [message["data"]["stats"] for message in told if message["kind"] == "ws.status"]
    assert len(stats) >= 2
    assert {"active", "max", "msg_in_rate", "msg_out_rate", "error_rate"} <= stats[-1].keys()
    assert len({each["at"] for each in stats}) == len(stats)
