"""A node says and answers what the contract has, though it does not import it; and it keeps no more than it may."""

import re
import time
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from belfry_reporter import node, node_link
from belfry_reporter.node import KEPT_EVENTS, Command, Connection, Node, Question, Socket
from shared.contracts.live import KICKED
from shared.contracts.wire import DEADLINE_HEADER
from shared.contracts.ws import procedures as ws
from shared.contracts.ws.events import OUTSIDE, WsClosed, WsFailed, WsMeasured, WsOpened
from shared.contracts.ws.events import Connection as Told
from shared.contracts.ws.nodes import NODE_SUBJECT, CloseConnections, ClosedConnections, NodeConnections
from tests.fixtures.processes import ROOT

EVENTS = {"opened": WsOpened, "closed": WsClosed, "failed": WsFailed}


def fields_of(type_: type[msgspec.Struct]) -> dict[str, Any]:
    return {field.name: None if field.required else field.default for field in msgspec.structs.fields(type_)}


def test_the_words_of_a_node_are_those_of_the_contract() -> None:
    assert fields_of(Connection) == fields_of(Told)
    assert fields_of(Command).keys() == fields_of(CloseConnections).keys()
    assert fields_of(ws.ConnectionsQuery).items() >= fields_of(Question).items()
    assert (OUTSIDE, KICKED.code, KICKED.reason) == (node.OUTSIDE, node.KICKED_CODE, node.KICKED_REASON)
    assert node_link.DEADLINE_HEADER == DEADLINE_HEADER
    place = "outside.shop-1"
    assert NODE_SUBJECT.format(node=place, action="*") == f"belfry.node.{place}.*"


async def test_events_and_answers_are_read_by_the_contract() -> None:
    shop = Node("The Shop", max_connections=7)
    told: list[tuple[int, str]] = []
    socket = Socket(
        shop.connection("10.0.0.1", "ana", "tests", ["a"]), lambda *words: told.append(words), lambda: 300_000
    )
    shop.opened(socket)
    shop.failed("send", 1006, "x" * 9_000, "10.0.0.1", socket.connection)
    socket.connection.sent = 5

    measured = msgspec.json.decode((await shop.measured()).body, type=WsMeasured)
    assert (measured.active, measured.max, measured.lagging, measured.pending_bytes) == (1, 7, 1, 300_000)
    assert (measured.opened_total, measured.sent_total, measured.failed_total) == (1, 5, 1)
    assert re.fullmatch(r"the-shop-[0-9a-f]{8}", measured.node)
    query = msgspec.json.encode(ws.ConnectionsQuery(sort="-sent"))
    page = msgspec.json.decode(await shop.answer("list_connections", query) or b"", type=NodeConnections)
    assert [(each.id, each.sent, each.lagging) for each in page.connections] == [(socket.connection.id, 5, True)]

    dry = msgspec.json.encode(CloseConnections(user="ana", dry_run=True))
    wet = msgspec.json.encode(CloseConnections(client_ip="10.0.0.1", reason="Old", closed_by="bo"))
    for command, expected in ((dry, []), (wet, [(KICKED.code, "Old")])):
        answer = msgspec.json.decode(await shop.answer("close_connections", command) or b"", type=ClosedConnections)
        assert (answer.connection_ids, told) == ([socket.connection.id], expected)
    shop.closed(socket.connection, 1006)
    shop.closed(socket.connection, 1006)
    assert await shop.answer("restart", b"") is None
    with pytest.raises(ValueError, match="JSON"):
        await shop.answer("close_connections", b"what?")

    said = [msgspec.json.decode(word.body, type=EVENTS[word.kind]) for word in shop.words]
    assert [type(each) for each in said] == [WsOpened, WsFailed, WsClosed]
    closed = said[-1].connection
    assert (closed.close_code, closed.close_reason, closed.closed_by) == (4503, "Old", "bo")
    after = msgspec.json.decode((await shop.measured(stopping=True)).body, type=WsMeasured)
    assert (after.active, after.closed_total, after.sent_total, after.stopping) == (0, 1, 5, True)


def test_what_nobody_takes_is_kept_within_bounds() -> None:
    shop = Node("shop", "shop-1")
    for n in range(KEPT_EVENTS + 5):
        shop.failed("internal", 1011, f"{n}", "")

    odd = shop.connection("10.0.0.1", object(), "tests", [])  # type: ignore[arg-type]  # what an application may set
    shop.opened(Socket(odd, lambda code, reason: None, lambda: 0))

    assert (len(shop.words), shop.dropped_words_total) == (KEPT_EVENTS, 6)
    assert msgspec.json.decode(shop.words[0].body)["message"] == "5"


@pytest.mark.parametrize("service", ["", "Ünicode & Co.", "-", "x" * 200, "shop_eu-1"])
def test_a_name_is_a_token_of_a_subject(service: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", Node(service).name)
    assert Node(service).name != Node(service).name
    assert Node("shop", "Shop.EU 1").name == "shop-eu-1"


async def test_the_example_of_the_document_runs_also_without_belfry() -> None:
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "websockets.md").read_text(), re.DOTALL)
    made: dict[str, Any] = {}
    exec(example, made)

    async with TestServer(made["app"]) as server, ClientSession() as client:
        ws = await client.ws_connect(server.make_url("/chat"))
        await ws.send_str("hello")
        assert (await ws.receive()).data == "hello"
        [held] = [socket.connection for socket in made["sockets"].node.sockets.values()]
        assert (held.user, held.subscriptions, held.received, held.sent) == ("ana", ["room 7"], 1, 1)
        await ws.close()


@pytest.mark.parametrize("late", [False, True])
async def test_who_is_late_does_nothing(late: bool) -> None:
    shop, answers = Node("shop", "shop-1"), list[bytes]()
    connection = shop.connection("10.0.0.1", "ana", "tests", [])
    shop.opened(Socket(connection, lambda code, reason: shop.closed(connection, code, reason), lambda: 0))

    async def respond(body: bytes) -> None:
        answers.append(body)

    deadline_ms = int((time.time() + (-5 if late else 60)) * 1000)
    asked = SimpleNamespace(
        subject="belfry.node.outside.shop-1.close_connections",
        data=msgspec.json.encode(CloseConnections(user="ana")),
        headers={DEADLINE_HEADER: f"{deadline_ms}"},
        respond=respond,
    )
    await node_link.NodeLink(shop, "nats://127.0.0.1:1")._answer(asked)  # type: ignore[arg-type]

    assert (len(answers), len(shop.sockets)) == ((0, 1) if late else (1, 0))
