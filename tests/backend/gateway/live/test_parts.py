"""The parts of the live channel that are functions of values: what is remembered, who is silent, what a frame holds."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.auth.identity import Identity
from gateway.live import commands, frames
from gateway.live.client import Client, Owner
from gateway.live.fanout import Fanout
from gateway.live.frames import Item, item_of
from gateway.live.heartbeats import Heartbeats
from gateway.live.ring import Ring
from gateway.live.topics import BITS, Told, filters_of, key_of, kind_of, table, topics_in, topics_of
from shared.contracts.live import TOPICS, Frame, Pushed
from shared.contracts.wire import EVENTS_STREAM, MEASURES_STREAM
from shared.events import all_events

CHANGED = Told("health.changed", "health", "event")


def item(offset: int, bit: int = 1, heard_at: float = 0, body: bytes = b"{}") -> Item:
    return Item(
        topic="health", bit=bit, delivery="event", key="", offset=offset, body=body, stored_at=0, heard_at=heard_at
    )


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from([1, 2])), max_size=40),
    st.integers(1, 10), st.integers(0, 60), st.sampled_from([1, 2, 3]), st.integers(0, 20),
)  # fmt: skip
def test_a_ring_gives_all_of_a_gap_or_says_that_it_cannot(
    steps: list[tuple[int, int]], most: int, after: int, mask: int, cap: int
) -> None:
    ring, offset, all_items = Ring(most, 1_000_000), 7, []
    ring.begin(7)
    for step, bit in steps:
        offset += step
        all_items.append(item(offset, bit))
        ring.add(all_items[-1])

    found = ring.between(after, offset, mask, cap)

    wanted = [each for each in all_items if each.offset > after and each.bit & mask]
    complete = after >= ring.start
    assert found == (wanted if complete and len(wanted) <= cap else None)
    assert ring.start >= 7
    assert complete or after < 7 or len(all_items) > most


def test_a_ring_is_bounded_in_bytes_too() -> None:
    ring = Ring(1_000, most_bytes=100)
    ring.begin(0, [item(offset, body=b"x" * 30) for offset in range(1, 11)])

    assert ring.start == 7
    assert [each.offset for each in ring.between(7, 10, 1, 10) or []] == [8, 9, 10]


def test_a_ring_knows_where_it_was_some_time_ago() -> None:
    ring = Ring(10, 1_000_000)
    ring.begin(4)
    assert ring.offset_before(100.0) == 4
    for offset, heard_at in ((5, 1.0), (6, 2.0), (9, 3.0)):
        ring.add(item(offset, heard_at=heard_at))
    assert [ring.offset_before(moment) for moment in (0.5, 1.0, 2.5, 3.0, 9.0)] == [4, 5, 6, 9, 9]


def test_hearts_beat_by_one_structure() -> None:
    beats: Heartbeats[str] = Heartbeats(25, 10)
    assert beats.heard("a", 0) is None
    beats.heard("b", 5)
    beats.heard("c", 10)
    assert beats.due(24.9) == ([], [])
    assert beats.due(25) == (["a"], [])
    beats.heard("c", 26)
    assert beats.due(31) == (["b"], [])
    assert beats.heard("b", 31.5) == 0.5
    assert beats.due(35) == ([], ["a"])
    beats.forget("c")
    assert beats.due(1_000) == (["b"], [])
    assert beats.due(1_010) == ([], ["b"])
    assert beats.due(9_999) == ([], [])


def test_a_batch_is_the_contracts_frame() -> None:
    told = [Told("health.checked", "health", "state"), CHANGED, Told("ws.failed", "ws", "log")]
    items = [
        item_of(each, "ledger", b' {"a": 1}\n', offset=9, event_id="e-1", stored_at=0, heard_at=0) for each in told
    ]

    frame = frames.batch(items)

    pushed = [
        Pushed(topic="health", kind="health.checked", data=msgspec.Raw(b'{"a": 1}'), key="ledger"),
        Pushed(topic="health", kind="health.changed", data=msgspec.Raw(b'{"a": 1}'), offset=9, event_id="e-1"),
        Pushed(topic="ws", kind="ws.failed", data=msgspec.Raw(b'{"a": 1}')),
    ]
    assert frame == frames.frame(batch=pushed)
    assert msgspec.json.decode(frame[4:], type=Frame).batch == pushed


def test_frames_of_every_length_are_framed_as_rfc_6455_says() -> None:
    heads = {
        125: b"\x81\x7d",
        126: b"\x81\x7e\x00\x7e",
        65_535: b"\x81\x7e\xff\xff",
        65_536: b"\x81\x7f" + b"\0\0\0\0\0\1\0\0",
    }
    for size, head in heads.items():
        assert frames.framed(b"x" * size) == head + b"x" * size


def test_long_answers_come_in_frames_that_any_client_takes() -> None:
    items = [item(offset, body=b"x" * 50_000) for offset in range(5)]

    chunks = list(frames.batches(items))

    assert [messages for _, messages in chunks] == [2, 2, 1]
    assert list(frames.batches([])) == []


@pytest.mark.parametrize("data", [b"", b"[]", b'"a"', b"1", b"null", b'{"a":}', b'{"a":1}{', b'{"a":"\xff"}'])
def test_only_an_object_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        item_of(CHANGED, "a", data, offset=1, event_id="", stored_at=0, heard_at=0)


def test_facts_are_events_and_measures_are_states() -> None:
    facts, measures = (table(all_events(), stream) for stream in (EVENTS_STREAM, MEASURES_STREAM))

    assert {told.delivery for told in facts.values()} == {"event"}
    assert {kind for kind, told in measures.items() if told.delivery == "log"} == {"ws.failed", "ws.closed"}
    assert facts.keys() >= {"health.changed", "health.declared"}
    assert measures.keys() >= {"health.checked", "latency.summarised", "ws.status"}
    assert not (facts.keys() | measures.keys()) & {"auth.revoked", "ws.opened", "ws.measured"}


def test_subjects_say_what_happened_to_what() -> None:
    assert kind_of("belfry.v1.health.changed.ledger-db") == "health.changed"
    assert (key_of("belfry.v1.health.checked.ledger-db"), key_of("belfry.v1.ws.closed.outside.shop")) == (
        "ledger-db",
        "outside.shop",
    )
    assert filters_of(["health.changed"]) == ["belfry.v1.health.changed.>"]
    assert topics_in(BITS["health"] | BITS["ws"]) == ["health", "ws"]
    assert topics_of("viewer") == list(TOPICS)


def test_bursts_are_allowed_and_floods_are_not() -> None:
    client: Any = SimpleNamespace(allowance=0.0, allowed_at=0.0)
    burst = [commands.may_send(client, 5, now=100.0) for _ in range(12)]
    later = [commands.may_send(client, 5, now=101.0) for _ in range(5)]

    assert burst == [True] * 10 + [False] * 2
    assert later.count(True) == 3


@pytest.mark.parametrize(
    ("message", "is_one"),
    [(b"{}", True), (b" { }\n", True), (b'{"id":1}', False), (b"", False), (b"{" + b" " * 99 + b"}", False)],
)
def test_a_pong_is_an_empty_object(message: bytes, is_one: bool) -> None:
    assert commands.is_pong(message) is is_one


class Wire:
    """Counts what is written to it."""

    written = 0

    def write(self, frame: bytes) -> None:
        self.written += len(frame)

    def get_write_buffer_size(self) -> int:
        return 0


STEPS = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.just("tell"), st.sampled_from([1, 2]), st.integers(1, 2)),
    st.tuples(st.sampled_from(["pause", "resume", "end"]), st.integers(0, 3), st.just(0)),
)


@given(st.lists(STEPS, max_size=30))
def test_every_client_counts_what_was_written_to_it(steps: list[tuple[str, int, int]]) -> None:
    """Whoever it shares frames with, and however often it changes its topics, falls behind or catches up."""
    fanout, clients = asyncio.run(_taken(steps))
    assert [client.sent_bytes for client in clients] == [cast(Wire, client.transport).written for client in clients]
    assert sum(client.sent for client in clients) == fanout.totals.sent_total


async def _taken(steps: list[tuple[str, int, int]]) -> tuple[Fanout, list[Client]]:
    """Four clients after all these steps."""
    fanout = Fanout(0, lambda client, code: None)
    ana = Identity(kind="token", id="t", user_name="ana", role="viewer", created_at=datetime.now(UTC))
    clients = [Client(cast(Owner, fanout), str(n), ana, origin="", client_ip="", agent="", now=0) for n in range(4)]
    for client in clients:
        client.transport, client.open = cast(asyncio.Transport, Wire()), True
        client.direct = client.transport
    for number, (step, which, more) in enumerate(steps):
        if step == "move":
            fanout.move(clients[which], more)
        elif step == "tell":
            for place in range(more):
                fanout.take(item(2 * number + place, which))
            await fanout.tick()
        elif step == "pause" and clients[which].direct:
            clients[which].paused()
        elif step == "resume" and clients[which].open and not clients[which].direct:
            clients[which].resumed()
        elif step == "end":
            clients[which].open, clients[which].direct = False, None
            fanout.forget(clients[which])
    return fanout, clients
