"""Recording finished runs: their states, the transitions they confirm, and the events of those, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct, json
from msgspec.structs import replace

from health_svc.health_check import Observation, ServiceState, Severity, Transition, observe, stale_after_seconds
from health_svc.store.services import COLUMNS, Monitored, monitored
from health_svc.store.transitions import Confirmed, save_transitions
from shared.contracts.health.runs import CheckRun
from shared.contracts.health.services import ServiceSpec, Status
from shared.db import Connection


class Finished(Struct, frozen=True, kw_only=True):
    """A run to record. `severity` is what it says of the service, None when it could not measure."""

    run: CheckRun
    severity: Severity | None


class Recorded(Struct, frozen=True, kw_only=True):
    """What recording a run led to: the status after it and the transitions it confirmed."""

    run: CheckRun
    status: Status
    transitions: list[Transition]
    interval_seconds: float


async def record(
    conn: Connection, batch: Sequence[Finished], in_maintenance: Callable[[ServiceSpec, datetime], bool]
) -> list[Recorded]:
    """Record a batch in the caller's transaction, with as many statements for many runs as for one. A service that is
    gone is left out, and a run of a paused one is only listed. The row lock makes each transition happen in exactly
    one replica; a run that is recorded again changes nothing."""
    locked = await _lock(conn, sorted({f.run.service_id for f in batch}))
    states: dict[str, ServiceState] = {service_id: m.state for service_id, m in locked.items()}
    newest: dict[str, Finished] = {}
    recorded: list[Recorded] = []
    confirmed: list[Confirmed] = []
    for finished in sorted(batch, key=lambda f: f.run.started_at):
        current = locked.get(finished.run.service_id)
        if current is None:
            continue
        if current.spec.paused:
            recorded.append(_recorded(current.spec, finished, "unknown", []))
            continue
        maintained = in_maintenance(current.spec, finished.run.started_at)
        state, transitions = _observe(current.spec, states[current.spec.id], finished, maintained)
        if state is not states[current.spec.id]:
            states[current.spec.id], newest[current.spec.id] = state, finished
        recorded.append(_recorded(current.spec, finished, state.status, transitions))
        confirmed += [Confirmed(current.spec, t, state) for t in transitions]
    await save_transitions(conn, confirmed)
    await _save_states(conn, {service_id: states[service_id] for service_id in newest}, newest)
    await _insert(conn, [r.run for r in recorded])
    return recorded


def _recorded(spec: ServiceSpec, finished: Finished, status: Status, transitions: list[Transition]) -> Recorded:
    return Recorded(run=finished.run, status=status, transitions=transitions, interval_seconds=spec.interval_seconds)


async def _lock(conn: Connection, service_ids: list[str]) -> dict[str, Monitored]:
    rows = await conn.fetch(
        f"""
        SELECT {COLUMNS} FROM service s JOIN service_state t ON t.service_id = s.id
        WHERE s.id = ANY($1) ORDER BY s.id FOR UPDATE OF t
        """,
        service_ids,
    )
    return {m.spec.id: m for m in map(monitored, rows)}


def _observe(
    spec: ServiceSpec, state: ServiceState, finished: Finished, maintained: bool
) -> tuple[ServiceState, list[Transition]]:
    run = finished.run
    is_heartbeat_only = run.trigger == "heartbeat" or {c.kind for c in run.components} == {"heartbeat"}
    return observe(
        state,
        Observation(
            result=run.result, at=run.started_at, reason=run.reason, affected=run.affected, severity=finished.severity
        ),
        failure_threshold=1 if is_heartbeat_only else spec.failure_threshold,
        success_threshold=1 if is_heartbeat_only else spec.success_threshold,
        stale_after_seconds=stale_after_seconds(spec.interval_seconds, spec.timeout_seconds),
        in_maintenance=maintained,
        now=datetime.now(UTC),
    )


async def _save_states(conn: Connection, states: dict[str, ServiceState], newest: dict[str, Finished]) -> None:
    ids = list(states)
    await conn.execute(
        """
        UPDATE service_state AS t
        SET state = u.state::jsonb, last_run = u.last_run::jsonb
        FROM unnest($1::text[], $2::text[], $3::text[]) AS u (id, state, last_run)
        WHERE t.service_id = u.id
        """,
        ids,
        [json.encode(states[i]).decode() for i in ids],
        [json.encode(newest[i].run).decode() for i in ids],
    )


async def _insert(conn: Connection, runs: Sequence[CheckRun]) -> None:
    await conn.execute(
        """
        INSERT INTO check_run (id, service_id, started_at, result, run)
        SELECT id, service_id, started_at, result, run::jsonb
        FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
            AS u (id, service_id, started_at, result, run)
        ON CONFLICT DO NOTHING
        """,
        [r.id for r in runs],
        [r.service_id for r in runs],
        [r.started_at for r in runs],
        [r.result for r in runs],
        [json.encode(_kept(r)).decode() for r in runs],
    )


def _kept(run: CheckRun) -> CheckRun:
    """The run as it is kept in the list: the start of an answer that was as it should be is worth no space."""
    return replace(run, components=[replace(c, response_head="") if c.result == "pass" else c for c in run.components])
