"""One run of the checks, and what it found."""

from datetime import datetime

from msgspec import Struct

from shared.contracts.checks import CheckKind
from shared.contracts.health.services import Result, Trigger


class Phase(Struct, frozen=True):
    """One phase of a check: dns, connect, tls, request, first_byte, body, query, handshake, ..."""

    name: str
    duration_ms: float


class Assertion(Struct, frozen=True, kw_only=True):
    """One statement about the answer, with what was expected and what came."""

    name: str
    expected: str
    actual: str
    passed: bool


class ComponentOutcome(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one check of a service found. `response_head`: at most 2 KB, secrets masked."""

    component: str
    kind: CheckKind
    result: Result
    reason: str
    duration_ms: float
    critical: bool = False
    address: str = ""
    phases: list[Phase] = []
    assertions: list[Assertion] = []
    response_head: str = ""
    certificate_ends_at: datetime | None = None
    children: "list[ComponentOutcome]" = []


class CheckRun(Struct, frozen=True, kw_only=True):
    """One run of all checks of a service, newest first in lists."""

    id: str
    service_id: str
    trigger: Trigger
    started_at: datetime
    duration_ms: float
    result: Result
    reason: str
    affected: list[str] = []
    components: list[ComponentOutcome] = []


class CheckRuns(Struct, frozen=True, kw_only=True):
    """Last runs, newest first; `next_cursor` continues."""

    runs: list[CheckRun]
    next_cursor: str | None
