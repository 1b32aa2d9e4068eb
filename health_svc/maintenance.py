"""Maintenance windows: once, or repeated by an RFC 5545 rule in a time zone.

A rule speaks in local wall time: "every Sunday at 02:00 in Berlin" stays at 02:00 across the change of the clocks. A
wall time that the change leaves out moves ahead by as much; one that comes twice means the first. The length is in
real seconds. Windows are half open and in UTC.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from health_svc.recurrence import walls
from health_svc.rules import parse
from shared.contracts.health.maintenance import MaintenanceSpec

Window = tuple[datetime, datetime]

MOST_WINDOWS = 10_000
LONGEST_HISTORY = timedelta(days=400)
LOOK_AHEAD = timedelta(days=10 * 366)
SLACK = timedelta(days=1)  # more than any change of the clocks
YEARS = range(2000, 2101)


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
    given = spec.starts_at.astimezone(zone)
    first = _wall(spec.starts_at, zone)
    rule = parse(spec.rrule, first, lambda at: _wall(at.replace(tzinfo=UTC), zone))
    seen: set[datetime] = set()
    for wall in walls(rule, _wall(from_at, zone) - SLACK, _wall(to_at, zone) + SLACK):
        start = wall.replace(tzinfo=zone, fold=given.fold if wall == first else 0).astimezone(UTC)
        if start not in seen:
            seen.add(start)
            yield start


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _rule_error(spec: MaintenanceSpec) -> str | None:
    start = spec.starts_at.astimezone(UTC)
    try:
        repeats = occurrences(spec, start, start + LONGEST_HISTORY)
        upcoming = repeats or next_occurrence(spec, start)
    except ValueError as error:
        return str(error)
    if len(repeats) == MOST_WINDOWS:
        return f"repeats {MOST_WINDOWS} times or more in {LONGEST_HISTORY.days} days"
    return None if upcoming else "never happens in the ten years after starts_at"


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
