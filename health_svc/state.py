"""What is remembered of a service between two runs, what a run adds to it, and what a change is."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from health_svc.fail_rate import Tally
from health_svc.flapping import Changes
from shared.contracts.health.services import Result, Status

Severity = Literal["healthy", "degraded", "down"]
"""How bad is what was measured?"""

SEVERITIES: tuple[Severity, ...] = ("healthy", "degraded", "down")
RANK: dict[Status, int] = {"healthy": 0, "degraded": 1, "down": 2}
SEVERITY_OF: dict[Result, Severity | None] = {"pass": "healthy", "warn": "degraded", "fail": "down", "error": None}


class Run(Struct, frozen=True, kw_only=True):
    """Outcomes in a row that speak for `severity` or for more than it, away from the present status."""

    severity: Severity
    length: int
    started_at: datetime
    reason: str
    affected: list[str] = []


class ServiceState(Struct, frozen=True, kw_only=True):
    """The memory of one service; stored as JSON. `recent`: at most 30 results, oldest first.
    `last_run_at` is the last run of any result, `last_measured_at` the last that measured something."""

    status: Status = "unknown"
    since: datetime | None = None
    reason: str = ""
    affected: list[str] = []
    last_run_at: datetime | None = None
    last_result: Result | None = None
    last_measured_at: datetime | None = None
    runs: list[Run] = []
    recent: list[Result] = []
    changes: Changes = Changes()
    last_hour: Tally = Tally()
    flapping: bool = False
    in_maintenance: bool = False

    @property
    def pending(self) -> Run | None:
        """The longest run against the present status, if any: check sooner, show "2 of 3"."""
        return max(self.runs, key=lambda run: run.length, default=None)

    @property
    def run_severity(self) -> Severity | None:
        return self.pending.severity if self.pending else None

    @property
    def run_length(self) -> int:
        return self.pending.length if self.pending else 0

    @property
    def run_started_at(self) -> datetime | None:
        return self.pending.started_at if self.pending else None


class Observation(Struct, frozen=True, kw_only=True):
    """What one run found, at the moment it started. `severity` is the result's own unless given."""

    result: Result
    at: datetime
    reason: str = ""
    affected: list[str] = []
    severity: Status | None = None

    @property
    def measured(self) -> Severity | None:
        """The severity found; None when nothing could be measured."""
        if self.result == "error":
            return None
        given = self.severity
        return SEVERITY_OF[self.result] if given is None or given == "unknown" else given


class Transition(Struct, frozen=True, kw_only=True):
    """A confirmed change. `started_at` is the first outcome that spoke for it, `confirmed_at` the last."""

    from_status: Status
    to_status: Status
    started_at: datetime
    confirmed_at: datetime
    reason: str
    affected: list[str] = []
