"""Windows: every moment of them is read once, from a table that holds it and cannot change any more."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latency_svc.rows import STEP_SECONDS
from latency_svc.store.partitions import TABLES, parts
from latency_svc.windows import (
    DAY,
    HOUR,
    MINUTES_KEPT,
    SHORT,
    Window,
    compared_with,
    floor,
    spans_of,
    steps_of,
    steps_spans,
    strip_beside,
    strip_of,
    window_of,
)
from shared.contracts.latency import Comparison

NOW = datetime(2026, 11, 23, 14, 8, 20, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
LENGTHS = st.integers(60, 31 * 86_400)
AGES = st.one_of(st.just(0), st.integers(0, 60 * 86_400))


@given(now=MOMENTS, seconds=LENGTHS, back=AGES, compare=st.sampled_from(["none", "yesterday", "last_week"]))
def test_every_moment_of_a_window_is_read_once(now: datetime, seconds: int, back: int, compare: Comparison) -> None:
    window = window_of(now, seconds, now - timedelta(seconds=back) if back else None)
    for wanted in (window, compared_with(window, compare, now)):
        if wanted is None:
            continue
        spans = spans_of(wanted, now)
        assert (spans[0].from_at, spans[-1].to_at) == (wanted.from_at, wanted.to_at)
        assert all(a.to_at == b.from_at and a.from_at < a.to_at for a, b in pairwise(spans))
        for span in spans:
            step = timedelta(seconds=STEP_SECONDS[span.resolution])
            assert floor(span.from_at, step) == span.from_at
            if span.resolution in ("1m", "10m"):
                assert span.from_at >= now - MINUTES_KEPT - timedelta(minutes=1)
            if span.resolution != "1m":
                assert floor(span.to_at, step) == span.to_at <= now - timedelta(minutes=10)


@given(now=MOMENTS, seconds=LENGTHS, back=AGES)
def test_a_window_is_as_long_as_asked_but_for_its_first_step(now: datetime, seconds: int, back: int) -> None:
    to_at = now - timedelta(seconds=back)
    window = window_of(now, seconds, to_at)

    length = timedelta(seconds=seconds)
    minutes = length <= SHORT and to_at - length >= now - MINUTES_KEPT
    slack = timedelta(minutes=2) if minutes else 1.5 * HOUR + timedelta(minutes=1)
    assert abs((window.to_at - window.from_at) - length) <= slack
    assert abs(window.to_at - to_at) <= slack


def test_chosen_hours_are_those_hours_also_when_only_hours_are_kept() -> None:
    for days in (0, 1, 3, 40):
        end = datetime(2026, 11, 23, 12, tzinfo=UTC) - days * DAY
        assert window_of(NOW, 4 * 3600, end) == Window(end - 4 * HOUR, end)
        assert window_of(NOW, 12 * 3600, end) == Window(end - 12 * HOUR, end)


def test_of_a_window_that_reaches_ahead_the_part_until_now_is_meant() -> None:
    assert window_of(NOW, 3600, datetime(2026, 11, 23, 15, tzinfo=UTC)) == Window(NOW.replace(minute=0, second=0), NOW)
    ahead = window_of(NOW, 3600, NOW + DAY)
    assert ahead.from_at > ahead.to_at


def test_the_strip_stays_at_now_unless_the_window_lies_further_back() -> None:
    last, end = strip_of(NOW), datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert strip_beside(window_of(NOW, 7 * 86_400), NOW) == last
    assert strip_beside(window_of(NOW, 3600, NOW.replace(hour=3)), NOW) == last
    assert strip_beside(window_of(NOW, 7200, end), NOW) == Window(end - DAY, end)


def test_the_last_day_is_its_24_hours() -> None:
    assert window_of(NOW, 86_400) == strip_of(NOW) == Window(datetime(2026, 11, 22, 15, tzinfo=UTC), NOW)


def test_a_month_reads_days_in_the_middle() -> None:
    spans = spans_of(window_of(NOW, 31 * 86_400), NOW)

    assert [span.resolution for span in spans] == ["1h", "1d", "1h", "10m", "1m"]
    assert spans[1].to_at - spans[1].from_at == 30 * DAY


@given(now=MOMENTS)
def test_a_day_is_read_from_less_than_fifty_rows_at_any_minute(now: datetime) -> None:
    day = strip_of(now)
    for spans in (spans_of(day, now), steps_spans(day, HOUR, now)):
        assert (spans[0].from_at, spans[-1].to_at) == (day.from_at, day.to_at)
        assert all(a.to_at == b.from_at for a, b in pairwise(spans))
        rows = [(span.to_at - span.from_at).total_seconds() / STEP_SECONDS[span.resolution] for span in spans]
        assert sum(map(math.ceil, rows)) < 50


@pytest.mark.parametrize(
    ("compare", "from_at", "to_at"),
    [
        ("yesterday", datetime(2026, 11, 22, 13, 8, tzinfo=UTC), NOW - DAY),
        ("last_week", datetime(2026, 11, 16, 13, tzinfo=UTC), datetime(2026, 11, 16, 14, tzinfo=UTC)),
    ],
)
def test_what_an_hour_is_compared_with(compare: Comparison, from_at: datetime, to_at: datetime) -> None:
    assert compared_with(window_of(NOW, 3600), compare, NOW) == Window(from_at, to_at)


@pytest.mark.parametrize(
    ("seconds", "step", "count"), [(60, 300, 1), (3600, 300, 12), (21_600, 300, 72), (86_400, 3600, 24)]
)
def test_a_trend_ends_with_the_step_that_runs(seconds: int, step: int, count: int) -> None:
    found, starts = steps_of(NOW, seconds)

    assert (found.total_seconds(), len(starts)) == (step, count)
    assert starts[-1] <= NOW < starts[-1] + found
    assert {b - a for a, b in pairwise(starts)} <= {found}


def test_a_trend_ends_where_it_is_asked_to() -> None:
    end = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert [steps_of(NOW, 86_400, end)[1][at] for at in (0, -1)] == [end - DAY, end - HOUR]
    assert steps_of(NOW, 3600, end)[1][-1] == end - timedelta(minutes=5)
    assert steps_of(NOW, 3600, end - 5 * DAY) == (HOUR, [end - 5 * DAY - HOUR])


@pytest.mark.parametrize("table", TABLES)
@given(first=MOMENTS, days=st.integers(0, 800))
def test_parts_of_a_table_follow_each_other(table: str, first: datetime, days: int) -> None:
    layer = TABLES[table]
    found = parts(layer, first, first + timedelta(days=days))

    assert found[0][0] <= first < found[0][1]
    assert found[-1][0] <= first + timedelta(days=days) < found[-1][1]
    assert all(a[1] == b[0] for a, b in pairwise(found))
    names = [start.strftime(layer.pattern) for start, _ in found]
    assert names == sorted(set(names))
