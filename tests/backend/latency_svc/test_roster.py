"""Endpoints and their slots: a million paths are no more than the cap allows."""

from latency_svc.roster import OVERFLOW_SERVICE, REMEMBERED, EndpointKey, Roster, overflow_of
from shared.contracts.latency import OVERFLOW_ROUTE, SampleSeries


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
    overflow = overflow_of("shop")

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


def test_all_services_together_have_no_more_endpoints_than_fit() -> None:
    roster = Roster(cap=10, most=12)

    slots = [roster.slot(key(n, service)) for service in ("a", "b", "c") for n in range(10)]

    assert len(set(slots)) == len(roster.keys) == 14
    assert [roster.keys[slots[n]] for n in (11, 12, 29)] == [key(1, "b"), overflow_of("b"), overflow_of("c")]
    assert roster.take_refused() == {"b": 8, "c": 10}


def test_services_beyond_the_cap_are_one() -> None:
    """Whoever makes up names of services has no more of them than anyone else."""
    roster = Roster(services=2)
    roster.learn([(key(1, "stored"), 1)])

    names = [roster.service(name) for name in ("stored", "\0" + "n" * 200, "third", "stored", *map(str, range(1000)))]

    assert names[:4] == ["stored", "\ufffd" + "n" * 99, OVERFLOW_SERVICE, "stored"]
    assert set(names[4:]) == {OVERFLOW_SERVICE}


def test_the_same_endpoint_however_it_is_written() -> None:
    """Methods that are none are one, and so is what overflowed at the client's, whatever its method."""
    roster = Roster(cap=2)
    written = [
        ("GET", "/0"),
        ("get", "/1"),
        ("what?", "/1"),
        ("GET", OVERFLOW_ROUTE),
        ("A", OVERFLOW_ROUTE),
        ("GET", "/2"),
    ]
    series = [SampleSeries(method, route, 2) for method, route in written]

    for _ in range(2):
        assert roster.slots("shop", series).tolist() == [0, 1, 1, 2, 2, 2]
    assert roster.keys == [key(0), EndpointKey("shop", "_OTHER", "/1"), overflow_of("shop")]
    assert roster.take_refused() == {"shop": 1}
    assert roster.slots("shop", []).size == 0
