"""Maintenance windows: once, or repeated by an RFC 5545 rule in a time zone.

A rule speaks in local wall time: "every Sunday at 02:00 in Berlin" stays at 02:00 across the change of the clocks. A
wall time that the change leaves out moves ahead by as much; one that comes twice means the first. The length is in
real seconds. Windows are half open and in UTC.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrule, rrulestr

from shared.contracts.health import MaintenanceSpec

Window = tuple[datetime, datetime]

MOST_WINDOWS = 10_000
LONGEST_HISTORY = timedelta(days=400)
LOOK_AHEAD = timedelta(days=10 * 366)
SLACK = timedelta(days=1)  # more than any change of the clocks
YEARS = range(2000, 2101)

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
STEPS = {"WEEKLY": timedelta(weeks=1), "DAILY": timedelta(days=1), "HOURLY": timedelta(hours=1)}
LIMITS = {"INTERVAL": 1_000, "COUNT": 1_000}
PART = re.compile(
    r"(FREQ|INTERVAL|COUNT|UNTIL|WKST|BYMONTH|BYMONTHDAY|BYYEARDAY|BYWEEKNO|BYDAY|BYHOUR|BYMINUTE|BYSETPOS)=([A-Z0-9,+-]+)"
)


def occurrences(spec: MaintenanceSpec, from_at: datetime, to_at: datetime) -> list[Window]:
    """The windows that touch the span from `from_at` up to `to_at`, by start, at most MOST_WINDOWS."""
    length = timedelta(seconds=spec.duration_seconds)
    touching = (
        (start, start + length) for start in _starts(spec, from_at - length, to_at) if from_at - length < start < to_at
    )
    return sorted(islice(touching, MOST_WINDOWS))


def active_at(spec: MaintenanceSpec, at: datetime) -> Window | None:
    """The window that covers the moment; of several the one that ends last."""
    return max(occurrences(spec, at, at + timedelta(microseconds=1)), default=None)


def next_occurrence(spec: MaintenanceSpec, after: datetime) -> Window | None:
    """The first window that starts after the moment, within ten years."""
    start = next((start for start in _starts(spec, after, after + LOOK_AHEAD) if start > after), None)
    return (start, start + timedelta(seconds=spec.duration_seconds)) if start else None


def spec_error(spec: MaintenanceSpec) -> tuple[str, str] | None:
    """The first field that is wrong beyond its type, and why; None when the window can be planned."""
    if spec.starts_at.tzinfo is None:
        return "starts_at", "must carry a time zone, for example 2026-11-23T14:00:00Z"
    if spec.starts_at.year not in YEARS:
        return "starts_at", f"must lie between {YEARS[0]} and {YEARS[-1]}"
    if not _is_zone(spec.time_zone):
        return "time_zone", f"{spec.time_zone} is not a time zone; write one like Europe/Berlin or UTC"
    wrong = _rule_error(spec) if spec.rrule is not None else None
    return ("rrule", wrong) if wrong else None


def _starts(spec: MaintenanceSpec, from_at: datetime, to_at: datetime) -> Iterator[datetime]:
    """Starts between the two moments (and a few around them), in UTC, each once."""
    if spec.rrule is None:
        yield spec.starts_at.astimezone(UTC)
        return
    zone = ZoneInfo(spec.time_zone)
    first = spec.starts_at.astimezone(zone)
    seen: set[datetime] = set()
    for wall in _rule(spec.rrule, first, _wall(from_at, zone) - SLACK, _wall(to_at, zone) + SLACK):
        fold = first.fold if wall == first.replace(tzinfo=None, fold=0) else 0
        start = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if start not in seen:
            seen.add(start)
            yield start


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _rule(text: str, first: datetime, lower: datetime, upper: datetime) -> Iterator[datetime]:
    """Wall times of the rule up to `upper`, from `lower` on or a little before."""
    parts = _parts(text)
    until = min(upper, _until(parts["UNTIL"], first)) if "UNTIL" in parts else upper
    start = _later_start(parts, first.replace(tzinfo=None, fold=0), lower)
    bare = ";".join(f"{name}={value}" for name, value in parts.items() if name != "UNTIL")
    rule = cast(rrule, rrulestr(bare, dtstart=start))
    return (wall for wall in rule.replace(until=until) if wall >= lower)


def _later_start(parts: Mapping[str, str], first: datetime, lower: datetime) -> datetime:
    """A start of the same rhythm closer to what is asked, so that years of repeats need not be walked through."""
    if "COUNT" in parts or parts["FREQ"] not in STEPS:
        return first
    step = STEPS[parts["FREQ"]] * int(parts.get("INTERVAL", "1"))
    return first + max(0, (lower - first) // step - 1) * step


def _until(text: str, first: datetime) -> datetime:
    """The last wall time; a date means all of that day, a time with Z is UTC."""
    if "T" not in text:
        return datetime.strptime(text, "%Y%m%d") + timedelta(days=1, microseconds=-1)
    if not text.endswith("Z"):
        return datetime.strptime(text, "%Y%m%dT%H%M%S")
    at = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return at.astimezone(first.tzinfo).replace(tzinfo=None, fold=0)


def _parts(text: str) -> dict[str, str]:
    """`FREQ=WEEKLY;BYDAY=SU` by name; a ValueError says what is wrong."""
    bare = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    parts: dict[str, str] = {}
    for part in bare.split(";"):
        found = PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{part or 'an empty rule'} is not understood; write a rule like FREQ=WEEKLY;BYDAY=SU")
        if found[1] in parts:
            raise ValueError(f"{found[1]} is given twice")
        parts[found[1]] = found[2]
    return parts


def _rule_error(spec: MaintenanceSpec) -> str | None:
    start = spec.starts_at.astimezone(UTC)
    try:
        wrong = _part_error(_parts(spec.rrule or ""))
        if wrong:
            return wrong
        repeats = occurrences(spec, start, start + LONGEST_HISTORY)
        upcoming = repeats or next_occurrence(spec, start)
    except (ValueError, OverflowError) as error:
        return str(error)
    if len(repeats) >= MOST_WINDOWS:
        return f"repeats more than {MOST_WINDOWS} times in {LONGEST_HISTORY.days} days"
    return None if upcoming else "never happens in the ten years after starts_at"


def _part_error(parts: Mapping[str, str]) -> str | None:
    """What the parts must be so that expanding them is bounded."""
    if parts.get("FREQ") not in FREQUENCIES:
        return f"FREQ must be one of {', '.join(FREQUENCIES)}"
    if "COUNT" in parts and "UNTIL" in parts:
        return "give COUNT or UNTIL, not both"
    if "BYSETPOS" in parts and parts["FREQ"] == "HOURLY":
        return "BYSETPOS needs a longer FREQ than HOURLY"
    for name, most in LIMITS.items():
        if name in parts and not (parts[name].isdigit() and 1 <= int(parts[name]) <= most):
            return f"{name} must be a number from 1 to {most}"
    return None


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
