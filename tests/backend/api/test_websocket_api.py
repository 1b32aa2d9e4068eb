"""The WebSocket API as a client sees it: gateway, bus and ws_svc are real; the connections of the nodes are known."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
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
from shared.contracts.auth import AuditEntry, AuditTrail
from shared.contracts.ws.events import Connection, WsNode, WsStats
from shared.contracts.ws.overview import ConnectionList, Disconnected, ErrorList, RateHistory
from tests.fixtures.servers import new_database, template_name
from tests.fixtures.waiting import until
from tests.fixtures.ws_nodes import FakeNode, fake_node, forget_nodes
from ws_svc.app import WsSettings

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

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


@pytest.fixture(scope="module")
def fleet_database(postgres_url: str, migrated_template: str) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fleet(nats_url: str, fleet_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fleet]:
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": fleet_database}
    directory = str(tmp_path_factory.mktemp("websocket"))
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, data_dir=directory, admin_token=TOKEN)))
    service = TestServer(ws_svc.app.create_app(WsSettings(**given, ws_alert_pct=75.0)))
    await forget_nodes(nats_url)
    async with (
        front,
        service,
        fake_node(nats_url, "gw-0") as gw0,
        fake_node(nats_url, "gw-1") as gw1,
        fake_node(nats_url, "shop-1", "shop", "outside.", limit=0) as shop,
        aiohttp.ClientSession(str(front.make_url("")), headers={"Authorization": f"Bearer {TOKEN}"}) as admin,
    ):
        found = Fleet(admin, str(front.make_url("")), nats_url, gw0, gw1, shop)
        await until(lambda: read(found, "/stats", WsStats), lambda stats: len(known(stats)) == 3)
        yield found


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


# --- the fleet ----------------------------------------------------------------------------------------------------


async def test_stats_hold_what_widgets_read(fleet: Fleet) -> None:
    """R2.3.1, F2.3.1: `{active, max, msg_in_rate, msg_out_rate, error_rate}` of all nodes, with the percentage."""
    held = [fleet.gw0.open(f"10.1.0.{n}", "stats") for n in range(20)] + [fleet.shop.open("10.1.1.1", "stats")]
    held[0].pending_bytes = 2_000_000

    found = await until(lambda: read(fleet, "/stats", WsStats), lambda stats: stats.active == 21 and stats.lagging == 1)

    assert (found.alert_pct, found.pending_bytes) == (75.0, 2_000_000)
    assert found.max == sum(node.max for node in found.nodes) >= 200
    assert found.active_pct == round(100 * 20 / found.max, 1)
    assert [(n.node, n.service, n.active, n.max, n.outside, n.answers) for n in known(found)] == [
        ("gw-0", "gateway", 20, 100, False, True),
        ("gw-1", "gateway", 0, 100, False, True),
        ("shop-1", "shop", 1, 0, True, True),
    ]
    assert [rates.window_seconds for rates in found.rates] == [1, 10, 60]
    async with fleet.admin.get(f"{AT}/stats") as answer:
        assert {"active", "max", "msg_in_rate", "msg_out_rate", "error_rate"} <= (await answer.json()).keys()
        assert answer.headers["ETag"]
    await closed_by(fleet, "/disconnect", user="stats")
    await until(lambda: read(fleet, "/stats", WsStats), lambda stats: stats.active == 0 and stats.closed_total >= 21)


async def test_rates_are_per_second_and_so_is_their_history(fleet: Fleet) -> None:
    """R2.3.1, F2.3.2: what a connection sends and receives is in the rates, and in the seconds of the chart."""
    talker = fleet.gw1.open("10.2.0.1", "talker")
    talker.received, talker.sent = 50, 700

    def told(history: RateHistory) -> tuple[float, float]:
        return sum(p.msg_in_rate or 0 for p in history.points), sum(p.msg_out_rate or 0 for p in history.points)

    history = await until(lambda: read(fleet, "/rates", RateHistory), lambda found: told(found)[1] >= 699.9)
    assert (history.step_seconds, len(history.points)) == (1, 600)
    assert told(history) == pytest.approx((50, 700), abs=0.1)
    assert history.points[0].active is None
    short = await read(fleet, "/rates", RateHistory, window_seconds=60)
    assert len(short.points) == 60
    talker.sent += 1_000
    await until(lambda: read(fleet, "/stats", WsStats), lambda s: (s.rates[0].msg_out_rate or 0) > 100, seconds=60)
    found = await until(lambda: read(fleet, "/stats", WsStats), lambda s: (s.msg_out_rate or 0) > 10, seconds=60)
    assert {n.node: n.msg_out_rate or 0 for n in found.nodes}["gw-1"] > 10
    await closed_by(fleet, "/disconnect", user="talker")


async def test_the_last_twenty_errors_are_told_with_their_causes(fleet: Fleet) -> None:
    """F2.3.5: newest first, with the code in words, whose connection it was, and whether the client comes again."""
    victim = fleet.gw0.open("10.3.0.1", "kim")
    for n in range(25):
        fleet.gw0.node.failed("protocol", 1002, f"frame {n}", "10.3.0.1", victim)
    fleet.gw0.node.failed("handshake", 403, "The origin https://evil.example is not allowed", "203.0.113.9")

    found = await until(lambda: read(fleet, "/errors", ErrorList), lambda e: e.errors[:1] and e.errors[0].code == 403)

    newest, one = found.errors[0], found.errors[1]
    assert len(found.errors) == 20
    assert (newest.kind, newest.meaning, newest.client_ip, newest.connection_id) == (
        "handshake", "Forbidden", "203.0.113.9", None,
    )  # fmt: skip
    assert (one.message, one.meaning, one.user, one.connection_id, one.node) == (
        "frame 24", "A frame broke the protocol", "kim", victim.id, "gw-0",
    )  # fmt: skip
    assert len((await read(fleet, "/errors", ErrorList, limit=100)).errors) == 26
    stats = await until(lambda: read(fleet, "/stats", WsStats), lambda s: s.failed_total == 26)
    assert stats.failed_total == 26
    await closed_by(fleet, "/disconnect", user="kim")


# --- the list -----------------------------------------------------------------------------------------------------


async def test_connections_of_all_nodes_are_one_list(fleet: Fleet) -> None:
    """F2.3.3, R2.3.2: `{id, client_ip, connected_at, subscriptions[]}`; sorted, searched and paged by the server."""
    for n in range(30):
        fleet.nodes[n % 3].open(
            f"10.4.0.{n}",
            f"user-{n % 5}",
            connected_at=NOON + timedelta(seconds=n),
            subscriptions=["list", "odd" if n % 2 else "even"],
            sent=n * 10,
        )
    pages = [await asked(fleet, search="list", sort="-sent", limit=12)]
    while pages[-1].next_cursor:
        pages.append(await asked(fleet, search="list", sort="-sent", limit=12, cursor=pages[-1].next_cursor))

    assert [len(page.connections) for page in pages] == [12, 12, 6]
    assert {page.total for page in pages} == {30}
    assert [each.sent for page in pages for each in page.connections] == [n * 10 for n in reversed(range(30))]
    assert {each.node for each in pages[0].connections} == {"gw-0", "gw-1", "shop-1"}
    newest = (await asked(fleet, search="list", limit=1)).connections[0]
    assert (newest.client_ip, newest.connected_at) == ("10.4.0.29", NOON + timedelta(seconds=29))
    by_address = await asked(fleet, search="list", sort="client_ip", limit=3, client_ip="10.4.0.7")
    assert [each.client_ip for each in by_address.connections] == ["10.4.0.7"]
    assert (await asked(fleet, search="ODD")).total == 15
    assert (await asked(fleet, search="list", user="user-3", node="gw-0")).total == 2
    assert (await asked(fleet, search="list", node="gw-7")).connections == []
    async with fleet.admin.get(f"{AT}/connections") as answer:
        assert {"id", "client_ip", "connected_at", "subscriptions"} <= (await answer.json())["connections"][0].keys()
    for n in range(5):
        await closed_by(fleet, "/disconnect", user=f"user-{n}")


async def test_a_node_that_does_not_answer_is_named_and_the_others_are_listed(fleet: Fleet) -> None:
    fleet.gw0.open("10.5.0.1", "here")
    fleet.gw1.open("10.5.0.2", "there")

    with fleet.gw1.hanging():
        found = await asked(fleet, ["gw-1"], search="10.5.0.")
        alone = await asked(fleet, search="10.5.0.", node="gw-0")

    assert ([each.user for each in found.connections], found.missing_nodes) == (["here"], ["gw-1"])
    assert ([each.user for each in alone.connections], alone.missing_nodes) == (["here"], [])
    assert (await asked(fleet, search="10.5.0.")).total == 2
    for user in ("here", "there"):
        await closed_by(fleet, "/disconnect", user=user)


async def test_closed_connections_stay_listed_with_their_reason(fleet: Fleet) -> None:
    left, broken = fleet.gw0.open("10.6.0.1", "left", sent=7), fleet.shop.open("10.6.0.2", "broken")
    fleet.gw0.node.closed(left, 1001, "The tab was closed")
    fleet.shop.node.closed(broken, 1006)

    query = {"state": "closed", "search": "10.6.0.", "sort": "client_ip"}
    found = await until(lambda: asked(fleet, **query), lambda page: page.total == 2)

    assert [(c.id, c.close_code, c.close_reason, c.node) for c in found.connections] == [
        (left.id, 1001, "The tab was closed", "gw-0"),
        (broken.id, 1006, "", "shop-1"),
    ]
    assert found.connections[0].closed_at is not None
    assert found.connections[0].sent == 7
    first = await asked(fleet, **query, limit=1)
    second = await asked(fleet, **query, limit=1, cursor=first.next_cursor)
    assert [each.user for each in first.connections + second.connections] == ["left", "broken"]
    assert second.next_cursor is None
    assert (await asked(fleet, search="10.6.0.")).total == 0


# --- closing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["gw1", "shop"])
async def test_one_connection_is_closed_wherever_it_is(fleet: Fleet, place: str) -> None:
    """F2.3.4: with 4503 and the reason, confirmed by its node, gone from the list at once, and in the audit trail."""
    node: FakeNode = getattr(fleet, place)
    victim, other = node.open("10.7.0.1", "sam"), node.open("10.7.0.1", "sam")

    found = await closed_by(fleet, f"/connections/{victim.id}/disconnect", reason="Old tab")

    assert found == Disconnected(closed=1, connection_ids=[victim.id], missing_nodes=[])
    assert node.told[-1] == (victim.id, 4503, "Old tab")
    assert [each.id for each in (await asked(fleet, user="sam")).connections] == [other.id]
    [row] = (await until(lambda: asked(fleet, state="closed", conn_id=victim.id), lambda c: c.total == 1)).connections
    assert (row.close_code, row.close_reason, row.closed_by) == (4503, "Old tab", "token:automation")
    [entry] = await trail(fleet, victim.id)
    assert (entry.outcome, entry.actor, entry.after) == ("done", "token:automation", '{"reason":"Old tab"}')
    before = msgspec.json.decode(entry.before or "", type=Connection)
    assert (before.id, before.user, before.client_ip) == (victim.id, "sam", "10.7.0.1")

    again, problem = await post(fleet, f"/connections/{victim.id}/disconnect", {})
    assert (again, problem["title"]) == (409, "Conflict")
    await closed_by(fleet, "/disconnect", user="sam")


async def test_a_connection_nobody_heard_of_is_not_found(fleet: Fleet) -> None:
    status, problem = await post(fleet, "/connections/c-nowhere/disconnect", {"reason": ""})

    assert (status, problem["title"]) == (404, "Not found")
    assert "c-nowhere" in problem["detail"]


@pytest.mark.parametrize("role", ["viewer", "operator"])
async def test_only_an_admin_may_disconnect(fleet: Fleet, role: str) -> None:
    """R2.3.3, I2.3.2: 403 and nothing is closed; the attempt is in the audit trail. Looking is for all who sign in."""
    victim, token = fleet.gw0.open("10.8.0.1", f"of-{role}"), await token_of(fleet, role)

    one = await post(fleet, f"/connections/{victim.id}/disconnect", {}, token)
    many = await post(fleet, "/disconnect", {"user": f"of-{role}"}, token)
    nobody = await post(fleet, f"/connections/{victim.id}/disconnect", {}, "")

    assert (one[0], many[0], nobody[0]) == (403, 403, 401)
    assert (await asked(fleet, conn_id=victim.id)).total == 1
    [entry] = await trail(fleet, victim.id)
    assert (entry.outcome, entry.role) == ("refused", role)
    async with aiohttp.ClientSession(fleet.url, headers={"Authorization": f"Bearer {token}"}) as client:
        for path in ("/stats", "/rates", "/connections", "/errors"):
            async with client.get(AT + path) as answer:
                assert answer.status == 200
    await closed_by(fleet, "/disconnect", user=f"of-{role}")


async def test_a_node_that_does_not_answer_makes_closing_unsure(fleet: Fleet) -> None:
    """503 that names the node; nobody is told that the connection is closed."""
    victim, elsewhere = fleet.gw1.open("10.9.0.1", "stuck"), fleet.gw0.open("10.9.0.2", "stuck")

    with fleet.gw1.hanging():
        status, problem = await post(fleet, f"/connections/{victim.id}/disconnect", {})
        sure = await closed_by(fleet, f"/connections/{elsewhere.id}/disconnect")
        many = await closed_by(fleet, "/disconnect", user="stuck")

    assert (status, problem["service"], sure.closed) == (503, "gw-1", 1)
    assert many == Disconnected(closed=0, connection_ids=[], missing_nodes=["gw-1"])
    assert (await closed_by(fleet, "/disconnect", user="stuck")).closed == 1


async def test_all_of_a_user_or_an_address_are_closed_at_once(fleet: Fleet) -> None:
    """F2.3.4: over all nodes; a dry run says how many it would be, and closes none."""
    held = [node.open(f"10.10.0.{n % 2}", "robot") for n in range(4) for node in fleet.nodes]

    dry = await closed_by(fleet, "/disconnect", user="robot", dry_run=True)
    assert (dry.closed, sorted(dry.connection_ids)) == (12, sorted(each.id for each in held))
    assert (await asked(fleet, user="robot")).total == 12

    by_address = await closed_by(fleet, "/disconnect", client_ip="10.10.0.1", reason="Too many")
    assert by_address.closed == 6
    by_user = await closed_by(fleet, "/disconnect", user="robot")
    assert by_user.closed == 6
    assert (await asked(fleet, user="robot")).total == 0
    assert '{"client_ip":"10.10.0.1","reason":"Too many"}' in [entry.after for entry in await trail(fleet, "")]


# --- what is refused ----------------------------------------------------------------------------------------------

REFUSED_READS = {
    "an order": ("/connections", {"sort": "colour"}, ["sort"]),
    "a cursor": ("/connections", {"cursor": "nonsense"}, ["cursor"]),
    "a cursor of another order": ("/connections", {"cursor": "WyJhbmEiLCJjLTEiXQ", "sort": "sent"}, ["cursor"]),
    "too many": ("/connections", {"limit": "201", "state": "ajar"}, ["limit", "state"]),
    "an id": ("/connections", {"conn_id": "No Id"}, ["conn_id"]),
    "too long": ("/rates", {"window_seconds": "3601"}, ["window_seconds"]),
    "too short": ("/rates", {"window_seconds": "9"}, ["window_seconds"]),
    "none": ("/errors", {"limit": "0"}, ["limit"]),
}
REFUSED_COMMANDS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "nobody": ("/disconnect", {}, ["client_ip", "user"]),
    "both": ("/disconnect", {"user": "ana", "client_ip": "10.0.0.1"}, ["client_ip", "user"]),
    "an empty name": ("/disconnect", {"user": ""}, ["user"]),
    "unknown fields": ("/disconnect", {"user": "ana", "hard": True}, ["hard"]),
    "a long reason": ("/connections/c-1/disconnect", {"reason": "x" * 121}, ["reason"]),
    "an id": ("/connections/No%20Id/disconnect", {"reason": ""}, ["conn_id"]),
}


@pytest.mark.parametrize("name", REFUSED_READS)
async def test_what_cannot_be_asked_is_refused_by_name(fleet: Fleet, name: str) -> None:
    path, query, fields = REFUSED_READS[name]
    async with fleet.admin.get(f"{AT}{path}", params=query) as answer:
        body = await answer.json()

    assert (answer.status, sorted(error["field"] for error in body["errors"])) == (422, fields)


@pytest.mark.parametrize("name", REFUSED_COMMANDS)
async def test_what_cannot_be_told_is_refused_by_name(fleet: Fleet, name: str) -> None:
    path, body, fields = REFUSED_COMMANDS[name]
    status, problem = await post(fleet, path, body)

    assert (status, sorted(error["field"] for error in problem["errors"])) == (422, fields)
