"""The pool as a function of what was said and when: how full, how fast, who is missing, second by second."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.ws.events import Rates, WsStats
from tests.backend.ws_svc.said import START, measured, moment
from ws_svc.connection_pool import GONE_SECONDS, MOST_NODES, ConnectionPool
from ws_svc.rates import COUNTERS, SILENT_SECONDS, Meter

ALERT_PCT = 80.0


def stats(pool: ConnectionPool, seconds: float) -> WsStats:
    return pool.stats(START + seconds, ALERT_PCT)


def hear(pool: ConnectionPool, name: str, seconds: float, late: float = 0.0, **known: Any) -> None:
    node = name.removeprefix("outside.")
    assert pool.hear(name, measured(node, seconds, **known), START + seconds + late)


def steady(pool: ConnectionPool, node: str, seconds: range, per_second: int, **known: Any) -> None:
    """A node that receives so many messages each second, and sends ten times as many."""
    for second in seconds:
        hear(pool, node, second, received_total=second * per_second, sent_total=10 * second * per_second, **known)


def rates(found: WsStats, window_seconds: int) -> Rates:
    return next(each for each in found.rates if each.window_seconds == window_seconds)


# --- how full -----------------------------------------------------------------------------------------------------


def test_an_empty_pool_is_no_error() -> None:
    """R2.3.1: no nodes, no connections, no percentage, no rates."""
    found = stats(ConnectionPool(), 0)

    assert (found.active, found.max, found.active_pct, found.nodes) == (0, 0, None, [])
    assert (found.msg_in_rate, found.msg_out_rate, found.error_rate) == (None, None, None)
    assert found.alert_pct == ALERT_PCT


def test_the_fleet_is_the_sum_of_its_nodes() -> None:
    """F2.3.1: active of max and the percentage; a node whose limit is unknown is left out of the percentage only."""
    pool = ConnectionPool()
    hear(pool, "gw-1", 0, active=30, max=100, lagging=2, pending_bytes=500, failed_total=4, opened_total=40)
    hear(pool, "gw-0", 0, active=20, max=300, pending_bytes=7, opened_total=20)
    hear(pool, "outside.gw-0", 0, active=5, max=0, service="shop")

    found = stats(pool, 1)

    assert (found.active, found.max, found.active_pct) == (55, 400, 12.5)
    assert (found.lagging, found.pending_bytes, found.failed_total, found.opened_total) == (2, 507, 4, 60)
    assert [(n.node, n.service, n.outside, n.active) for n in found.nodes] == [
        ("gw-0", "gateway", False, 20),
        ("gw-1", "gateway", False, 30),
        ("gw-0", "shop", True, 5),
    ]
    assert pool.whom_to_ask(START + 1) == ["gw-0", "gw-1", "outside.gw-0"]


def test_a_silent_node_is_missing_then_gone_and_counts_again_when_it_speaks() -> None:
    pool = ConnectionPool()
    hear(pool, "gw-0", 0, active=10, opened_total=10)
    hear(pool, "gw-1", 0, active=7, opened_total=7)
    hear(pool, "gw-1", SILENT_SECONDS + 1, active=8, opened_total=8)

    silent = stats(pool, SILENT_SECONDS + 1)
    assert (silent.active, silent.max, silent.missing_nodes) == (8, 100, ["gw-0"])
    assert [node.answers for node in silent.nodes] == [False, True]
    assert "gw-0" in pool.whom_to_ask(START + SILENT_SECONDS + 1)

    gone = stats(pool, GONE_SECONDS + 1)
    assert ([node.node for node in gone.nodes], gone.missing_nodes) == (["gw-1"], ["gw-1"])
    assert gone.opened_total == 18  # totals never fall

    hear(pool, "gw-0", GONE_SECONDS + 2, active=3, opened_total=13)
    assert (stats(pool, GONE_SECONDS + 2).active, stats(pool, GONE_SECONDS + 2).opened_total) == (3, 21)


def test_a_node_that_says_good_bye_is_gone_and_not_missing() -> None:
    pool = ConnectionPool()
    hear(pool, "gw-0", 0, active=10)
    hear(pool, "gw-0", 1, active=0, stopping=True)

    assert (stats(pool, 1).nodes, stats(pool, 1).missing_nodes, pool.whom_to_ask(START + 1)) == ([], [], [])

    hear(pool, "gw-0", 3, started=2, active=1)
    assert stats(pool, 3).active == 1


def test_there_is_an_end_of_nodes() -> None:
    pool = ConnectionPool()
    for n in range(MOST_NODES):
        hear(pool, f"n-{n}", 0, opened_total=1)

    assert not pool.hear("one-more", measured("one-more", 1), START + 1)

    hear(pool, "one-more", 3_700)  # all others are forgotten by then, but not what they counted
    assert pool.whom_to_ask(START + 3_700) == ["one-more"]
    assert stats(pool, 3_700).opened_total == MOST_NODES


# --- how fast -----------------------------------------------------------------------------------------------------


def test_rates_are_told_over_three_windows() -> None:
    """R2.3.1: messages in and out and errors per second; over 1, 10 and 60 s."""
    pool = ConnectionPool()
    for second in range(70):
        hear(pool, "gw-0", second, received_total=2 * second, sent_total=100 * second, failed_total=second // 10)
    for part in range(1, 6):
        hear(pool, "gw-0", 69 + part, received_total=138 + 32 * part, sent_total=6900, failed_total=6)

    found = stats(pool, 74)

    assert (rates(found, 1).msg_in_rate, rates(found, 1).msg_out_rate, rates(found, 1).error_rate) == (32, 0, 0)
    assert (rates(found, 10).msg_in_rate, rates(found, 10).msg_out_rate) == (17, 50)
    assert (rates(found, 60).msg_in_rate, rates(found, 60).error_rate) == (4.5, round(5 / 60, 3))
    assert (found.msg_in_rate, found.msg_out_rate) == (17, 50)
    assert found.nodes[0].msg_in_rate == 17


def test_a_rate_is_unknown_until_its_window_is() -> None:
    pool = ConnectionPool()
    steady(pool, "gw-0", range(1000, 1006), 5)  # counts of a process that runs for long

    found = stats(pool, 1005)

    assert rates(found, 1).msg_in_rate == 5
    assert (rates(found, 10).msg_in_rate, rates(found, 60).msg_in_rate) == (None, None)


def test_a_late_word_changes_no_rate() -> None:
    """Messages come in bursts when NATS is busy; each says itself when it was true."""
    pool = ConnectionPool()
    for second in range(12):
        hear(pool, "gw-0", second, late=3 - second % 4, received_total=10 * second)

    assert stats(pool, 12).msg_in_rate == rates(stats(pool, 12), 1).msg_in_rate == 10


def test_a_wrong_clock_of_a_node_does_no_harm() -> None:
    pool = ConnectionPool()
    for second in range(12):
        said = measured("gw-0", second - 9_000, started=-9_500, received_total=10 * second, active=4)
        pool.hear("gw-0", said, START + second)

    assert (stats(pool, 12).active, stats(pool, 12).msg_in_rate) == (4, 10)
    assert [p.msg_in_rate for p in pool.history(START + 12, 10).points][-5:] == [10] * 5


def test_a_restart_counts_on_from_zero() -> None:
    """Totals are of a process: what the new one counted comes on top, nothing is counted backwards."""
    pool = ConnectionPool()
    steady(pool, "gw-0", range(20), 10)
    for second in range(22, 32):
        hear(pool, "gw-0", second, started=21.0, received_total=10 * (second - 21))

    hear(pool, "gw-0", 32, started=21.3, received_total=110)  # the same process, a little unsure when it started
    found = stats(pool, 32)

    assert (rates(found, 1).msg_in_rate, rates(found, 10).msg_in_rate) == (10, 10)
    assert found.missing_nodes == []
    meter = Meter()
    meter.add(START, START, (5,) * len(COUNTERS))
    meter.add(START + 2, START + 1, (2,) * len(COUNTERS))
    meter.add(START + 3, START, (9,) * len(COUNTERS))  # the process before, which still has a word on its way
    assert meter.counts == (7,) * len(COUNTERS)


# --- second by second ---------------------------------------------------------------------------------------------


def test_history_has_every_second_and_gaps_where_nothing_was_heard() -> None:
    """F2.3.2: messages per second, sent and received; a silence is a gap, not a zero."""
    pool = ConnectionPool()
    steady(pool, "gw-0", range(100, 111), 3, active=2)
    steady(pool, "gw-1", range(100, 111), 4, active=5)
    steady(pool, "gw-0", range(130, 141), 3, active=1)

    found = pool.history(START + 142, 60)

    assert (found.step_seconds, len(found.points)) == (1, 60)
    by_second = {point.at: point for point in found.points}
    assert [by_second[moment(n)].msg_in_rate for n in (100, 105, 109)] == [7, 7, 7]
    assert (by_second[moment(105)].msg_out_rate, by_second[moment(105)].active) == (70, 7)
    assert (by_second[moment(139)].msg_in_rate, by_second[moment(139)].active) == (3, 1)
    assert {by_second[moment(n)].msg_in_rate for n in range(111, 130)} == {None}
    assert found.points[-1].at == moment(139)


@given(st.lists(st.tuples(st.floats(0.05, 4.5), st.integers(0, 500)), min_size=1, max_size=60))
def test_history_loses_no_message_however_unevenly_a_node_speaks(words: list[tuple[float, int]]) -> None:
    pool, at, count = ConnectionPool(), 0.0, 0
    hear(pool, "gw-0", 0)
    for seconds, messages in words:
        at, count = at + seconds, count + messages
        hear(pool, "gw-0", at, received_total=count)

    points = pool.history(START + at + 3, 600).points

    assert sum(point.msg_in_rate or 0 for point in points) == pytest.approx(count, abs=0.01 * len(points))


def test_an_hour_is_told_in_steps_of_five_seconds() -> None:
    pool = ConnectionPool()
    steady(pool, "gw-0", range(3_700), 2, active=9)

    found = pool.history(START + 3_701, 3_600)

    assert (found.step_seconds, len(found.points)) == (5, 720)
    assert {(point.msg_in_rate, point.active) for point in found.points} == {(2, 9)}
