"""The WebSocket API as a client sees it: gateway, bus and ws_svc are real; the connections of the nodes are known."""

from datetime import timedelta

import pytest

from shared.contracts.ws.events import WsStats
from shared.contracts.ws.overview import ErrorList, RateHistory
from tests.backend.api.fleets import AT, NOON, Fleet, asked, closed_by, known, read
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


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
