"""Runs of checks: a slow answer of search in full, and the last thirty runs of ledger-db."""

from datetime import UTC, datetime, timedelta

from shared.contracts.checks import CheckSpec, PostgresCheck, component_of, kind_of
from shared.contracts.health.runs import Assertion, CheckRun, CheckRuns, ComponentOutcome, Phase
from shared.contracts.health.services import Result
from tests.contracts.shop.clock import ago
from tests.contracts.shop.specs import SPECS

HEAD = 'HTTP/1.1 200 OK\ncontent-type: application/json\nset-cookie: ***\n\n{"status": "ok", "queue": 1840}'
REFUSED = "Connection refused on ledger-db.shop:5432"

SEARCH_RUN = CheckRun(
    id="01997c2e-7f60-7b3a-9a55-3c1d2e4f5a60",
    service_id="search",
    trigger="manual",
    started_at=ago(4.9),
    duration_ms=812.4,
    result="warn",
    reason="Answered in 812 ms, degraded above 500 ms",
    affected=["http"],
    components=[
        ComponentOutcome(
            component="http",
            kind="http",
            result="warn",
            reason="Answered in 812 ms, degraded above 500 ms",
            duration_ms=812.4,
            address="10.4.2.31:443",
            phases=[
                Phase("dns", 3.1),
                Phase("connect", 1.8),
                Phase("tls", 9.6),
                Phase("request", 0.2),
                Phase("first_byte", 791.5),
                Phase("body", 6.2),
            ],
            assertions=[
                Assertion(name="status", expected="2xx", actual="200", passed=True),
                Assertion(name="$.status", expected="== ok", actual="ok", passed=True),
                Assertion(name="latency", expected="below 500 ms", actual="812 ms", passed=False),
            ],
            response_head=HEAD,
            certificate_ends_at=datetime(2027, 2, 14, 23, 59, 59, tzinfo=UTC),
        )
    ],
)


def _outcome(check: CheckSpec, passed: bool) -> ComponentOutcome:
    phases = [Phase("dns", 0.6), Phase("connect", 1.4)]
    if passed and isinstance(check, PostgresCheck):
        phases.append(Phase("query", 2.2))
    return ComponentOutcome(
        component=component_of(check),
        kind=kind_of(check),
        result="pass" if passed else "fail",
        reason="" if passed else REFUSED,
        duration_ms=round(sum(phase.duration_ms for phase in phases), 1),
        critical=check.critical,
        address="10.4.2.18:5432",
        phases=phases,
    )


def ledger_run(number: int) -> CheckRun:
    """The run `number` slots of 15 s before the last one; the last 25 failed."""
    passed = number >= 25
    components = [_outcome(check, passed) for check in SPECS["ledger-db"].checks]
    result: Result = "pass" if passed else "fail"
    return CheckRun(
        id=f"01997c2e-7000-7b3a-8a00-{9_999 - number:012d}",
        service_id="ledger-db",
        trigger="schedule",
        started_at=ago(8) - timedelta(seconds=15 * number),
        duration_ms=max(component.duration_ms for component in components),
        result=result,
        reason="All checks pass" if passed else REFUSED,
        affected=[] if passed else [component.component for component in components],
        components=components,
    )


LEDGER_RUNS = CheckRuns(runs=[ledger_run(number) for number in range(30)], next_cursor=f"{9_969:012d}")
