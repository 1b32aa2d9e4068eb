"""The share of failed runs in the last hour."""

from datetime import UTC, datetime, timedelta

import pytest

from health_svc.fail_rate import SLOT_SECONDS, SLOTS, Tally, fail_rate_pct, tallied
from shared.contracts.health.services import Result

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SLOT = timedelta(seconds=SLOT_SECONDS)


def after(*results: Result, step: timedelta = timedelta(seconds=30), start: datetime = T0) -> Tally:
    tally = Tally()
    for i, result in enumerate(results):
        tally = tallied(tally, result, start + i * step)
    return tally


def test_nothing_measured_has_no_rate() -> None:
    assert fail_rate_pct(Tally(), T0) is None
    assert fail_rate_pct(after("error", "error"), T0) is None


@pytest.mark.parametrize(
    ("results", "pct"),
    [
        (("pass",), 0),
        (("pass", "fail"), 50),
        (("fail",), 100),
        (("pass", "pass", "error", "warn", "fail"), 25),
    ],
)
def test_share_of_what_was_measured(results: tuple[Result, ...], pct: float) -> None:
    assert fail_rate_pct(after(*results), T0) == pct


def test_a_slot_counts_for_an_hour_and_then_no_more() -> None:
    tally = after("fail", "pass", step=SLOT)
    assert fail_rate_pct(tally, T0 + (SLOTS - 1) * SLOT) == 50
    assert fail_rate_pct(tally, T0 + SLOTS * SLOT) == 0
    assert fail_rate_pct(tally, T0 + (SLOTS + 1) * SLOT) is None


def test_a_day_of_runs_keeps_only_the_slots_of_the_last_hour() -> None:
    results: list[Result] = ["fail"] * 2880
    tally = after(*results)
    assert len(tally.runs) == len(tally.failed) == SLOTS
    assert sum(tally.runs) == SLOTS * SLOT_SECONDS // 30


def test_a_reader_whose_clock_is_a_little_behind_sees_the_same() -> None:
    tally = after("fail", "pass")
    assert fail_rate_pct(tally, T0 - timedelta(milliseconds=1)) == 50


def test_slots_from_a_wrong_clock_are_forgotten() -> None:
    ahead = after("fail", start=T0 + timedelta(days=3))
    assert fail_rate_pct(tallied(ahead, "pass", T0), T0) == 0
