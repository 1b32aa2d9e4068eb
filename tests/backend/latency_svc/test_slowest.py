"""Examples: the slowest requests of an endpoint and an hour, a few, whatever comes."""

from hypothesis import given
from hypothesis import strategies as st

from latency_svc.roster import EndpointKey
from latency_svc.slowest import HOUR_SECONDS, KEPT, MOST_PLACES, Example, Place, Slowest, place_of, slowest_of

KEY = EndpointKey("shop", "GET", "/orders")
AT = 1_795_400_000.0
PLACE = place_of(KEY, AT)


def example(seconds: float, trace: int = 1, status: int = 200) -> Example:
    return Example(seconds, f"{trace:032x}", AT, status, status >= 500)


def offer(slowest: Slowest, found: Example, place: Place = PLACE) -> None:
    if slowest.wants(place, found.seconds):
        slowest.add(place, found)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), max_size=60))
def test_the_slowest_are_kept_each_trace_once(offers: list[tuple[int, int]]) -> None:
    slowest = Slowest()
    for trace, seconds in offers:
        offer(slowest, example(seconds, trace))

    kept = dict(slowest.changed()).get(PLACE, [])
    longest = {trace: max(s for t, s in offers if t == trace) for trace, _ in offers}
    assert [one.seconds for one in kept] == sorted(longest.values(), reverse=True)[:KEPT]
    assert len({one.trace_id for one in kept}) == len(kept)


def test_what_changed_after_it_was_stored_is_stored_again() -> None:
    slowest = Slowest()
    offer(slowest, example(1.0))
    told = slowest.changed()
    offer(slowest, example(2.0, trace=2))
    slowest.stored(told)
    assert [len(kept) for _, kept in slowest.changed()] == [2]
    slowest.stored(slowest.changed())
    offer(slowest, example(1.0))
    assert slowest.changed() == []


def test_places_are_bounded_and_forgotten() -> None:
    """A million endpoints have examples for so many of them; hours that are over leave room for new ones."""
    slowest = Slowest()
    for n in range(MOST_PLACES + 10):
        offer(slowest, example(1.0), Place(PLACE.hour, EndpointKey("shop", "GET", f"/{n}")))
    assert len(slowest.changed()) == MOST_PLACES
    slowest.forget(AT + HOUR_SECONDS)
    assert len(slowest.changed()) == MOST_PLACES
    slowest.forget(AT + 3 * HOUR_SECONDS)
    assert slowest.changed() == []
    assert slowest.wants(PLACE, 0.1)


def test_writers_are_merged() -> None:
    found = slowest_of([example(1.0, 1), example(3.0, 2), example(2.0, 1), example(1.5, 3)], 2)
    assert [(one.seconds, int(one.trace_id, 16)) for one in found] == [(3.0, 2), (2.0, 1)]
