"""Recurrence rules agree with dateutil's, walk for walk, and end where dateutil's would search for ever."""

from datetime import datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from health_svc.recurrence import walls
from health_svc.rules import WEEK_DAYS, parse

YEARS = timedelta(days=6 * 366)


def ours(text: str, first: datetime, lower: datetime, upper: datetime) -> list[datetime]:
    return list(walls(parse(text, first, lambda at: at), lower, upper))


def reference(text: str, first: datetime, lower: datetime, upper: datetime) -> list[datetime]:
    """What dateutil finds; only for rules that match at all."""
    return [wall for wall in takewhile(lambda wall: wall <= upper, rrulestr(text, dtstart=first)) if wall >= lower]


def listed(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


def signed(most: int) -> st.SearchStrategy[int]:
    return st.integers(-most, most).filter(bool)


def several(days: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(days, min_size=1, max_size=4, unique=True).map(",".join)


EACH_DAY = several(st.sampled_from(WEEK_DAYS))
PLACED_DAY = several(
    st.builds(lambda n, day: f"{n}{day}", st.sampled_from([1, 2, 4, -1, -2]), st.sampled_from(WEEK_DAYS))
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    by_day = EACH_DAY if frequency in ("DAILY", "WEEKLY") else EACH_DAY | PLACED_DAY  # dateutil fails on both at once
    optional = {
        "INTERVAL": st.integers(1, 5).map(str),
        "COUNT": st.integers(1, 60).map(str),
        "WKST": st.sampled_from(WEEK_DAYS),
        "BYMONTH": listed(st.integers(1, 12)),
        "BYMONTHDAY": listed(signed(28)),
        "BYDAY": by_day,
        "BYHOUR": listed(st.integers(0, 23)),
        "BYMINUTE": listed(st.integers(0, 59)),
    }
    if frequency in ("MONTHLY", "YEARLY"):  # dateutil counts the first week from the start, not from its Monday
        optional["BYSETPOS"] = listed(signed(3))
    parts = draw(st.fixed_dictionaries({}, optional=optional))
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])


firsts = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))


@given(rules(), firsts, st.integers(-30, 900), st.integers(0, 200))
def test_every_rule_agrees_with_dateutil(text: str, first: datetime, ahead_days: int, span_days: int) -> None:
    """From wherever one looks; a rule that matches nothing in years is left out, for dateutil would not return."""
    if not ours(text, first, first, first + YEARS):
        return
    lower = first + timedelta(days=ahead_days)
    upper = lower + timedelta(days=span_days)
    assert ours(text, first, lower, upper) == reference(text, first, lower, upper)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=MONTHLY", ["2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("FREQ=MONTHLY;BYDAY=-1SU", ["2026-02-22", "2026-03-29", "2026-04-26", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", ["2026-02-13", "2026-03-13", "2026-11-13", "2027-08-13"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ["2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA;COUNT=3", ["2026-01-31", "2026-02-09", "2026-02-14"]),
        ("FREQ=MONTHLY;BYDAY=1MO,SU", ["2026-02-01", "2026-02-02", "2026-02-08", "2026-02-15"]),
        ("FREQ=YEARLY;INTERVAL=2", ["2026-01-31", "2028-01-31", "2030-01-31", "2032-01-31"]),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", ["2026-03-08", "2027-03-14", "2028-03-12", "2029-03-11"]),
        ("FREQ=YEARLY;BYDAY=1SU,-1SU", ["2026-12-27", "2027-01-03", "2027-12-26", "2028-01-02"]),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", ["2028-02-29", "2032-02-29", "2036-02-29", "2040-02-29"]),
    ],
)
def test_rules_by_example(text: str, expected: list[str]) -> None:
    """From Saturday, 31 January 2026, 02:00."""
    first = datetime(2026, 1, 31, 2)
    found = ours(text, first, first, first + timedelta(days=16 * 366))
    assert [f"{wall:%Y-%m-%d}" for wall in found[:4]] == expected
    assert {wall.hour for wall in found} == {2}


@pytest.mark.parametrize(
    "text",
    ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=4", "FREQ=DAILY;BYSETPOS=2;COUNT=3"],
)
def test_a_rule_that_never_matches_ends_with_the_span(text: str) -> None:
    """Trap: a rule without any match searched until the year 9999 blocks the process for half a minute."""
    first = datetime(2026, 1, 31, 2)
    assert ours(text, first, first, first + YEARS) == []


def test_an_empty_or_past_span_has_nothing() -> None:
    first = datetime(2026, 1, 31, 2)
    assert ours("FREQ=DAILY", first, first + timedelta(days=1), first) == []
    assert ours("FREQ=DAILY;COUNT=2", first, first - timedelta(days=9), first - timedelta(days=1)) == []
    assert ours("FREQ=DAILY;UNTIL=20260201", first, first + timedelta(days=3), first + timedelta(days=9)) == []
