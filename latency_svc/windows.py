"""Which stretch of time is asked for, what it is compared with, and which tables hold it.

Minutes are kept 48 hours, so that what is older is told in whole hours. A roll-up is read once it cannot change any
more; what is younger is put together from the finer table.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from latency_svc.rows import Resolution
from shared.contracts.latency import Comparison

MINUTE, FIVE_MINUTES = timedelta(minutes=1), timedelta(minutes=5)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTES_KEPT = timedelta(hours=48)
HOUR_SETTLES = timedelta(minutes=10)  # durations may be five minutes late
DAY_SETTLES = timedelta(hours=2)
SHORT = timedelta(hours=6)  # up to here a window has minutes for bounds, above it hours
STRIP_HOURS = 24
SHIFTS: dict[Comparison, timedelta] = {"yesterday": DAY, "last_week": timedelta(days=7)}


class Window(Struct, frozen=True):
    """`to_at` is excluded."""

    from_at: datetime
    to_at: datetime


class Span(Struct, frozen=True):
    """A stretch of time in the table of one resolution; `to_at` is excluded."""

    resolution: Resolution
    from_at: datetime
    to_at: datetime


def floor(at: datetime, step: timedelta) -> datetime:
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (at - midnight) // step * step


def ceil(at: datetime, step: timedelta) -> datetime:
    floored = floor(at, step)
    return floored if floored == at else floored + step


def window_of(now: datetime, seconds: int) -> Window:
    """Up to six hours: back to the minute. Beyond: the hour that runs and those before it."""
    length = timedelta(seconds=seconds)
    if length <= SHORT:
        return Window(floor(now - length, MINUTE), now)
    return Window(floor(now - length, HOUR) + HOUR, now)


def strip_of(now: datetime) -> Window:
    """The hour that runs and the 23 before it."""
    return Window(floor(now, HOUR) - (STRIP_HOURS - 1) * HOUR, now)


def compared_with(window: Window, compare: Comparison, now: datetime) -> Window | None:
    """The same window earlier; in whole hours, the nearest, where minutes are not kept any more."""
    shift = SHIFTS.get(compare)
    if shift is None:
        return None
    from_at, to_at = window.from_at - shift, window.to_at - shift
    first_minute = from_at if window.to_at - window.from_at <= SHORT else to_at
    if first_minute >= now - MINUTES_KEPT:
        return Window(from_at, to_at)
    from_at = floor(from_at + HOUR / 2, HOUR)
    return Window(from_at, max(floor(to_at + HOUR / 2, HOUR), from_at + HOUR))


def steps_of(now: datetime, seconds: int) -> tuple[timedelta, list[datetime]]:
    """The steps of a trend, oldest first, the running one last: five minutes up to six hours, else hours."""
    step = FIVE_MINUTES if timedelta(seconds=seconds) <= SHORT else HOUR
    last = floor(now, step)
    count = max(1, -(-seconds // int(step.total_seconds())))
    return step, [last - back * step for back in reversed(range(count))]


def spans_of(window: Window, now: datetime) -> list[Span]:
    """The tables that together hold a window, each moment once: days in the middle, hours around them, minutes at both
    ends."""
    first, last = ceil(window.from_at, HOUR), min(floor(window.to_at, HOUR), floor(now - HOUR_SETTLES, HOUR))
    if first >= last:
        return _filled(Span("1m", window.from_at, window.to_at))
    return _filled(Span("1m", window.from_at, first), *hours_of(first, last, now), Span("1m", last, window.to_at))


def hours_of(first: datetime, last: datetime, now: datetime) -> list[Span]:
    """Whole settled hours, from days where whole ones are settled."""
    first_day, last_day = ceil(first, DAY), min(floor(last, DAY), floor(now - DAY_SETTLES, DAY))
    if first_day >= last_day:
        return [Span("1h", first, last)]
    return [Span("1h", first, first_day), Span("1d", first_day, last_day), Span("1h", last_day, last)]


def steps_spans(window: Window, step: timedelta, now: datetime) -> list[Span]:
    """As `spans_of`, but no coarser than a step."""
    if step < HOUR:
        return _filled(Span("1m", window.from_at, window.to_at))
    last = min(floor(window.to_at, HOUR), floor(now - HOUR_SETTLES, HOUR))
    return _filled(Span("1h", window.from_at, last), Span("1m", max(last, window.from_at), window.to_at))


def _filled(*spans: Span) -> list[Span]:
    return [span for span in spans if span.from_at < span.to_at]
