"""What reaches health_svc by itself: heartbeats, from NATS or through the gateway."""

from datetime import UTC, datetime
from time import perf_counter

import structlog
from msgspec import UNSET

from health_svc.finishing import run_of
from health_svc.room import Room
from health_svc.store import services
from health_svc.store.services import Monitored
from shared.contracts.checks import HeartbeatCheck, component_of
from shared.contracts.health.procedures import Heartbeat
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import ServiceSpec, Source
from shared.contracts.wire import Nothing
from shared.interest import Message
from shared.problems import ProblemError, conflict, invalid, problem_of
from shared.rpc import Caller
from shared.validate import decode, validate

log = structlog.get_logger()

HEARTBEATS_GROUP = "Heartbeats"
MOST_LATE_BEATS = 10_000
UNAVAILABLE = 503


async def record_heartbeat(room: Room, request: Heartbeat, caller: Caller) -> Nothing:
    await accept_beat(room, request, caller.actor, datetime.now(UTC))
    return Nothing()


async def on_heartbeat(room: Room, message: Message) -> None:
    """A heartbeat from the bus: the id stands in the subject, the body may be empty or a Heartbeat without the id.
    While the store is away the last beat of each service is kept."""
    at = datetime.now(UTC)
    try:
        beat = beat_of(message)
    except ProblemError as error:
        log.warning("heartbeat.refused", subject=message.subject, problem=str(error))
        return
    if len(room.late_beats) < MOST_LATE_BEATS or beat.service_id in room.late_beats:
        room.late_beats[beat.service_id] = (beat, at)
    await accept_late_beats(room)


async def accept_late_beats(room: Room) -> None:
    """Accept the beats that wait, until the store is away (again)."""
    while room.late_beats:
        service_id, (beat, at) = room.late_beats.popitem()
        try:
            await accept_beat(room, beat, "heartbeat", at)
        except Exception as error:
            problem = problem_of(error)
            if problem is None or problem.status != UNAVAILABLE:
                log.warning("heartbeat.refused", service_id=service_id, problem=str(error))
                continue
            room.late_beats.setdefault(service_id, (beat, at))
            return


def beat_of(message: Message) -> Heartbeat:
    """Raises ProblemError when the message is none."""
    body = decode(message.data, dict) if message.data else {}
    beat, errors = validate({**body, "service_id": message.subject.rsplit(".", 1)[1]}, Heartbeat)
    if beat is None:
        raise invalid(errors)
    return beat


async def accept_beat(room: Room, beat: Heartbeat, actor: str, now: datetime) -> None:
    """Note the beat and record it as a run. The first beat of an unknown id creates the service."""
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        found = await services.get_monitored(conn, beat.service_id)
        wanted = spec_after(found, beat)
        if found is None or (wanted != found.spec and found.source.kind == "heartbeat"):
            await services.declare(conn, wanted, Source(kind="heartbeat"), actor)
            room.wake_outbox()
        await services.record_beat(conn, beat.service_id, now)
    check = heartbeat_of(wanted)
    if check is None:
        raise conflict(f"{beat.service_id} has no heartbeat check; add one to it first")
    outcome = ComponentOutcome(
        component=component_of(check), kind="heartbeat", result=beat.status, critical=check.critical, duration_ms=0,
        reason=beat.reason or "Heartbeat received",
    )  # fmt: skip
    room.recorder.put(run_of(beat.service_id, "heartbeat", now, perf_counter(), [outcome]))


def heartbeat_of(spec: ServiceSpec) -> HeartbeatCheck | None:
    return next((c for c in spec.checks if isinstance(c, HeartbeatCheck)), None)


def spec_after(found: Monitored | None, beat: Heartbeat) -> ServiceSpec:
    """The service as the beat describes it; only one made by a heartbeat follows its interval and grace."""
    if found is not None and found.source.kind != "heartbeat":
        return found.spec
    known = heartbeat_of(found.spec) if found else None
    grace = known.grace_seconds if known else 30.0
    interval = found.spec.interval_seconds if found else 30.0
    return ServiceSpec(
        id=beat.service_id,
        group=HEARTBEATS_GROUP,
        interval_seconds=interval if beat.interval_seconds is UNSET else beat.interval_seconds,
        timeout_seconds=1,
        checks=[HeartbeatCheck(grace_seconds=grace if beat.grace_seconds is UNSET else beat.grace_seconds)],
    )
