"""Maintenance windows: rules in local time across changes of the clocks, and rules that are refused."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from health_svc.maintenance import MOST_WINDOWS, Window, active_at, next_occurrence, occurrences, spec_error
from shared.contracts.health.maintenance import MaintenanceSpec

BERLIN = ZoneInfo("Europe/Berlin")
ONCE = MaintenanceSpec(title="Move", starts_at=datetime(2026, 11, 23, 20, tzinfo=UTC), duration_seconds=7200)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def weekly(**changes: Any) -> MaintenanceSpec:
    """Sundays 02:00 in Berlin for two hours, from 4 October 2026 (summer time)."""
    sundays = MaintenanceSpec(
        title="Patch",
        starts_at=datetime(2026, 10, 4, 2, tzinfo=BERLIN),
        duration_seconds=7200,
        rrule="FREQ=WEEKLY;BYDAY=SU",
        time_zone="Europe/Berlin",
    )
    return replace(sundays, **changes)


def starts(windows: list[Window]) -> list[str]:
    return [f"{start:%Y-%m-%d %H:%M}" for start, _ in windows]


# --- when ---------------------------------------------------------------------------------------------------------


def test_a_single_window_is_half_open() -> None:
    start, end = ONCE.starts_at, ONCE.starts_at + timedelta(hours=2)
    assert occurrences(ONCE, start - timedelta(days=9), end + timedelta(days=9)) == [(start, end)]
    assert active_at(ONCE, start) == (start, end)
    assert active_at(ONCE, end - timedelta(microseconds=1)) == (start, end)
    assert active_at(ONCE, end) is None
    assert active_at(ONCE, start - timedelta(microseconds=1)) is None
    assert next_occurrence(ONCE, start - timedelta(days=1)) == (start, end)
    assert next_occurrence(ONCE, start) is None


def test_windows_that_only_touch_the_span_are_listed_whole() -> None:
    start = ONCE.starts_at
    assert len(occurrences(ONCE, start + timedelta(hours=1), start + timedelta(hours=1, seconds=1))) == 1
    assert occurrences(ONCE, start + timedelta(hours=2), start + timedelta(hours=3)) == []
    assert occurrences(ONCE, start - timedelta(hours=1), start) == []


def test_local_time_is_kept_when_the_clocks_go_back() -> None:
    """Sunday 02:00 in Berlin is 00:00 UTC in summer and 01:00 UTC in winter."""
    found = occurrences(weekly(), utc("2026-10-15"), utc("2026-11-10"))
    assert starts(found) == ["2026-10-18 00:00", "2026-10-25 00:00", "2026-11-01 01:00", "2026-11-08 01:00"]
    assert {end - start for start, end in found} == {timedelta(hours=2)}


def test_local_time_is_kept_when_the_clocks_go_forward_and_a_left_out_hour_moves_ahead() -> None:
    """On 29 March 2026 02:00 does not exist in Berlin: the window is at 03:00 summer time."""
    winter = weekly(starts_at=datetime(2026, 3, 1, 2, tzinfo=BERLIN))
    found = occurrences(winter, utc("2026-03-16"), utc("2026-04-10"))
    assert starts(found) == ["2026-03-22 01:00", "2026-03-29 01:00", "2026-04-05 00:00"]


def test_an_hour_that_comes_twice_means_the_first_unless_the_start_says_the_second() -> None:
    daily = weekly(starts_at=datetime(2026, 10, 24, 2, 30, tzinfo=BERLIN), rrule="FREQ=DAILY", duration_seconds=600)
    assert starts(occurrences(daily, utc("2026-10-25"), utc("2026-10-26"))) == ["2026-10-25 00:30"]
    second = replace(daily, starts_at=datetime.fromisoformat("2026-10-25T02:30:00+01:00"))
    assert starts(occurrences(second, utc("2026-10-25"), utc("2026-10-27"))) == ["2026-10-25 01:30", "2026-10-26 01:30"]


def test_windows_each_hour_never_come_twice_at_the_same_time() -> None:
    """02:00 does not exist that day: it would fall on 03:00, which has its own window."""
    hours = ",".join(map(str, range(24)))
    hourly = weekly(starts_at=datetime(2026, 3, 28, 0, tzinfo=BERLIN), rrule=f"FREQ=DAILY;BYHOUR={hours}")
    found = occurrences(replace(hourly, duration_seconds=60), utc("2026-03-29"), utc("2026-03-30"))
    assert [start.hour for start, _ in found] == list(range(24))


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261025", "2026-10-25 00:00"),
        ("20261025T020000", "2026-10-25 00:00"),
        ("20261025T015959", "2026-10-18 00:00"),
        ("20261025T000000Z", "2026-10-25 00:00"),
        ("20261024T235959Z", "2026-10-18 00:00"),
    ],
)
def test_until_is_a_day_a_local_time_or_a_utc_time(until: str, last: str) -> None:
    ending = weekly(rrule=f"FREQ=WEEKLY;BYDAY=SU;UNTIL={until}")
    assert spec_error(ending) is None
    assert starts(occurrences(ending, utc("2026-10-01"), utc("2027-10-01")))[-1] == last


def test_count_is_counted_from_the_start() -> None:
    three = weekly(rrule="RRULE:FREQ=WEEKLY;COUNT=3")
    assert starts(occurrences(three, utc("2026-10-15"), utc("2027-10-01"))) == ["2026-10-18 00:00"]
    assert next_occurrence(three, utc("2026-10-18")) is None


def test_windows_longer_than_their_rhythm_overlap() -> None:
    long = weekly(rrule="FREQ=DAILY", duration_seconds=40 * 3600)
    found = active_at(long, utc("2026-10-20T12:00"))
    assert found == (utc("2026-10-20T00:00"), utc("2026-10-21T16:00"))
    assert len(occurrences(long, utc("2026-10-20T12:00"), utc("2026-10-20T12:01"))) == 2


def test_the_29th_of_february_is_found_years_ahead() -> None:
    leap = weekly(starts_at=datetime(2028, 2, 29, 2, tzinfo=BERLIN), rrule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29")
    found = next_occurrence(leap, utc("2097-01-01"))
    assert found is not None
    assert found[0] == utc("2104-02-29T01:00")


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY",
        "rrule:freq=weekly;byday=mo,fr",
        "FREQ=MONTHLY;BYDAY=-1SU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=DAILY;INTERVAL=3;COUNT=10;",
        "FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30",
    ],
)
def test_usual_rules_are_accepted(rule: str) -> None:
    assert spec_error(weekly(rrule=rule)) is None
    assert next_occurrence(weekly(rrule=rule), weekly().starts_at) is not None


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("", "is not understood"),
        ("every sunday", "is not understood"),
        ("FREQ", "is not understood"),
        ("FREQ=", "is not understood"),
        ("BYDAY=SU", "FREQ must be one of"),
        ("FREQ=SECONDLY", "FREQ must be one of"),
        ("FREQ=MINUTELY;COUNT=3", "FREQ must be one of"),
        ("FREQ=HOURLY", "FREQ must be one of"),
        ("FREQ=FORTNIGHTLY", "FREQ must be one of"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ is given twice"),
        ("FREQ=DAILY;BYSECOND=1", "BYSECOND=1 is not understood"),
        ("FREQ=DAILY\nRDATE:20261123T000000", "FREQ must be one of"),
        ("FREQ=DAILY;DTSTART=20261123", "is not understood"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL must be a number from 1"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL must be a number from 1"),
        ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL must be one number"),
        ("FREQ=WEEKLY;BYDAY=2SU", "BYDAY=2SU: a place like 2TU"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "from -31 to 31, not 0"),
        ("FREQ=DAILY;COUNT=0", "COUNT must be a number from 1"),
        ("FREQ=DAILY;COUNT=1000000", "COUNT must be a number from 1"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "COUNT or UNTIL, not both"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20261399", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=DAILY;BYHOUR=25", "BYHOUR"),
        ("FREQ=DAILY;BYMONTH=two", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "never happens"),
        ("FREQ=DAILY;UNTIL=20200101", "never happens"),
        ("FREQ=DAILY;BYSETPOS=2", "never happens"),
        ("FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3,4,5,6,7,8,9,10", "repeats 10000 times"),
    ],
)
def test_a_bad_rule_is_refused_with_what_is_wrong(rule: str, message: str) -> None:
    found = spec_error(weekly(rrule=rule))
    assert found is not None
    assert found[0] == "rrule"
    assert message in found[1]


@pytest.mark.parametrize(
    "zone", ["Europe/Atlantis", "", "../../etc/passwd", "/etc/localtime", "Europe", "a\x00b", "UTC "]
)
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    found = spec_error(weekly(time_zone=zone))
    assert found is not None
    assert found[0] == "time_zone"


@pytest.mark.parametrize(
    "starts_at", [datetime(2026, 11, 23), datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)]
)
def test_a_start_without_zone_or_sense_is_refused(starts_at: datetime) -> None:
    found = spec_error(replace(ONCE, starts_at=starts_at))
    assert found is not None
    assert found[0] == "starts_at"


# --- what holds of every window -----------------------------------------------------------------------------------

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
RULES = [
    "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=SU,WE", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
    "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=2TU", "FREQ=DAILY;BYHOUR=7,19", "FREQ=DAILY;COUNT=40",
    "FREQ=WEEKLY;UNTIL=20270601",
    "FREQ=DAILY;INTERVAL=2;BYDAY=SA", "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=30", "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU",
]  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
specs = st.builds(
    MaintenanceSpec,
    title=st.just("Patch"),
    starts_at=moments,
    duration_seconds=st.sampled_from([60, 3600, 5400, 100_000]),
    rrule=st.sampled_from([None, *RULES]),
    time_zone=st.sampled_from(ZONES),
)


@given(specs, moments, st.integers(0, 60), st.integers(0, 60))
def test_two_spans_list_what_the_whole_lists(spec: MaintenanceSpec, at: datetime, left: int, right: int) -> None:
    start, end = at - timedelta(days=left), at + timedelta(days=right)
    parts = {*occurrences(spec, start, at), *occurrences(spec, at, end)}
    assert sorted(parts) == occurrences(spec, start, end)


@given(specs, moments)
def test_what_is_active_is_what_is_listed(spec: MaintenanceSpec, at: datetime) -> None:
    covering = [w for w in occurrences(spec, at - timedelta(days=3), at + timedelta(days=3)) if w[0] <= at < w[1]]
    assert active_at(spec, at) == (covering[-1] if covering else None)


@given(specs, moments)
def test_the_next_window_is_the_first_listed_after_now(spec: MaintenanceSpec, at: datetime) -> None:
    later = [w for w in occurrences(spec, at, at + timedelta(days=1_500)) if w[0] > at]
    assert next_occurrence(spec, at) == (later[0] if later else None)


@given(specs)
def test_daily_windows_keep_their_local_time(spec: MaintenanceSpec) -> None:
    """Except on the days when that time does not exist."""
    zone = ZoneInfo(spec.time_zone)
    daily = replace(spec, rrule="FREQ=DAILY")
    wanted = spec.starts_at.astimezone(zone).time()
    found = occurrences(daily, spec.starts_at, spec.starts_at + timedelta(days=400))
    other = [start for start, _ in found if start.astimezone(zone).time() != wanted]
    assert len(found) >= 399
    assert len(other) <= 2


@given(specs, st.text(alphabet="FREQ=DAILYWK;BOUNTSMH,+-0123456789\n", max_size=40))
def test_no_rule_hangs_or_breaks(spec: MaintenanceSpec, rule: str) -> None:
    """Whatever is written, the answer is a window plan or a sentence."""
    odd = replace(spec, rrule=rule)
    found = spec_error(odd)
    assert found is None or (found[0] == "rrule" and found[1])
    assert found is not None or len(occurrences(odd, START, START + timedelta(days=400))) < MOST_WINDOWS
