"""RFC 5545 recurrence rules in wall time: the part of them that plans maintenance.

A walk over a rule is bounded by the span that is asked for, also when the rule never matches.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Literal

from msgspec import Struct

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]


class Rule(Struct, frozen=True, kw_only=True):
    """A rule with all that its start implies; an empty set allows everything. Week days count from Monday, 0;
    `week_days` pairs each with its place in the month or year (-1: the last, 0: every one)."""

    frequency: Frequency
    first: datetime
    interval: int
    count: int | None
    until: datetime
    week_start: int
    months: frozenset[int]
    month_days: frozenset[int]
    week_days: frozenset[tuple[int, int]]
    times: tuple[time, ...]
    positions: frozenset[int]


def walls(rule: Rule, lower: datetime, upper: datetime) -> Iterator[datetime]:
    """The rule's wall times from `lower` up to `upper`, both included, in order."""
    end = min(rule.until, upper)
    skip_to = rule.first if rule.count else max(rule.first, lower)  # what is counted is counted from the start
    found = (wall for period in _periods(rule, skip_to, end) for wall in _in_period(rule, period))
    started = (wall for wall in found if rule.first <= wall <= end)
    return (wall for wall in islice(started, rule.count) if wall >= lower)


def _periods(rule: Rule, lower: datetime, upper: datetime) -> Iterator[int]:
    """Numbers of the rule's days, weeks, months or years around the span."""
    if upper < lower:
        return iter(())
    start, near = _number(rule, rule.first.date()), _number(rule, lower.date())
    return iter(range(near - (near - start) % rule.interval, _number(rule, upper.date()) + 1, rule.interval))


def _number(rule: Rule, day: date) -> int:
    match rule.frequency:
        case "DAILY":
            return day.toordinal()
        case "WEEKLY":
            return (day.toordinal() - 1 - rule.week_start) // 7
        case "MONTHLY":
            return day.year * 12 + day.month - 1
        case "YEARLY":
            return day.year


def _days(rule: Rule, number: int) -> list[date]:
    """All days of a period."""
    match rule.frequency:
        case "DAILY":
            return [date.fromordinal(number)]
        case "WEEKLY":
            monday = number * 7 + 1 + rule.week_start
            return [date.fromordinal(monday + i) for i in range(7) if monday + i > 0]
        case "MONTHLY":
            return _month(number // 12, number % 12 + 1)
        case "YEARLY":
            return [day for month in range(1, 13) for day in _month(number, month)]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _in_period(rule: Rule, number: int) -> list[datetime]:
    """The wall times of one period, in order, those at the wanted positions only."""
    days = (day for day in _days(rule, number) if _matches(rule, day))
    found = [datetime.combine(day, at) for day in days for at in rule.times]
    if not rule.positions:
        return found
    return [wall for i, wall in enumerate(found) if {i + 1, i - len(found)} & rule.positions]


def _matches(rule: Rule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days:
        from_end = day.day - monthrange(day.year, day.month)[1] - 1
        if not {day.day, from_end} & rule.month_days:
            return False
    return not rule.week_days or any((place, day.weekday()) in rule.week_days for place in _places(rule, day))


def _places(rule: Rule, day: date) -> Iterable[int]:
    """Which of its week days a day is, within its month or its year: 0 (any), from the start, from the end."""
    if rule.frequency == "YEARLY" and not rule.months:
        first, last = date(day.year, 1, 1), date(day.year, 12, 31)
    else:
        first, last = day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])
    return 0, (day - first) // timedelta(weeks=1) + 1, -((last - day) // timedelta(weeks=1)) - 1
