"""Uptime: the published fixtures with their exact values, and what holds of every history."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from health_svc.timeline import SpanState, timeline, without_short_faults
from health_svc.uptime import Span, Totals, Window, coverage_pct, days, summarise, total, total_pct, uptime_pct
from tests.backend.health_svc.fixture_days import ExpectedDay, Fixture, history, load, outcomes, planned
from tests.backend.health_svc.replay import T0

FIXTURES = load()
DOCUMENT = Path(__file__).parents[3] / "docs" / "uptime.md"
WINDOW_SECONDS = 4_000


# --- the published fixtures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fixture", FIXTURES.values(), ids=FIXTURES.keys())
def test_fixture_as_a_whole(fixture: Fixture) -> None:
    totals = summarise(
        history(fixture),
        planned(fixture),
        fixture.from_at,
        min(fixture.now, fixture.from_at + timedelta(days=fixture.days)),
        ignore_shorter_than_seconds=fixture.ignore_shorter_than_seconds,
    )
    assert totals == fixture.expected.seconds, fixture.why
    assert uptime_pct(totals) == fixture.expected.uptime_pct, fixture.why
    assert coverage_pct(totals) == fixture.expected.coverage_pct, fixture.why


@pytest.mark.parametrize("fixture", FIXTURES.values(), ids=FIXTURES.keys())
def test_fixture_by_days(fixture: Fixture) -> None:
    found = days(
        history(fixture),
        planned(fixture),
        fixture.first_day,
        fixture.now,
        fixture.days,
        ignore_shorter_than_seconds=fixture.ignore_shorter_than_seconds,
    )
    cells = [ExpectedDay(day.date, day.worst, day.uptime_pct, day.coverage_pct, day.outages) for day in found]
    assert cells == fixture.expected.days, fixture.why
    assert total(found) == fixture.expected.seconds, "days add up to the whole"
    assert total_pct(found) == fixture.expected.uptime_pct


def test_every_fixture_is_documented() -> None:
    """docs/uptime.md names each fixture and the uptime it must give."""
    text = DOCUMENT.read_text()
    rows = [
        f"| `{name}` | {fixture.title} | {shown(fixture.expected.uptime_pct)} |" for name, fixture in FIXTURES.items()
    ]
    assert [row for row in rows if row not in text] == []


def shown(pct: float | None) -> str:
    return "null" if pct is None else f"{pct:g}"


# --- traps --------------------------------------------------------------------------------------------------------


def test_no_data_is_null_and_neither_0_nor_100_nor_the_last_value() -> None:
    """Trap: without data some say 0 %, some 100 %, some repeat the last value."""
    assert uptime_pct(Totals(unknown_seconds=86_400)) is None
    assert coverage_pct(Totals(unknown_seconds=86_400)) == 0.0
    assert uptime_pct(Totals()) is None
    assert days([], [], date(2026, 11, 23), T0, 1)[0].worst == "no_data"


def test_half_down_is_50() -> None:
    """Trap: failures divided by successes say 0 % for a service that was down half of the time."""
    assert uptime_pct(Totals(healthy_seconds=1, down_seconds=1)) == 50.0


@pytest.mark.parametrize(
    ("down_seconds", "expected"),
    [(0, 100.0), (0.000001, 99.99), (1, 99.99), (8.64, 99.99), (8.640001, 99.98), (86_400, 0.0), (86_399.999999, 0.0)],
)
def test_percentages_are_floored(down_seconds: float, expected: float) -> None:
    """Trap: 99.9996 % rounded up to 100 %."""
    assert uptime_pct(Totals(healthy_seconds=86_400 - down_seconds, down_seconds=down_seconds)) == expected


def test_the_running_day_is_divided_by_what_has_passed() -> None:
    """Trap: the current period divided by its whole length flatters it."""
    down = Span("down", T0, T0 + timedelta(hours=1))
    today = days([down], [], T0.date(), T0 + timedelta(hours=1), 1)[0]
    assert (today.uptime_pct, today.unknown_seconds) == (0.0, 43_200)


def test_more_samples_in_a_failure_do_not_weigh_more() -> None:
    """Trap: uptime by counting checks, where quick retries make an outage longer than it was."""
    quick, slow = FIXTURES["blips_with_quick_retries"], FIXTURES["blips_confirmed"]
    assert history(quick) == history(slow)
    assert [pct_by_counting(fixture) for fixture in (quick, slow)] == [96.34, 98.75]


def pct_by_counting(fixture: Fixture) -> float:
    results = [seen.result for seen in outcomes(fixture)]
    return round(100 * results.count("pass") / len(results), 2)


def test_days_to_come_are_left_out_and_midnight_opens_an_empty_day() -> None:
    midnight = datetime.fromisoformat("2026-11-24T00:00:00+00:00")
    found = days([Span("healthy", T0, midnight)], [], date(2026, 11, 23), midnight, 5)
    assert [(day.date, day.worst, day.uptime_pct) for day in found] == [
        ("2026-11-23", "healthy", 100.0),
        ("2026-11-24", "no_data", None),
    ]


def test_times_in_other_offsets_fall_on_utc_days() -> None:
    start = datetime.fromisoformat("2026-11-24T01:00:00+02:00")
    found = days([Span("down", start, start + timedelta(hours=2))], [], date(2026, 11, 23), T0 + timedelta(days=1), 2)
    assert [day.down_seconds for day in found] == [3_600, 3_600]


# --- what holds of every history ----------------------------------------------------------------------------------

seconds = st.integers(-100, WINDOW_SECONDS + 100)
STATES: tuple[SpanState, ...] = ("healthy", "degraded", "down", "maintenance", "unknown")
states = st.sampled_from([state for state in STATES if state != "maintenance"])
sides = st.tuples(seconds, seconds).map(sorted)


def at(offset_seconds: int) -> datetime:
    return T0 + timedelta(seconds=offset_seconds)


@st.composite
def histories(draw: st.DrawFn) -> list[Span]:
    """Spans in order, some touching, some with holes between."""
    edges = sorted(draw(st.lists(seconds, max_size=20, unique=True)))
    given_spans = [Span(draw(states), at(a), at(b)) for a, b in pairwise(edges)]
    return [span for span in given_spans if draw(st.booleans()) or span.status != "unknown"]


windows = st.lists(sides.map(lambda pair: (at(pair[0]), at(pair[1]))), max_size=5)


def naive(spans: list[Span], maintenance: list[Window]) -> dict[SpanState, int]:
    """Second by second."""
    found = dict.fromkeys(STATES, 0)
    for now in map(at, range(WINDOW_SECONDS)):
        state: SpanState = next((span.status for span in spans if span.from_at <= now < span.to_at), "unknown")
        found["maintenance" if any(a <= now < b for a, b in maintenance) else state] += 1
    return found


@given(histories(), windows)
def test_it_agrees_with_counting_every_second(spans: list[Span], maintenance: list[Window]) -> None:
    totals = summarise(spans, maintenance, at(0), at(WINDOW_SECONDS))
    assert list(astuple(totals)) == list(naive(spans, maintenance).values())


@given(st.lists(st.tuples(states, sides), max_size=8), windows)
def test_even_spans_that_overlap_add_up_exactly(
    given_spans: list[tuple[SpanState, list[int]]], planned: list[Window]
) -> None:
    """Whatever comes in, each moment is counted once."""
    spans = [Span(state, at(a), at(b)) for state, (a, b) in given_spans]
    line = timeline(spans, planned, at(0), at(WINDOW_SECONDS))
    assert (line[0].from_at, line[-1].to_at) == (at(0), at(WINDOW_SECONDS))
    assert all(a.to_at == b.from_at and a.status != b.status for a, b in pairwise(line))
    assert sum(astuple(summarise(spans, planned, at(0), at(WINDOW_SECONDS)))) == WINDOW_SECONDS


@given(histories(), windows, st.integers(0, WINDOW_SECONDS))
def test_two_parts_add_up_to_the_whole(spans: list[Span], planned: list[Window], cut: int) -> None:
    """Numerators are added: the cut may be anywhere."""
    parts = [summarise(spans, planned, at(0), at(cut)), summarise(spans, planned, at(cut), at(WINDOW_SECONDS))]
    assert total(parts) == summarise(spans, planned, at(0), at(WINDOW_SECONDS))


@given(histories(), windows, st.integers(1, 400))
def test_days_add_up_to_the_whole(spans: list[Span], planned: list[Window], stretch: int) -> None:
    """With the history stretched over weeks, the days' seconds are those of the whole and each day's own length."""

    def stretched(moment: datetime) -> datetime:
        return T0 + (moment - T0) * stretch

    long = [Span(span.status, stretched(span.from_at), stretched(span.to_at)) for span in spans]
    planned = [(stretched(a), stretched(b)) for a, b in planned]
    now = stretched(at(WINDOW_SECONDS))
    found = days(long, planned, T0.date(), now, 60)
    midnight = T0 - timedelta(hours=12)
    assert total(found) == summarise(long, planned, midnight, min(now, midnight + timedelta(days=60)))
    assert all(sum(seconds_of(day)) == 86_400 for day in found[:-1])


def seconds_of(part: object) -> list[float]:
    return [getattr(part, f"{state}_seconds") for state in STATES]


@given(histories(), st.lists(sides, min_size=1, max_size=3))
def test_maintenance_never_adds_known_time(spans: list[Span], planned: list[list[int]]) -> None:
    without = summarise(spans, [], at(0), at(WINDOW_SECONDS))
    within = summarise(spans, [(at(a), at(b)) for a, b in planned], at(0), at(WINDOW_SECONDS))
    for state in ("healthy", "degraded", "down", "unknown"):
        assert getattr(within, f"{state}_seconds") <= getattr(without, f"{state}_seconds")


@given(histories(), st.integers(0, 500), st.integers(0, 500))
def test_ignoring_short_faults_never_lowers_uptime(spans: list[Span], less: int, more: int) -> None:
    """Only a fault between two spans of one better state is left out; what stays keeps its edges."""
    strict, lenient = sorted((less, more))
    pcts = [
        uptime_pct(summarise(spans, [], at(0), at(WINDOW_SECONDS), ignore_shorter_than_seconds=limit))
        for limit in (0, strict, lenient)
    ]
    assert pcts == sorted(pcts, key=lambda pct: -1 if pct is None else pct)
    kept = {edge for span in without_short_faults(spans, lenient) for edge in (span.from_at, span.to_at)}
    assert kept <= {edge for span in spans for edge in (span.from_at, span.to_at)}


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_100_is_said_only_when_all_was_up(up_us: int, down_us: int) -> None:
    pct = uptime_pct(Totals(healthy_seconds=up_us / 1e6, down_seconds=down_us / 1e6))
    assert (pct == 100.0) == (down_us == 0 and up_us > 0)
    assert (pct is None) == (up_us + down_us == 0)
