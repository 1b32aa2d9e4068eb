"""Flapping: the example of Icinga's documentation, its edges, and a naive model."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from health_svc.flapping import Changes, interrupted, is_flapping, recorded, score_pct
from shared.contracts.health.services import Result

RESULTS: list[Result] = ["pass", "warn", "fail", "error"]
results = st.lists(st.sampled_from(RESULTS), max_size=60)


def after(outcomes: Sequence[Result]) -> list[Changes]:
    """The memory after each outcome."""
    return list(accumulate(outcomes, recorded, initial=Changes()))[1:]


def flags(outcomes: Sequence[Result]) -> list[bool]:
    """Flapping or not, after each outcome."""
    found: list[bool] = []
    for changes in after(outcomes):
        found.append(is_flapping(changes, was_flapping=bool(found) and found[-1]))
    return found


def one_in(n: int, length: int = 200) -> list[Result]:
    """One failure in every `n` checks."""
    return ["fail" if i % n == n - 1 else "pass" for i in range(length)]


def test_alternating_results_flap_at_the_sixth_change() -> None:
    """The documented example: five changes score 28.5 %, the sixth 33.9 % and trips the 30 % mark."""
    alternating = one_in(2, length=8)
    assert [score_pct(changes) for changes in after(alternating)][:7] == pytest.approx(
        [0, 5.9, 11.7, 17.4, 23.0, 28.5, 33.9]
    )
    assert flags(alternating) == [False] * 6 + [True] * 2


def test_one_failure_in_ten_is_not_flapping() -> None:
    """A loss of 10 % stays below the mark for ever: it is a fail rate, not flapping."""
    assert not any(flags(one_in(10)))


def test_one_failure_in_five_is_flapping() -> None:
    assert all(flags(one_in(5))[40:])


def test_one_failure_in_seven_lies_on_the_border() -> None:
    scores = [score_pct(changes) for changes in after(one_in(7))][40:]
    assert min(scores) < 25 < 30 < max(scores) < 32


def test_flapping_ends_lower_than_it_starts() -> None:
    """Between 25 and 30 % it stays what it was, so the badge itself does not flap."""
    between = Changes(bits=0b11111)
    assert 25 < score_pct(between) < 30
    assert is_flapping(between, was_flapping=True)
    assert not is_flapping(between, was_flapping=False)


def test_exactly_the_lower_mark_ends_it() -> None:
    at_mark = next(Changes(bits=bits) for bits in range(1 << 12) if score_pct(Changes(bits=bits)) == 25.0)
    assert not is_flapping(at_mark, was_flapping=True)


def test_a_steady_service_stops_flapping_at_last() -> None:
    outcomes = one_in(2, length=30) + one_in(1_000, length=21)
    assert flags(outcomes)[29]
    assert not flags(outcomes)[-1]
    assert after(outcomes)[-1].count == 0


def test_two_sides_of_a_silence_are_not_compared() -> None:
    before = recorded(Changes(), "pass")
    assert recorded(interrupted(before), "fail").count == 0
    assert recorded(before, "fail").count == 1


@given(results)
def test_what_was_not_measured_takes_no_slot(outcomes: list[Result]) -> None:
    measured = [result for result in outcomes if result != "error"]
    assert after(outcomes)[-1:] == after(measured)[-1:] or not measured


@given(results)
def test_the_bits_agree_with_a_list_of_twenty(outcomes: list[Result]) -> None:
    """A naive model: the last twenty comparisons, weighted 0.8 + 0.02 i from the oldest."""
    measured = [result for result in outcomes if result != "error"]
    compared = [False] * 20 + [a != b for a, b in pairwise(measured)]
    expected = sum((0.8 + 0.02 * i) * changed for i, changed in enumerate(compared[-20:])) / 20 * 100
    final = after(measured)[-1] if measured else Changes()
    assert score_pct(final) == pytest.approx(expected)
    assert final.count == sum(compared[-20:])
