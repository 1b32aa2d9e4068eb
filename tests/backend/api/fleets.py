"""The WebSocket API over nodes whose connections are known, and how the tests read it and act by it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import aiohttp
import msgspec
from msgspec import Struct

from shared.contracts.auth import AuditEntry, AuditTrail
from shared.contracts.ws.events import WsNode, WsStats
from shared.contracts.ws.overview import ConnectionList, Disconnected
from tests.fixtures.waiting import until
from tests.fixtures.ws_nodes import FakeNode

AT = "/api/v1/admin/websocket"
TOKEN = "bf_token_of_the_websocket_tests_0123456789"
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


class Fleet(Struct, frozen=True):
    """The API over two gateways and a shop that reports from outside; `admin` may all."""

    admin: aiohttp.ClientSession
    url: str
    nats_url: str
    gw0: FakeNode
    gw1: FakeNode
    shop: FakeNode

    @property
    def nodes(self) -> list[FakeNode]:
        return [self.gw0, self.gw1, self.shop]


def known(stats: WsStats) -> list[WsNode]:
    """The nodes of these tests; the gateway that serves the API is one, too."""
    return [node for node in stats.nodes if node.node in ("gw-0", "gw-1", "shop-1")]


async def read(fleet: Fleet, path: str, type_: Any, **query: Any) -> Any:
    async with fleet.admin.get(f"{AT}{path}", params=query) as answer:
        body = await answer.read()
        assert answer.status == 200, body
        return msgspec.json.decode(body, type=type_)


async def asked(fleet: Fleet, missing: Sequence[str] = (), **query: Any) -> ConnectionList:
    """A page to which all nodes but the missing ones have answered; on a busy machine one may be late."""
    found: ConnectionList = await until(
        lambda: read(fleet, "/connections", ConnectionList, **query), lambda page: page.missing_nodes == list(missing)
    )
    return found


async def post(fleet: Fleet, path: str, body: dict[str, Any], token: str = TOKEN) -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(fleet.url, headers=headers) as client,
        client.post(f"{AT}{path}", json=body) as answer,
    ):
        return answer.status, await answer.json()


async def closed_by(fleet: Fleet, path: str, **body: Any) -> Disconnected:
    status, found = await post(fleet, path, body)
    assert status == 200, found
    return msgspec.convert(found, Disconnected)


async def token_of(fleet: Fleet, role: str) -> str:
    async with fleet.admin.post("/api/v1/auth/tokens", json={"label": role, "role": role}) as made:
        secret: str = (await made.json())["secret"]
    return secret


async def trail(fleet: Fleet, object_: str) -> list[AuditEntry]:
    """What was written of an object, newest first."""
    async with fleet.admin.get("/api/v1/auth/audit", params={"action": "websocket", "limit": 200}) as answer:
        found = msgspec.json.decode(await answer.read(), type=AuditTrail)
    return [entry for entry in found.entries if entry.object == object_]
