"""Uptime by time, never by counts.

Time is counted in whole microseconds. Maintenance is left out, time without data is neither up nor down, and every
percentage is floored: 100 means all of it. Spans are half open and in UTC; a day is a UTC day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from msgspec import Struct

from health_svc.timeline import Span, SpanState, Window, timeline, without_short_faults
from shared.contracts.health.history import DayState, UptimeDay

__all__ = ["Span", "Totals", "Window", "coverage_pct", "days", "summarise", "total", "total_pct", "uptime_pct"]

STATES: tuple[SpanState, ...] = ("healthy", "degraded", "down", "maintenance", "unknown")
WORST_FIRST: tuple[SpanState, ...] = ("down", "degraded", "healthy", "maintenance")

_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_US_PER_SECOND = 1_000_000


class Totals(Struct, frozen=True, kw_only=True):
    """Seconds by state, exact to the microsecond: numerators, to be added; percentages are never averaged."""

    healthy_seconds: float = 0
    degraded_seconds: float = 0
    down_seconds: float = 0
    maintenance_seconds: float = 0
    unknown_seconds: float = 0


def summarise(
    spans: Iterable[Span],
    maintenance: Iterable[Window],
    from_at: datetime,
    to_at: datetime,
    *,
    ignore_shorter_than_seconds: float = 0,
) -> Totals:
    """Time by state in the window; the five add up to its length. `ignore_shorter_than_seconds`: a shorter fault
    between two spans of the same better state counts as that state."""
    considered = without_short_faults(spans, ignore_shorter_than_seconds)
    return _totals(timeline(considered, maintenance, from_at, to_at))


def uptime_pct(totals: Totals) -> float | None:
    """Share of the known time that was healthy or degraded, floored to two decimals; null without any."""
    up_us = _us(totals.healthy_seconds) + _us(totals.degraded_seconds)
    known_us = up_us + _us(totals.down_seconds)
    return _floored_pct(up_us, known_us) if known_us else None


def coverage_pct(totals: Totals) -> float:
    """Share of the time outside maintenance that is known, floored to two decimals; 0 when there is none."""
    known_us = _us(totals.healthy_seconds) + _us(totals.degraded_seconds) + _us(totals.down_seconds)
    expected_us = known_us + _us(totals.unknown_seconds)
    return _floored_pct(known_us, expected_us) if expected_us else 0.0


def total(parts: Iterable[Totals | UptimeDay]) -> Totals:
    """The sum of the parts, exact."""
    sums_us = dict.fromkeys(STATES, 0)
    for part in parts:
        for state in STATES:
            sums_us[state] += _us(getattr(part, f"{state}_seconds"))
    return _from_us(sums_us)


def total_pct(days: Iterable[UptimeDay]) -> float | None:
    """Uptime over several days: their times are added, then divided once."""
    return uptime_pct(total(days))


def days(
    spans: Iterable[Span],
    maintenance: Iterable[Window],
    first_day: date,
    now: datetime,
    n: int,
    *,
    ignore_shorter_than_seconds: float = 0,
) -> list[UptimeDay]:
    """`n` days from `first_day`, oldest first, none after today; today reaches up to now."""
    start = _midnight(first_day)
    considered = without_short_faults(spans, ignore_shorter_than_seconds)
    line = timeline(considered, maintenance, start, min(now, start + n * _DAY))
    by_day: dict[date, list[Span]] = {first_day + i * _DAY: [] for i in range(n) if start + i * _DAY <= now}
    for piece in _cut_at_midnight(line):
        by_day[piece.from_at.astimezone(UTC).date()].append(piece)
    return [_day(day, pieces) for day, pieces in by_day.items()]


def _day(day: date, pieces: Sequence[Span]) -> UptimeDay:
    totals = _totals(pieces)
    return UptimeDay(
        date=day.isoformat(),
        worst=_worst(pieces),
        uptime_pct=uptime_pct(totals),
        coverage_pct=coverage_pct(totals),
        outages=_outages(pieces),
        healthy_seconds=totals.healthy_seconds,
        degraded_seconds=totals.degraded_seconds,
        down_seconds=totals.down_seconds,
        maintenance_seconds=totals.maintenance_seconds,
        unknown_seconds=totals.unknown_seconds,
    )


def _worst(pieces: Iterable[Span]) -> DayState:
    seen = {piece.status for piece in pieces}
    worst = next((state for state in WORST_FIRST if state in seen), None)
    return worst if worst is not None and worst != "unknown" else "no_data"


def _outages(pieces: Iterable[Span]) -> int:
    """Times it went down, or was down already when the day began. Maintenance in the middle does not make two."""
    states = [piece.status for piece in pieces if piece.status != "maintenance"]
    return sum(state == "down" and before != "down" for before, state in pairwise([None, *states]))


def _cut_at_midnight(line: Iterable[Span]) -> Iterator[Span]:
    for span in line:
        at = span.from_at
        while at < span.to_at:
            end = min(span.to_at, _midnight(at.astimezone(UTC).date()) + _DAY)
            yield Span(span.status, at, end)
            at = end


def _totals(line: Iterable[Span]) -> Totals:
    sums_us = dict.fromkeys(STATES, 0)
    for span in line:
        sums_us[span.status] += (span.to_at - span.from_at) // _MICROSECOND
    return _from_us(sums_us)


def _from_us(sums_us: dict[SpanState, int]) -> Totals:
    return Totals(**{f"{state}_seconds": us / _US_PER_SECOND for state, us in sums_us.items()})


def _us(seconds: float) -> int:
    return round(seconds * _US_PER_SECOND)


def _floored_pct(part_us: int, whole_us: int) -> float:
    return part_us * 10_000 // whole_us / 100


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
