"""From what the checks of a service found to a finished run: ready to be recorded, and counted."""

from collections.abc import Sequence
from datetime import datetime
from time import perf_counter
from uuid import uuid4

from msgspec import json

from health_svc.health_check import combine
from health_svc.metrics import PROBE_SECONDS, PROBES, RUNS
from health_svc.store.recording import Finished
from shared.contracts.health.runs import CheckRun, ComponentOutcome
from shared.contracts.health.services import Trigger

NUL, REPLACEMENT = rb"\u0000", rb"\ufffd"


def run_of(
    service_id: str, trigger: Trigger, started_at: datetime, started: float, outcomes: Sequence[ComponentOutcome]
) -> Finished:
    result, severity, reason, affected = combine(outcomes)
    run = CheckRun(
        id=uuid4().hex,
        service_id=service_id,
        trigger=trigger,
        started_at=started_at,
        duration_ms=round((perf_counter() - started) * 1000, 3),
        result=result,
        reason=reason,
        affected=affected,
        components=list(outcomes),
    )
    return Finished(run=storable(run), severity=severity)


def storable(run: CheckRun) -> CheckRun:
    """A target may answer with U+0000, which PostgreSQL does not take: the replacement character stands for it."""
    body = json.encode(run)
    return json.decode(body.replace(NUL, REPLACEMENT), type=CheckRun) if NUL in body else run


def count(outcomes: Sequence[ComponentOutcome], trigger: Trigger) -> None:
    for outcome in outcomes:
        PROBES.labels(outcome.kind, outcome.result).inc()
        PROBE_SECONDS.labels(outcome.kind).observe(outcome.duration_ms / 1000)
    RUNS.labels(trigger, combine(outcomes)[0]).inc()
