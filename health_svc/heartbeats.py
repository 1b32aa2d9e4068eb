"""What the time of a service's last heartbeat says of it."""

from datetime import datetime

from health_svc.freshness import heartbeat_result
from health_svc.store.services import Monitored
from shared.contracts.checks import HeartbeatCheck, component_of
from shared.contracts.health.runs import CheckRun, ComponentOutcome
from shared.contracts.health.services import Result


def heartbeats(monitored: Monitored, now: datetime) -> list[ComponentOutcome]:
    """The outcome of a service's heartbeat, judged by the time of the last one."""
    return [
        heartbeat_outcome(monitored, check, now) for check in monitored.spec.checks if isinstance(check, HeartbeatCheck)
    ]


def heartbeat_outcome(monitored: Monitored, check: HeartbeatCheck, now: datetime) -> ComponentOutcome:
    result, reason = judge_beat(monitored, check, now)
    return ComponentOutcome(
        component=component_of(check),
        kind="heartbeat",
        result=result,
        reason=reason,
        duration_ms=0,
        critical=check.critical,
    )


def judge_beat(monitored: Monitored, check: HeartbeatCheck, now: datetime) -> tuple[Result, str]:
    """Down only when the grace is over; within it the reason counts what is left."""
    beat, interval_seconds = monitored.last_beat_at, monitored.spec.interval_seconds
    if beat is None:
        return "error", "No heartbeat has come yet"
    age = (now - beat).total_seconds()
    reason = f"Last heartbeat {age:.0f} s ago"
    if heartbeat_result(beat, now, interval_seconds, check.grace_seconds) == "fail":
        return "fail", f"{reason}, expected every {interval_seconds:g} s"
    left = interval_seconds + check.grace_seconds - age
    return "pass", f"{reason}, late, {left:.0f} s of grace left" if age > interval_seconds else reason


def is_quiet(run: CheckRun) -> bool:
    """A heartbeat that is on time says nothing new: the beat itself was the run."""
    return {c.kind for c in run.components} == {"heartbeat"} and run.result in ("pass", "error")
