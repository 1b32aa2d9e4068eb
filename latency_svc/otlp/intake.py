"""From what was read to what is stored: JetStream has all of a request before it is answered."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from latency_svc.otlp.attributes import Naming
from latency_svc.otlp.baselines import read_baselines, save_baselines
from latency_svc.otlp.batches import Gains
from latency_svc.otlp.counted import POINTS
from latency_svc.otlp.cumulative import advance
from latency_svc.otlp.metrics import Reading, Readings
from latency_svc.otlp.numbers import Growth, read_numbers
from latency_svc.otlp.preference import Preference
from latency_svc.otlp.traces import Spans
from latency_svc.slowest import Slowest
from shared.bus import Bus
from shared.db import Pool
from shared.jetstream import OutboxMessage, store
from shared.problems import unavailable

POOL_SECONDS = 5.0


class Intake(Struct):
    """What the door needs and what it remembers. Nothing of it must survive a restart."""

    bus: Bus
    pool: Pool
    naming: Naming = field(default_factory=Naming)
    preference: Preference = field(default_factory=Preference)
    slowest: Slowest = field(default_factory=Slowest)
    growth: Growth = field(default_factory=Growth)


async def take_metrics(intake: Intake, readings: Readings, request_id: str, now: float) -> None:
    """Raises ProblemError 503 when NATS or, for cumulative points, PostgreSQL is away."""
    gains = Gains()
    for plain in readings.plain:
        gains.add_columns(plain.service, plain.series, plain.deltas)
    cumulative = [reading for reading in readings.found if reading.key]
    for reading in readings.found:
        if not reading.key and reading.point.count:
            gains.add(reading.service, reading.series, reading.point, reading.unit_seconds, now)
    counted = len(readings.found) + sum(len(plain.series) for plain in readings.plain)
    outcomes = Counter(counted=counted, ignored=readings.ignored, **readings.refusals)
    if cumulative:
        is_new, passed = await _take_cumulative(intake, cumulative, gains, request_id, now)
        outcomes.update(passed)
    else:
        is_new = await _store(intake.bus, gains.messages(request_id))
    intake.preference.saw_metrics(readings.services(), now)
    outcomes["said"] = _say(intake, readings) if is_new else 0
    _count("metrics", outcomes, is_new)


def _say(intake: Intake, readings: Readings) -> int:
    """Gauges and sums, once, as far as the bus takes them. Returns how many samples they are."""
    said = 0
    for service, metric in readings.others:
        for event in read_numbers(service, metric, intake.growth):
            intake.bus.publish(event)
            said += len(event.samples)
    return said


async def take_spans(intake: Intake, spans: Spans, request_id: str) -> None:
    """Raises ProblemError 503 when NATS is away."""
    is_new = await _store(intake.bus, spans.samples.messages(request_id))
    _count("traces", Counter(counted=len(spans.samples), ignored=spans.ignored, **spans.refusals), is_new)


async def _take_cumulative(
    intake: Intake, readings: Sequence[Reading], gains: Gains, request_id: str, now: float
) -> tuple[bool, Counter[str]]:
    """The series move on in the database only after their deltas are stored. Between the two, a request that is sent
    again computes the same deltas, which JetStream knows by their ids."""
    async with intake.pool.acquire(timeout=POOL_SECONDS) as conn, conn.transaction():
        known = await read_baselines(conn, (reading.key for reading in readings))
        found = advance(readings, known, now)
        for reading, point in found.deltas:
            gains.add(reading.service, reading.series, point, reading.unit_seconds, now)
        is_new = await _store(intake.bus, gains.messages(request_id))
        await save_baselines(conn, found.points)
    passed = found.baselines + found.duplicates
    return is_new, Counter(counted=-passed, baseline=found.baselines, duplicate=found.duplicates)


async def _store(bus: Bus, messages: Sequence[OutboxMessage]) -> bool:
    """False when JetStream had all of them already: the request was sent again."""
    outcome = await store(bus, messages)
    if len(outcome.stored) < len(messages):
        raise unavailable("nats", "The samples could not be stored. Send them again")
    return not messages or outcome.duplicates < len(messages)


def _count(signal: str, outcomes: Counter[str], is_new: bool) -> None:
    if not is_new:
        outcomes["duplicate"] += outcomes.pop("counted")
    for outcome, count in outcomes.items():
        if count:
            POINTS.labels(signal, outcome).inc(count)
