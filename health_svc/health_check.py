"""The status machine: from what single runs said to what a service is.

Everything here is a pure function of its arguments. A change needs several outcomes that agree, and is dated at the
first of them. What could not be measured neither advances nor resets anything.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from health_svc.components import combine
from health_svc.fail_rate import tallied
from health_svc.flapping import interrupted, is_flapping, recorded
from health_svc.freshness import displayed, heartbeat_result, known_until, stale_after_seconds
from health_svc.state import RANK, SEVERITIES, Observation, Run, ServiceState, Severity, Transition
from shared.contracts.health.services import Status

__all__ = [
    "Observation",
    "Run",
    "ServiceState",
    "Severity",
    "Transition",
    "combine",
    "displayed",
    "heartbeat_result",
    "known_until",
    "lapse",
    "observe",
    "stale_after_seconds",
]

RECENT = 30
CLOCK_SKEW = timedelta(seconds=60)  # clocks of replicas may differ by less; a last outcome farther ahead is a mistake

Observed = tuple[ServiceState, list[Transition]]


def observe(
    state: ServiceState,
    observation: Observation,
    *,
    failure_threshold: int,
    success_threshold: int,
    stale_after_seconds: float,
    in_maintenance: bool = False,
    now: datetime | None = None,
) -> Observed:
    """The state after one more outcome, and the changes it confirmed, oldest first (at most two).

    An outcome that is not newer than the last one is refused: the very same `state` comes back. With `now` given, a
    last outcome from more than CLOCK_SKEW ahead (a clock was wrong) is overruled instead."""
    if not _is_newer(state, observation, now):
        return state, []
    state, transitions = _after_silence(state, observation.at, stale_after_seconds)
    state = _across_maintenance(_not_from_the_future(state, observation.at), in_maintenance)
    state = _remembered(state, observation)
    severity = observation.measured
    if severity is None:
        return _explained(state, "unknown", observation), transitions
    state = replace(state, runs=_runs(state, severity, observation))
    run = _confirmed(state, failure_threshold, success_threshold)
    if run is None:
        return _explained(state, severity, observation), transitions
    state, transition = _changed(state, run, severity, observation)
    return state, [*transitions, transition]


def lapse(state: ServiceState, at: datetime, confirmed_at: datetime, reason: str) -> Observed:
    """Nothing is known from `at` on: a silence or a pause. The next measured outcome sets the status at once."""
    silent = replace(state, runs=[], changes=interrupted(state.changes))
    if state.status == "unknown":
        return silent, []
    started_at = max(at, state.since) if state.since else at
    unknown = replace(silent, status="unknown", since=started_at, reason=reason, affected=[])
    change = Transition(
        from_status=state.status, to_status="unknown", started_at=started_at, confirmed_at=confirmed_at, reason=reason
    )
    return unknown, [change]


def _is_newer(state: ServiceState, observation: Observation, now: datetime | None) -> bool:
    last = state.last_run_at
    return last is None or observation.at > last or (now is not None and last > now + CLOCK_SKEW)


def _after_silence(state: ServiceState, at: datetime, stale_after_seconds: float) -> Observed:
    known_to = known_until(state, stale_after_seconds)
    if known_to is None or at <= known_to:
        return state, []
    return lapse(state, known_to, at, "No result was recorded in time")


def _not_from_the_future(state: ServiceState, at: datetime) -> ServiceState:
    if state.last_run_at is None or at > state.last_run_at:
        return state
    since = min(at, state.since) if state.since else None
    return replace(state, runs=[], since=since, changes=interrupted(state.changes))


def _across_maintenance(state: ServiceState, in_maintenance: bool) -> ServiceState:
    """No run and no comparison reaches over the start or the end of maintenance."""
    if state.in_maintenance == in_maintenance:
        return state
    return replace(state, in_maintenance=in_maintenance, runs=[], changes=interrupted(state.changes))


def _remembered(state: ServiceState, observation: Observation) -> ServiceState:
    """The outcome in the memory of results; planned work does not count as flapping."""
    changes = state.changes if state.in_maintenance else recorded(state.changes, observation.result)
    return replace(
        state,
        last_run_at=observation.at,
        last_result=observation.result,
        last_measured_at=observation.at if observation.measured else state.last_measured_at,
        recent=[*state.recent, observation.result][-RECENT:],
        changes=changes,
        last_hour=tallied(state.last_hour, observation.result, observation.at),
        flapping=is_flapping(changes, state.flapping),
    )


def _runs(state: ServiceState, severity: Severity, observation: Observation) -> list[Run]:
    """One run for each severity between the status (not counted) and the one observed (counted)."""
    running = {run.severity: run for run in state.runs}
    return [_longer(running.get(target), target, observation) for target in _targets(state.status, severity)]


def _targets(status: Status, severity: Severity) -> Sequence[Severity]:
    if status == "unknown":
        return (severity,)
    here, there = RANK[status], RANK[severity]
    return SEVERITIES[here + 1 : there + 1] if there > here else SEVERITIES[there:here]


def _longer(run: Run | None, severity: Severity, seen: Observation) -> Run:
    """The run with one more outcome. It is explained by its latest outcome of just this severity, else by its first."""
    if run is None:
        return Run(severity=severity, length=1, started_at=seen.at, reason=seen.reason, affected=seen.affected)
    if seen.measured != severity:
        return replace(run, length=run.length + 1)
    return replace(run, length=run.length + 1, reason=seen.reason, affected=seen.affected)


def _confirmed(state: ServiceState, failure_threshold: int, success_threshold: int) -> Run | None:
    """The run that goes farthest from the present status, of those that are long enough."""
    if state.status == "unknown":
        return next(iter(state.runs), None)
    here = RANK[state.status]
    enough = [
        run
        for run in state.runs
        if run.length >= (failure_threshold if RANK[run.severity] > here else success_threshold)
    ]
    return max(enough, key=lambda run: abs(RANK[run.severity] - here), default=None)


def _changed(
    state: ServiceState, run: Run, severity: Severity, observation: Observation
) -> tuple[ServiceState, Transition]:
    started_at = max(run.started_at, state.since) if state.since else run.started_at
    change = Transition(
        from_status=state.status,
        to_status=run.severity,
        started_at=started_at,
        confirmed_at=observation.at,
        reason=run.reason,
        affected=run.affected,
    )
    beyond = set(_targets(run.severity, severity))
    changed = replace(
        state,
        status=run.severity,
        since=started_at,
        reason=run.reason,
        affected=run.affected,
        runs=[other for other in state.runs if other.severity in beyond],
    )
    return changed, change


def _explained(state: ServiceState, seen: Status, observation: Observation) -> ServiceState:
    """While the status holds, its reason is that of the latest outcome that agrees with it."""
    if seen != state.status:
        return state
    return replace(state, reason=observation.reason, affected=observation.affected)
