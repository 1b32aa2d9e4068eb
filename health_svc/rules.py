"""Recurrence rules as they are written: `FREQ=WEEKLY;BYDAY=SU`, with a clear word on what is wrong."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import get_args

from health_svc.recurrence import Frequency, Rule

FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)
WEEK_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
RANGES: Mapping[str, range] = {
    "INTERVAL": range(1, 1_001),
    "COUNT": range(1, 1_001),
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(-31, 32),
    "BYHOUR": range(24),
    "BYMINUTE": range(60),
    "BYSETPOS": range(-366, 367),
}
SINGLE = ("INTERVAL", "COUNT")
NEVER_ZERO = ("BYMONTHDAY", "BYSETPOS")
PARTS = ("FREQ", "UNTIL", "WKST", "BYDAY", *RANGES)


def parse(text: str, first: datetime, as_wall: Callable[[datetime], datetime]) -> Rule:
    """The rule that starts at the wall time `first`; `as_wall` turns the naive UTC time of an UNTIL into one.
    Raises a ValueError that says which part is wrong."""
    parts = _parts(text)
    numbers = {name: _numbers(name, parts[name]) for name in RANGES if name in parts}
    frequency = _frequency(parts.get("FREQ", ""))
    month_days, week_days = numbers.get("BYMONTHDAY", frozenset()), _week_days(parts.get("BYDAY"), frequency)
    months = numbers.get("BYMONTH", frozenset())
    if not month_days and not week_days:  # then the start says which day
        months = months or frozenset({first.month} if frequency == "YEARLY" else ())
        month_days = frozenset({first.day} if frequency in ("MONTHLY", "YEARLY") else ())
        week_days = frozenset({(0, first.weekday())} if frequency == "WEEKLY" else ())
    return Rule(
        frequency=frequency,
        first=first,
        interval=next(iter(numbers.get("INTERVAL", {1}))),
        count=next(iter(numbers.get("COUNT", ())), None),
        until=_until(parts["UNTIL"], as_wall) if "UNTIL" in parts else datetime.max,
        week_start=_week_day("WKST", parts.get("WKST", "MO")),
        months=months,
        month_days=month_days,
        week_days=week_days,
        times=tuple(
            time(hour, minute, first.second, first.microsecond)
            for hour in sorted(numbers.get("BYHOUR", {first.hour}))
            for minute in sorted(numbers.get("BYMINUTE", {first.minute}))
        ),
        positions=numbers.get("BYSETPOS", frozenset()),
    )


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = part.partition("=")
        if name not in PARTS or not value:
            raise ValueError(f"{part or 'nothing'} is not understood; write a rule like FREQ=WEEKLY;BYDAY=SU")
        if name in parts:
            raise ValueError(f"{name} is given twice")
        parts[name] = value
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError("give COUNT or UNTIL, not both")
    return parts


def _frequency(value: str) -> Frequency:
    for frequency in FREQUENCIES:
        if frequency == value:
            return frequency
    raise ValueError(f"FREQ must be one of {', '.join(FREQUENCIES)}")


def _numbers(name: str, value: str) -> frozenset[int]:
    allowed = RANGES[name]
    found = [int(number) if re.fullmatch(r"[+-]?\d{1,4}", number) else None for number in value.split(",")]
    if any(n is None or n not in allowed or (n == 0 and name in NEVER_ZERO) for n in found):
        except_zero = ", not 0" if name in NEVER_ZERO else ""
        raise ValueError(f"{name} must be a number from {allowed[0]} to {allowed[-1]}{except_zero}")
    if name in SINGLE and len(found) > 1:
        raise ValueError(f"{name} must be one number")
    return frozenset(number for number in found if number is not None)


def _week_days(value: str | None, frequency: Frequency) -> frozenset[tuple[int, int]]:
    """Each week day with its place, 0 when none is given."""
    found: set[tuple[int, int]] = set()
    for part in value.split(",") if value else ():
        place, day = part[:-2], part[-2:]
        if place and (not re.fullmatch(r"[+-]?[1-9]\d?", place) or frequency in ("DAILY", "WEEKLY")):
            raise ValueError(f"BYDAY={part}: a place like 2TU or -1SU needs FREQ=MONTHLY or YEARLY")
        found.add((int(place or 0), _week_day("BYDAY", day)))
    return frozenset(found)


def _week_day(name: str, value: str) -> int:
    if value not in WEEK_DAYS:
        raise ValueError(f"{name} must be made of {', '.join(WEEK_DAYS)}")
    return WEEK_DAYS.index(value)


def _until(value: str, as_wall: Callable[[datetime], datetime]) -> datetime:
    """The last wall time; a date means all of that day, a time with Z is UTC."""
    form = {8: "%Y%m%d", 15: "%Y%m%dT%H%M%S", 16: "%Y%m%dT%H%M%SZ"}.get(len(value), "")
    try:
        at = datetime.strptime(value, form)
    except ValueError:
        raise ValueError("UNTIL must be a day like 20261231 or a time like 20261231T020000Z") from None
    if len(value) == 8:
        return at + timedelta(days=1, microseconds=-1)
    return as_wall(at) if value.endswith("Z") else at
