"""Which stretch of time is asked for, what it is compared with, and which tables hold it.

Minutes and tens of them are kept 48 hours, so that what is older is told in whole hours. A roll-up is read once it
cannot change any more; what is younger is put together from the finer table.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from latency_svc.rows import Resolution
from shared.contracts.latency import Comparison

MINUTE, FIVE_MINUTES, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=10)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTES_KEPT = timedelta(hours=48)
SETTLES = timedelta(minutes=10)  # durations may be five minutes late
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


def window_of(now: datetime, seconds: int, to_at: datetime | None = None) -> Window:
    """Up to six hours: back to the minute. Beyond: the hour that runs and those before it. With `to_at` it ends there,
    as the minutes or hours that are kept allow. What lies ahead is left out: of a window that has not begun, nothing
    remains, and its end is before its beginning."""
    length = timedelta(seconds=seconds)
    end = now if to_at is None else ceil(to_at, MINUTE)
    from_at = floor(end - length, MINUTE) if length <= SHORT else ceil(end - length, HOUR)
    return as_kept(Window(from_at, min(end, now)), now)


def strip_of(now: datetime) -> Window:
    """The hour that runs and the 23 before it."""
    return Window(ceil(now, HOUR) - STRIP_HOURS * HOUR, now)


def strip_beside(window: Window, now: datetime) -> Window:
    """The last 24 hours; those up to the end of a window that began before them and is over."""
    last = strip_of(now)
    over = window.from_at < last.from_at and window.to_at < now
    return strip_of(window.to_at) if over else last


def compared_with(window: Window, compare: Comparison, now: datetime) -> Window | None:
    """The same window earlier."""
    shift = SHIFTS.get(compare)
    return None if shift is None else as_kept(Window(window.from_at - shift, window.to_at - shift), now)


def as_kept(window: Window, now: datetime) -> Window:
    """In whole hours, the nearest, where minutes are not kept any more."""
    first_minute = window.from_at if window.to_at - window.from_at <= SHORT else floor(window.to_at, HOUR)
    if first_minute >= now - MINUTES_KEPT:
        return window
    nearest = Window(floor(window.from_at + HOUR / 2, HOUR), floor(window.to_at + HOUR / 2, HOUR))
    if nearest.from_at < nearest.to_at:
        return nearest
    hour = floor(window.from_at, HOUR)
    return Window(hour, hour + HOUR)


def steps_of(now: datetime, seconds: int, to_at: datetime | None = None) -> tuple[timedelta, list[datetime]]:
    """The steps of a trend, oldest first, the one that runs, or ends at `to_at`, last: five minutes up to six hours,
    else hours, and hours where minutes are not kept any more."""
    end = min(now, to_at or now)
    short = timedelta(seconds=seconds) <= SHORT and end - SHORT >= now - MINUTES_KEPT
    step = FIVE_MINUTES if short else HOUR
    last = ceil(end, step) - step
    count = max(1, -(-seconds // int(step.total_seconds())))
    return step, [last - back * step for back in reversed(range(count))]


def spans_of(window: Window, now: datetime) -> list[Span]:
    """The tables that together hold a window, each moment once: days in the middle, hours around them, tens of minutes
    and minutes at both ends."""
    first, last = ceil(window.from_at, HOUR), min(floor(window.to_at, HOUR), floor(now - SETTLES, HOUR))
    if first >= last:
        return minutes_of(window.from_at, window.to_at, now)
    return [
        *minutes_of(window.from_at, first, now),
        *_filled(*hours_of(first, last, now)),
        *minutes_of(last, window.to_at, now),
    ]


def minutes_of(from_at: datetime, to_at: datetime, now: datetime) -> list[Span]:
    """Minutes, from tens of them where whole ones are settled."""
    first, last = ceil(from_at, TEN_MINUTES), floor(min(to_at, now - SETTLES), TEN_MINUTES)
    if first >= last:
        return _filled(Span("1m", from_at, to_at))
    return _filled(Span("1m", from_at, first), Span("10m", first, last), Span("1m", last, to_at))


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
    last = min(floor(window.to_at, HOUR), floor(now - SETTLES, HOUR))
    hours = _filled(Span("1h", window.from_at, last))
    return [*hours, *minutes_of(max(last, window.from_at), window.to_at, now)]


def _filled(*spans: Span) -> list[Span]:
    return [span for span in spans if span.from_at < span.to_at]
