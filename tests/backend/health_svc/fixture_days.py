"""The published fixtures of uptime: days with known answers, as spans or as runs that go through the status machine."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from msgspec import Struct, json

from health_svc.health_check import known_until, stale_after_seconds
from health_svc.maintenance import occurrences
from health_svc.uptime import Span, Totals, Window
from shared.contracts.health.history import DayState
from shared.contracts.health.maintenance import MaintenanceSpec
from shared.contracts.health.services import Result
from tests.backend.health_svc.replay import Seen, Thresholds, replay, spans_of

DIRECTORY = Path(__file__).parent / "uptime_fixtures"


class Stretch(Struct, frozen=True, forbid_unknown_fields=True):
    """`times` runs of one result, the next one `every_seconds` later (default: the interval); or a repeat."""

    result: Result = "pass"
    times: int = 0
    every_seconds: float | None = None
    repeat: int = 0
    results: "list[Stretch]" = []


class Runs(Struct, frozen=True, forbid_unknown_fields=True):
    first_at: datetime
    interval_seconds: float
    timeout_seconds: float
    failure_threshold: int
    success_threshold: int
    results: list[Stretch]


class PlannedSpan(Struct, frozen=True, forbid_unknown_fields=True):
    from_at: datetime
    to_at: datetime


class ExpectedDay(Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    worst: DayState
    uptime_pct: float | None
    coverage_pct: float
    outages: int


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    uptime_pct: float | None
    coverage_pct: float
    seconds: Totals
    days: list[ExpectedDay]


class Fixture(Struct, frozen=True, forbid_unknown_fields=True):
    """Either `spans` or `runs`; `maintenance` as plain spans, `planned` as windows by rule."""

    title: str
    why: str
    first_day: date
    days: int
    now: datetime
    expected: Expected
    spans: list[Span] = []
    runs: Runs | None = None
    maintenance: list[PlannedSpan] = []
    planned: list[MaintenanceSpec] = []
    ignore_shorter_than_seconds: float = 0

    @property
    def from_at(self) -> datetime:
        return datetime.combine(self.first_day, time(), UTC)


def load() -> dict[str, Fixture]:
    """All fixtures by file name."""
    paths = sorted(DIRECTORY.glob("*.json"))
    return {path.stem: json.decode(path.read_bytes(), type=Fixture) for path in paths}


def history(fixture: Fixture) -> list[Span]:
    """The confirmed status over time."""
    return fixture.spans if fixture.runs is None else _recorded(fixture.runs, fixture.now)


def outcomes(fixture: Fixture) -> list[Seen]:
    """The single outcomes, of a fixture that has them."""
    return list(_outcomes(fixture.runs)) if fixture.runs else []


def planned(fixture: Fixture) -> list[Window]:
    """All windows of maintenance."""
    by_rule = [w for spec in fixture.planned for w in occurrences(spec, fixture.from_at, fixture.now)]
    return [(span.from_at, span.to_at) for span in fixture.maintenance] + by_rule


def _recorded(runs: Runs, now: datetime) -> list[Span]:
    stale_seconds = stale_after_seconds(runs.interval_seconds, runs.timeout_seconds)
    thresholds = Thresholds(runs.failure_threshold, runs.success_threshold, stale_seconds)
    states, transitions = replay(_outcomes(runs), thresholds)
    known_to = known_until(states[-1], stale_seconds)
    return spans_of(transitions, min(now, known_to or now))


def _outcomes(runs: Runs) -> Iterator[Seen]:
    at = runs.first_at
    for result, seconds in _flat(runs.results, runs.interval_seconds):
        yield Seen(result, at)
        at += timedelta(seconds=seconds)


def _flat(stretches: Sequence[Stretch], interval_seconds: float) -> Iterator[tuple[Result, float]]:
    for stretch in stretches:
        for _ in range(stretch.repeat):
            yield from _flat(stretch.results, interval_seconds)
        seconds = interval_seconds if stretch.every_seconds is None else stretch.every_seconds
        for _ in range(stretch.times):
            yield stretch.result, seconds
