"""Endpoints and their slots: a million paths are no more than the cap allows."""

from latency_svc.roster import OVERFLOW_METHOD, REMEMBERED, EndpointKey, Roster
from shared.contracts.latency import OVERFLOW_ROUTE


def key(n: int, service: str = "shop") -> EndpointKey:
    return EndpointKey(service, "GET", f"/{n}")


def test_an_endpoint_keeps_its_slot() -> None:
    roster = Roster()

    assert [roster.slot(key(n)) for n in (0, 1, 0, 2, 1)] == [0, 1, 0, 2, 1]
    assert roster.keys == [key(0), key(1), key(2)]


def test_the_store_names_what_is_new() -> None:
    roster = Roster()
    roster.learn([(key(7), 70)])
    roster.slot(key(8))

    assert (roster.slot(key(7)), roster.unstored()) == (0, [key(8)])
    roster.learn([(key(8), 80), (key(7), 70)])
    assert (roster.ids, roster.unstored()) == ([70, 80], [])


def test_what_is_one_too_many_counts_as_overflow_of_its_service() -> None:
    roster = Roster(cap=3)
    overflow = EndpointKey("shop", OVERFLOW_METHOD, OVERFLOW_ROUTE)

    slots = {roster.slot(key(n)) for n in range(50)}

    assert slots == {0, 1, 2, 3}
    assert roster.keys[3] == overflow
    assert roster.slot(overflow) == 3
    assert roster.keys[roster.slot(key(0, "other"))] == key(0, "other")
    assert roster.slot(key(2)) == 2


def test_endpoints_beyond_the_cap_are_told_once_a_minute() -> None:
    roster = Roster(cap=1)
    for n in (0, 1, 2, 1, 2):
        roster.slot(key(n))

    assert (roster.take_refused(), roster.take_refused()) == ({"shop": 2}, {})
    roster.slot(key(2))
    assert roster.take_refused() == {}
    roster.forget_refused()
    roster.slot(key(2))
    assert roster.take_refused() == {"shop": 1}


def test_a_million_paths_are_not_remembered() -> None:
    roster = Roster(cap=10)
    for n in range(3 * REMEMBERED):
        roster.slot(key(n))

    assert len(roster.keys) == 11
    assert roster.take_refused() == {"shop": REMEMBERED}
