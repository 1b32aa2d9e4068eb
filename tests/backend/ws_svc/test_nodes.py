"""Asking nodes: who answers what cannot be understood, or too much, has not answered."""

import gzip

import msgspec
import pytest

from shared.bus import Bus, Message
from shared.contracts.ws.nodes import CloseConnections, ClosedConnections
from shared.settings import Settings
from ws_svc.nodes import LARGEST_ANSWER_BYTES, ask_nodes

GOOD = msgspec.json.encode(ClosedConnections(connection_ids=["c-1"]))
ANSWERS: dict[str, tuple[bytes, dict[str, str], bool]] = {
    "plain": (GOOD, {}, True),
    "packed": (gzip.compress(GOOD), {"Content-Encoding": "gzip"}, True),
    "not packed": (GOOD, {"Content-Encoding": "gzip"}, False),
    "packed too much": (gzip.compress(b" " * (LARGEST_ANSWER_BYTES + 1)), {"Content-Encoding": "gzip"}, False),
    "nothing": (b"", {}, False),
    "rubbish": (b'{"connection_ids": [1]}', {}, False),
    "a problem": (b'{"status": 500, "title": "Internal error"}', {"Nats-Service-Error-Code": "500"}, False),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_counts_when_it_can_be_understood(nats_url: str, name: str) -> None:
    body, headers, understood = ANSWERS[name]
    bus = await Bus.connect(Settings(service="ws_svc", nats_url=nats_url))

    async def answer(message: Message) -> None:
        await bus.send(message.reply, body, headers or None)

    await bus.subscribe("belfry.node.asked.*", answer)
    found, missing = await ask_nodes(
        bus, ["asked", "outside.nobody"], "close_connections", CloseConnections(), ClosedConnections, 10
    )
    await bus.close()

    expected = {"asked": ClosedConnections(connection_ids=["c-1"])} if understood else {}
    assert (found, missing) == (expected, ["outside.nobody"] if understood else ["asked", "outside.nobody"])
