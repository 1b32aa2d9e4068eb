"""When nobody is told: which silences and mute timings hold at a moment. Everything is a pure function."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.contracts.alerts.quiet import MuteTimingSpec, TimeSpan, WeekDay

WEEK: tuple[WeekDay, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = timedelta(days=62)
MINUTE = timedelta(minutes=1)


def muted_until(timing: MuteTimingSpec, at: datetime) -> datetime | None:
    """When the quiet that covers `at` ends, spans that follow each other taken together; None: it is not quiet."""
    zone = ZoneInfo(timing.time_zone)
    until = at
    while until - at < LONGEST and (end := _latest_end(timing, zone, until)) is not None:
        until = end
    return until if until > at else None


def _latest_end(timing: MuteTimingSpec, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The latest end of those spans that cover `at`."""
    today = at.astimezone(zone).date()
    ends = [
        end
        for span in timing.spans
        for day in (today - timedelta(days=1), today)  # the night before may reach into this morning
        if _is_day(span, day)
        for start, end in [_bounds(span, day, zone)]
        if start <= at < end
    ]
    return max(ends, default=None)


def _bounds(span: TimeSpan, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start and end on a day by the clock of the zone, in UTC. Of a time that comes twice, the start is the first and
    the end the last; one that the clock leaves out is the moment at which it does so."""
    start = _on(day, span.from_time, zone)
    same_day = span.until == "24:00" or span.until > span.from_time
    return start, _on(day if same_day else day + timedelta(days=1), span.until, zone, is_end=True)


def _on(day: date, clock: str, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    if clock == "24:00":
        return _on(day + timedelta(days=1), "00:00", zone, is_end=is_end)
    at = datetime.combine(day, time.fromisoformat(clock), zone)
    first, second = at.astimezone(UTC), at.replace(fold=1).astimezone(UTC)
    if second < first:
        return _change(zone, second, first)
    return second if is_end else first


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """When, between two moments, the clock is changed."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after


def _is_day(span: TimeSpan, day: date) -> bool:
    """Does the span begin on this day?"""
    last = monthrange(day.year, day.month)[1]
    from_end = day.day - last - 1  # -1 is the last day of the month
    return (
        (not span.days or WEEK[day.weekday()] in span.days)
        and (not span.months or day.month in span.months)
        and (not span.days_of_month or day.day in span.days_of_month or from_end in span.days_of_month)
    )
