"""A gateway as one of the nodes that hold WebSockets: what it reports, and what it does when the fleet is asked."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import msgspec
import pytest

from gateway.live import report
from shared.bus import Bus, Message
from shared.contracts.live import KICKED
from shared.contracts.wire import Rpc
from shared.contracts.ws.events import NODE_EVENTS, WsClosed, WsFailed, WsMeasured, WsOpened
from shared.contracts.ws.nodes import (
    CLOSE_ACTION,
    LIST_ACTION,
    NODE_SUBJECT,
    CloseConnections,
    ClosedConnections,
    NodeConnections,
)
from shared.contracts.ws.procedures import ConnectionsQuery
from shared.problems import ProblemError
from shared.rpc import Caller, call
from tests.backend.gateway.conftest import AUTOMATION, token_of
from tests.backend.gateway.live.conftest import Gateway, StartLive
from tests.backend.gateway.live.test_door import refused
from tests.fixtures.live import LiveClient, live
from tests.fixtures.waiting import until

ANA = Caller(actor="ana", role="admin")


class Heard:
    """Everything that nodes say."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._types = {event.SUBJECT.split(".")[3]: event for event in NODE_EVENTS}

    async def hear(self, message: Message) -> None:
        self.events.append(msgspec.json.decode(message.data, type=self._types[message.subject.split(".")[3]]))

    def of(self, kind: Any, node: str) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind) and event.node == node]


@pytest.fixture
async def heard(bus: Bus) -> Heard:
    heard = Heard()
    for event in NODE_EVENTS:
        await bus.subscribe(event.SUBJECT.replace("{node}", "*"), heard.hear, concurrency=1)
    return heard


async def listed(bus: Bus, gateway: Gateway, **query: Any) -> NodeConnections:
    rpc = Rpc(
        NODE_SUBJECT.format(node=gateway.hub.report.node.id, action=LIST_ACTION), ConnectionsQuery, NodeConnections
    )
    reply = await call(bus, rpc, ConnectionsQuery(**query), ANA, 30)
    return msgspec.json.decode(reply.data, type=NodeConnections)


async def closed(bus: Bus, gateway: Gateway, **command: Any) -> list[str]:
    subject = NODE_SUBJECT.format(node=gateway.hub.report.node.id, action=CLOSE_ACTION)
    reply = await call(bus, Rpc(subject, CloseConnections, ClosedConnections), CloseConnections(**command), ANA, 30)
    return msgspec.json.decode(reply.data, type=ClosedConnections).connection_ids


async def connected(held: AsyncExitStack, gateway: Gateway, headers: dict[str, str]) -> tuple[str, LiveClient]:
    client = await held.enter_async_context(live(gateway.url, headers))
    hello = (await client.frame("connected"))["connected"]
    return str(hello["connection_id"]), client


async def test_a_node_lists_its_connections(live_gateway: Gateway, bus: Bus) -> None:
    """R2.3.2: id, address, since when, subscriptions; sorted, searched and paged where they are."""
    viewer = await token_of(live_gateway.client, "viewer")
    async with AsyncExitStack() as held:
        first, client = await connected(held, live_gateway, {**AUTOMATION, "User-Agent": "wall é 1"})
        others = [(await connected(held, live_gateway, viewer))[0] for _ in range(4)]
        await client.subscribe("health")
        await client.subscribe("ws")

        oldest = await listed(bus, live_gateway, sort="connected_at", limit=1)
        found = await listed(bus, live_gateway, search="HEALTH")
        one = await listed(bus, live_gateway, conn_id=others[0])
        newest = await listed(bus, live_gateway, limit=2)

    (row,) = oldest.connections
    assert (row.id, oldest.total) == (first, 5)
    assert found.connections == [row]
    assert (row.client_ip, row.user, row.agent, row.service) == ("127.0.0.1", "automation", "wall ? 1", "gateway")
    assert (row.subscriptions, row.received, row.sent, row.lagging) == (["health", "ws"], 2, 3, False)
    assert row.sent_bytes > row.received_bytes > 0
    assert [each.id for each in one.connections] == [others[0]]
    assert [each.id for each in newest.connections] == others[:1:-1]
    with pytest.raises(ProblemError) as refusal:
        await listed(bus, live_gateway, cursor="not one")
    assert refusal.value.problem.status == 422


async def test_a_node_closes_whom_it_is_told_to(live_gateway: Gateway, bus: Bus) -> None:
    """F2.3.4: one, all of a user, all of an address; each is told why, and for good."""
    viewer = await token_of(live_gateway.client, "viewer")
    async with AsyncExitStack() as held:
        one, client = await connected(held, live_gateway, AUTOMATION)
        rest = [await connected(held, live_gateway, headers) for headers in (viewer, viewer, AUTOMATION)]

        assert await closed(bus, live_gateway, connection_ids=[one], dry_run=True) == [one]
        assert await closed(
            bus, live_gateway, connection_ids=[one, "c-unknown"], reason="Old tab", closed_by="ana"
        ) == [one]
        goodbye = (await client.frame("disconnect"))["disconnect"]
        assert (goodbye["code"], goodbye["reason"], goodbye["reconnect"]) == (KICKED.code, "Old tab", False)
        assert await client.ended() == KICKED.code
        assert await closed(bus, live_gateway, connection_ids=[one]) == []
        assert await closed(bus, live_gateway, user="nobody") == []
        assert await closed(bus, live_gateway, user="automation") == [id_ for id_, _ in rest]
        gone = await listed(bus, live_gateway, state="closed", sort="connected_at")
        assert await closed(bus, live_gateway, client_ip="127.0.0.1") == []

    assert [row.id for row in gone.connections] == [one, *(id_ for id_, _ in rest)]
    assert [row.close_code for row in gone.connections] == [KICKED.code] * 4
    assert (gone.connections[0].close_reason, gone.connections[0].closed_by) == ("Old tab", "ana")
    assert (gone.connections[1].close_reason, gone.connections[1].closed_by) == (KICKED.reason, "ana")
    assert all(row.closed_at for row in gone.connections)


async def test_a_node_reports_what_happens_to_its_connections(live_gateway: Gateway, heard: Heard) -> None:
    node = live_gateway.hub.report.node.id
    async with live(live_gateway.url, AUTOMATION) as client:
        await client.subscribe("health")
        await client.socket.close(code=1001, message=b"tab closed")
    async with live(live_gateway.url, AUTOMATION) as client:
        await client.socket.send_str("what?")
        await client.ended()
    assert await refused(live_gateway, {"Authorization": "Bearer bf_wrong"}) == 401

    async def said() -> list[int]:
        return [len(heard.of(kind, node)) for kind in (WsOpened, WsClosed, WsFailed)]

    await until(said, lambda counts: counts == [2, 2, 2])
    by_client, by_us = [event.connection for event in heard.of(WsClosed, node)]
    assert (by_client.close_code, by_client.close_reason, by_client.subscriptions) == (1001, "tab closed", ["health"])
    assert (by_us.close_code, by_us.closed_by) == (4501, None)
    bad_frame, bad_token = heard.of(WsFailed, node)
    assert (bad_frame.kind, bad_frame.code, bad_frame.connection_id, bad_frame.reconnects) == (
        "protocol",
        4501,
        by_us.id,
        False,
    )
    assert (bad_token.kind, bad_token.code, bad_token.connection_id, bad_token.client_ip) == (
        "authentication",
        401,
        None,
        "127.0.0.1",
    )


async def test_a_node_measures_itself_every_second_and_says_when_it_ends(start_live: StartLive, heard: Heard) -> None:
    gateway = await start_live(instance="GW.7", ws_max_connections=500)
    node = "gateway-gw-7"
    async with live(gateway.url, AUTOMATION) as client:
        await client.subscribe("health")

        async def measured() -> list[WsMeasured]:
            return heard.of(WsMeasured, node)

        told = await until(measured, lambda found: bool(found) and found[-1].sent_total == 2)
        assert (told[-1].active, told[-1].max, told[-1].received_total, told[-1].opened_total) == (1, 500, 1, 1)
        async with aiohttp.ClientSession() as session, session.get(f"{gateway.url}/metrics") as answer:
            text = await answer.text()
        await asyncio.gather(gateway.client.close(), client.ended())
    last = (await until(measured, lambda found: found[-1].stopping))[-1]
    assert (last.active, last.closed_total, last.failed_total) == (0, 1, 0)
    assert 'belfry_ws_active{service="gateway"} 1.0' in text
    assert 'belfry_ws_sent_total{service="gateway"} 2.0' in text
    assert "belfry_ws_delivery_delay_seconds_bucket" in text


async def test_a_storm_is_not_told_one_by_one(
    live_gateway: Gateway, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures hold it all."""
    monkeypatch.setattr(report, "PER_SECOND", 0)
    hub = live_gateway.hub
    node = hub.report.node.id
    await until(lambda: _left(hub.report), lambda left: left == 0)

    for _ in range(3):
        assert await refused(live_gateway, {}) == 401

    await until(lambda: _failed(heard, node), lambda total: total == 3)
    assert (hub.report.untold_total, heard.of(WsFailed, node)) == (3, [])


async def _left(of: report.Report) -> int:
    return of.left


async def _failed(heard: Heard, node: str) -> int:
    measured = heard.of(WsMeasured, node)
    return measured[-1].failed_total if measured else 0
