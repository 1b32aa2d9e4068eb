"""Many nodes as one list: whatever the order, filter and pages, every connection is on exactly one page."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from belfry_reporter.connections import page_of
from shared.contracts.live import CLOSE_CODES, KICKED
from shared.contracts.ws.events import Connection
from shared.contracts.ws.nodes import ClosedConnections, NodeConnections
from shared.contracts.ws.overview import ConnectionList
from shared.contracts.ws.procedures import ConnectionSort, ConnectionsQuery
from tests.backend.ws_svc.said import START, connection, failed, moment
from ws_svc.meanings import meaning_of
from ws_svc.registry import CLOSED_SECONDS, MOST_CLOSED, MOST_ERRORS, MOST_HEARD, Registry
from ws_svc.websocket_manager import MOST_IDS, disconnected, fate_of, merged, page_of_closed, question_to_nodes

SORTS = get_args(ConnectionSort)
ADDRESSES = ["10.0.0.2", "10.0.0.10", "9.255.0.1", "2001:db8::1", "unknown"]


@st.composite
def fleets(draw: st.DrawFn) -> dict[str, list[Connection]]:
    """Up to four nodes with a few connections, many of them alike in what they are sorted by."""
    names = draw(st.lists(st.sampled_from(["gw-0", "gw-1", "outside.gw-0", "outside.shop"]), unique=True, min_size=1))
    numbers = st.integers(0, 3)
    return {
        name: [
            connection(
                f"c-{name.replace('.', '-')}-{n}",
                name.removeprefix("outside."),
                client_ip=draw(st.sampled_from(ADDRESSES)),
                user=draw(st.sampled_from([None, "ana", "Bo", "zoe"])),
                connected_at=moment(draw(numbers) + 0.123456),
                sent=draw(numbers),
                received=draw(numbers),
                pending_bytes=draw(numbers),
                rtt_ms=draw(st.sampled_from([None, 0.5, 18.0])),
                subscriptions=draw(st.lists(st.sampled_from(["health", "alerts"]), unique=True)),
            )
            for n in range(draw(st.integers(0, 7)))
        ]
        for name in names
    }


def asked(fleet: dict[str, list[Connection]], query: ConnectionsQuery) -> ConnectionList:
    pages = {name: page_of(held, question_to_nodes(query)) for name, held in fleet.items()}
    answers = {name: NodeConnections(connections=page, total=total) for name, (page, total) in pages.items()}
    return merged(query, answers, [])


def value_of(each: Connection, column: str) -> Any:
    """What people would sort by."""
    value = getattr(each, column)
    if column == "user" and value is not None:
        return value.lower()
    if column == "client_ip":
        return [part.zfill(3) for part in value.split(".")]
    return value


def in_order(connections: Sequence[Connection], sort: str) -> list[Connection]:
    column, down = sort.removeprefix("-"), sort.startswith("-")
    known = [each for each in connections if value_of(each, column) is not None]
    unknown = [each for each in connections if value_of(each, column) is None]
    ordered = sorted(known, key=lambda each: (value_of(each, column), each.id), reverse=down)
    return ordered + sorted(unknown, key=lambda each: each.id, reverse=down)


@settings(max_examples=100)
@given(fleet=fleets(), limit=st.integers(1, 5), sort=st.sampled_from(SORTS))
def test_all_pages_together_are_the_whole_list_in_order(
    fleet: dict[str, list[Connection]], limit: int, sort: ConnectionSort
) -> None:
    """F2.3.3: sorted by any column, from either end; equal ones by their ids, unknown values last."""
    everything = [each for held in fleet.values() for each in held]
    found: list[Connection] = []
    query = ConnectionsQuery(sort=sort, limit=limit)
    while True:
        page = asked(fleet, query)
        found += page.connections
        assert page.total == len(everything)
        if page.next_cursor is None:
            break
        assert len(page.connections) == limit
        query = structs.replace(query, cursor=page.next_cursor)

    assert found == in_order(everything, sort)


PEOPLE = {
    "gw-0": [
        connection("c-1", user="Ana", client_ip="10.4.2.11", subscriptions=["health", "alerts"]),
        connection("c-2", user="bo", client_ip="10.4.9.40", subscriptions=["latency"]),
    ],
    "gw-1": [connection("c-3", "gw-1", client_ip="10.4.2.11")],
}
FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "address": ({"search": "4.2.1"}, ["c-1", "c-3"]),
    "user, in any case": ({"search": "aNA"}, ["c-1"]),
    "subscription": ({"search": "LAT"}, ["c-2"]),
    "nothing": ({"search": "nobody"}, []),
    "exact user": ({"user": "bo"}, ["c-2"]),
    "a user in another case is another user": ({"user": "Bo"}, []),
    "exact address": ({"client_ip": "10.4.2.11"}, ["c-1", "c-3"]),
    "node": ({"node": "gw-1"}, ["c-3"]),
    "one": ({"conn_id": "c-2"}, ["c-2"]),
    "all of it": ({"search": "health", "client_ip": "10.4.2.11", "user": "Ana"}, ["c-1"]),
}


@pytest.mark.parametrize("name", FILTERS)
def test_the_list_is_filtered(name: str) -> None:
    given, expected = FILTERS[name]
    found = asked(PEOPLE, ConnectionsQuery(sort="connected_at", **given))

    assert ([each.id for each in found.connections], found.total) == (expected, len(expected))
    assert page_of_closed(ConnectionsQuery(sort="connected_at", **given), [*chain(*PEOPLE.values())]) == found


def test_a_node_speaks_only_of_its_own_connections() -> None:
    """What another node holds, and more than was asked for, does not reach the list."""
    lies = NodeConnections(connections=[connection(f"c-{n}", "shop") for n in range(300)], total=300)
    lies.connections[0] = connection("c-lie", "gw-0")

    found = merged(ConnectionsQuery(sort="connected_at", limit=200), {"outside.shop": lies}, ["gw-1", "outside.gw-1"])

    assert len(found.connections) == 199
    assert found.next_cursor is not None
    assert found.missing_nodes == ["gw-1"]


def test_ten_thousand_connections_on_each_node_are_one_short_page() -> None:
    """What is merged is bounded by the page, however much the nodes hold."""
    fleet = {
        f"gw-{n}": [
            connection(f"c-{n}-{i}", f"gw-{n}", user=f"user-{i}", connected_at=moment(i), sent=i) for i in range(10_000)
        ]
        for n in range(3)
    }

    page = asked(fleet, ConnectionsQuery(sort="-sent", limit=50))
    nothing = asked(fleet, ConnectionsQuery(search="user-4321", sort="user", limit=50))

    assert (page.total, len(page.connections), page.connections[0].sent) == (30_000, 50, 9_999)
    assert [each.id for each in nothing.connections] == ["c-0-4321", "c-1-4321", "c-2-4321"]
    question = question_to_nodes(ConnectionsQuery(limit=200))
    assert question.limit == 200
    assert len(page_of(fleet["gw-0"], question)[0]) == 200


BAD = [
    "",
    "nonsense",
    "W10",
    "WzEsMl0",
    "WzEsMiwzXQ",
    "W251bGwsMV0",
    "WyJ4IiwiYy0xIl0",
    "eyJhIjoxfQ",
    "\u2603",
    "W1tdLCJhIl0",
]


@pytest.mark.parametrize("cursor", BAD)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        page_of([], ConnectionsQuery(cursor=cursor, sort="sent"))


# --- closing ------------------------------------------------------------------------------------------------------

CLOSED, EMPTY = ClosedConnections(connection_ids=["c-1"]), ClosedConnections(connection_ids=[])
FATES = {
    "its node closed it": ({"gw-0": EMPTY, "gw-1": CLOSED}, [], None, "closed"),
    "closed, whoever else is silent": ({"gw-1": CLOSED}, ["gw-0"], "gw-1", "closed"),
    "its node has it no longer": ({"gw-0": EMPTY, "gw-1": EMPTY}, [], "gw-1", "gone"),
    "its node is gone": ({"gw-0": EMPTY}, [], "gw-9", "gone"),
    "its node is there, another is silent": ({"gw-1": EMPTY}, ["gw-0"], "gw-1", "gone"),
    "its node is silent": ({"gw-0": EMPTY}, ["gw-1"], "gw-1", "not answered"),
    "never heard of, and one is silent": ({"gw-0": EMPTY}, ["gw-1"], None, "not answered"),
    "never heard of": ({"gw-0": EMPTY, "gw-1": EMPTY}, [], None, "unknown"),
    "nobody there": ({}, [], None, "unknown"),
}


@pytest.mark.parametrize("name", FATES)
def test_what_became_of_a_command_to_close(name: str) -> None:
    """F2.3.4: closed, gone before (409), never heard of (404), or not known because a node is silent (503)."""
    answers, missing, owner, expected = FATES[name]
    assert fate_of("c-1", answers, missing, owner) == expected


def test_many_closed_are_counted_all_and_named_in_part() -> None:
    ids = [f"c-{n:04}" for n in range(1_500)]
    answers = {"gw-0": ClosedConnections(connection_ids=ids[:800]), "gw-1": ClosedConnections(connection_ids=ids[700:])}

    found = disconnected(answers, ["outside.shop"])

    assert (found.closed, found.connection_ids, found.missing_nodes) == (1_500, ids[:MOST_IDS], ["shop"])


# --- what was said lately -----------------------------------------------------------------------------------------


def test_errors_are_kept_newest_first_with_their_meaning() -> None:
    """F2.3.5: the last errors, each with its code in words."""
    registry = Registry()
    for n in range(MOST_ERRORS + 20):
        registry.hear_failed(failed("gw-0", 1009, f"number {n}"))
    registry.hear_failed(failed("gw-1", KICKED.code, "x" * 10_000, user="sam", client_ip="10.0.0.1", reconnects=True))

    found = registry.errors(20)

    assert (len(found), found[0].node, found[0].meaning, found[0].user) == (20, "gw-1", KICKED.reason, "sam")
    assert len(found[0].message) == 500
    assert [each.message for each in found[1:3]] == [f"number {MOST_ERRORS + 19}", f"number {MOST_ERRORS + 18}"]
    assert len(registry.errors(1_000)) == MOST_ERRORS


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (403, "Forbidden"),
        (429, "Too Many Requests"),
        (1006, "The connection broke off"),
        *((each.code, each.reason) for each in CLOSE_CODES),
        (4999, "Code 4999"),
    ],
)
def test_every_code_is_said_in_words(code: int, words: str) -> None:
    assert meaning_of(code) == words


def test_closed_connections_are_kept_for_five_minutes_and_bounded() -> None:
    registry = Registry()
    for n in range(MOST_CLOSED + 10):
        registry.hear_closed("gw-0", connection(f"c-{n}"), START)
    registry.hear_closed("gw-0", connection("c-last", close_code=1000), START + 200)
    registry.hear_closed("gw-0", connection("c-last", close_code=1001), START + 200)

    assert len(registry.closed(START + 1)) == MOST_CLOSED
    assert [(each.id, each.close_code) for each in registry.closed(START + CLOSED_SECONDS + 1)] == [("c-last", 1001)]
    assert registry.closed(START + CLOSED_SECONDS + 201) == []


def test_only_who_opened_a_connection_says_that_it_is_closed() -> None:
    registry = Registry()
    registry.hear_opened("gw-0", connection("c-1"))
    registry.hear_closed("outside.shop", connection("c-1", "shop"), START)
    registry.hear_opened("outside.shop", connection("c-1", "shop"))

    assert (registry.owner_of("c-1"), registry.closed(START)) == ("gw-0", [])

    for n in range(MOST_HEARD):
        registry.hear_opened("gw-1", connection(f"d-{n}"))
    assert (registry.owner_of("c-1"), registry.owner_of("d-0")) == (None, "gw-1")
