"""Finished runs into the store: many in one transaction, kept and tried again while PostgreSQL is away."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import count

import structlog
from msgspec import Struct
from opentelemetry.trace import SpanKind

from health_svc.metrics import RUNS_DROPPED, TRANSITIONS
from health_svc.store.recording import Finished, Recorded, record
from health_svc.windows import Windows
from shared import telemetry
from shared.bus import Bus
from shared.contracts.health.events import HealthChecked
from shared.db import Pool
from shared.jetstream import Delivery
from shared.metrics import Watched, round_of
from shared.problems import problem_of

log = structlog.get_logger()

MOST_WAITING = 5_000
MOST_IN_BATCH = 500
GATHER_SECONDS = 0.05
FINISH_SECONDS = 2.0
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)


class Pending(Struct, frozen=True):
    """A run on its way to the store, the timer message to acknowledge then, and who waits for it."""

    finished: Finished
    message: Delivery | None
    done: asyncio.Future[Recorded | None]
    traceparent: str


class Recorder:
    """One queue and one writer per process. When the queue is full the oldest run is dropped and counted."""

    def __init__(self, pool: Pool, bus: Bus, windows: Windows, on_transition: Callable[[], None]) -> None:
        self._pool = pool
        self._bus = bus
        self._windows = windows
        self._on_transition = on_transition
        self._queue: asyncio.Queue[Pending] = asyncio.Queue(MOST_WAITING)
        self._dropped = 0

    def queue(self) -> Watched:
        return Watched(
            name="health_runs", depth=self._queue.qsize, limit=lambda: MOST_WAITING, dropped=lambda: self._dropped
        )

    def put(self, finished: Finished, message: Delivery | None = None) -> Awaitable[Recorded | None]:
        """Queue a run. The result is None when the run was left out or dropped."""
        if self._queue.full():
            RUNS_DROPPED.labels("full").inc()
            self._dropped += 1
            self._queue.get_nowait().done.set_result(None)
            self._queue.task_done()
        done: asyncio.Future[Recorded | None] = asyncio.get_running_loop().create_future()
        pending = Pending(finished, message, done, telemetry.current_traceparent())
        self._queue.put_nowait(pending)
        return pending.done

    async def finish(self) -> None:
        """Wait until all that is queued is in the store, as long as FINISH_SECONDS."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), FINISH_SECONDS)

    async def run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while len(batch) < MOST_IN_BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            with telemetry.span_of_batch("record runs", SpanKind.INTERNAL, [each.traceparent for each in batch]):
                await self._record_until_done(batch)
            for _ in batch:
                self._queue.task_done()

    async def _record_until_done(self, batch: Sequence[Pending]) -> None:
        """Try until PostgreSQL is back. What it refuses again and again while it is there is recorded run by run."""
        for attempt in count():
            try:
                recorded = await self._record([p.finished for p in batch])
            except Exception as error:
                is_away = problem_of(error) is not None
                if not is_away and attempt >= len(RETRY_SECONDS):
                    return await self._record_each(batch)
                wait_seconds = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
                level = log.warning if is_away else log.exception
                level("runs.not_recorded", runs=len(batch), error=repr(error), retry_seconds=wait_seconds)
                await asyncio.sleep(wait_seconds)
            else:
                return await self._announce(batch, recorded)

    async def _record_each(self, batch: Sequence[Pending]) -> None:
        """Each run by itself; one that cannot be stored is dropped and counted, so that it holds up no other."""
        for pending in batch:
            try:
                recorded = await self._record([pending.finished])
            except Exception as error:
                if problem_of(error) is not None:
                    await self._record_until_done([pending])
                    continue
                RUNS_DROPPED.labels("refused").inc()
                log.exception("run.dropped", service_id=pending.finished.run.service_id)
                recorded = []
            await self._announce([pending], recorded)

    async def _record(self, finished: Sequence[Finished]) -> list[Recorded]:
        with round_of("record_runs"):
            return await self._record_in_one(finished)

    async def _record_in_one(self, finished: Sequence[Finished]) -> list[Recorded]:
        async with self._pool.acquire(timeout=5) as conn, conn.transaction():
            await conn.execute("SET LOCAL lock_timeout = '5s'")
            return await record(conn, finished, self._windows.covers)

    async def _announce(self, batch: Sequence[Pending], recorded: Sequence[Recorded]) -> None:
        by_run = {r.run.id: r for r in recorded}
        if any(r.transitions for r in recorded):
            self._on_transition()
        for r in recorded:
            self._bus.publish(_checked(r))
            for t in r.transitions:
                TRANSITIONS.labels(t.to_status).inc()
                log.info(
                    "health.changed", service_id=r.run.service_id, from_status=t.from_status, to_status=t.to_status,
                    reason=t.reason, late_seconds=round((datetime.now(UTC) - t.confirmed_at).total_seconds(), 3),
                )  # fmt: skip
        for pending in batch:
            if pending.message is not None:
                await pending.message.ack()
            if not pending.done.done():
                pending.done.set_result(by_run.get(pending.finished.run.id))


def _checked(recorded: Recorded) -> HealthChecked:
    run = recorded.run
    return HealthChecked(
        service_id=run.service_id,
        run_id=run.id,
        trigger=run.trigger,
        at=run.started_at,
        result=run.result,
        status=recorded.status,
        duration_ms=run.duration_ms,
        reason=run.reason,
        interval_seconds=recorded.interval_seconds,
        certificate_ends_at=min((c.certificate_ends_at for c in run.components if c.certificate_ends_at), default=None),
    )
