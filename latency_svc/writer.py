"""Each message counts exactly once: its rows and its place in the stream are stored in one transaction, then it is
acknowledged.

Rows overwrite those of their writer. When a transaction failed, or may have failed, the writer's name is given up with
all that it counted: the messages that the store does not know are counted again under a new name.
"""

import asyncio
import contextlib
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import count as numbers

import structlog
from msgspec import Struct

from latency_svc import ingest
from latency_svc.ingest import Tally
from latency_svc.latency_tracker import Minutes, minute_of
from latency_svc.metrics import (
    COUNTED,
    DROPPED,
    DUPLICATES,
    ENDPOINTS,
    MESSAGES,
    RECOUNTS,
    REFUSED,
    STORE_SECONDS,
    WAITING,
)
from latency_svc.roster import Roster
from latency_svc.rows import Row
from latency_svc.store import dropped, endpoints, histograms, messages, rolling
from latency_svc.store.messages import AlreadyAppliedError, Place
from latency_svc.windows import TEN_MINUTES, floor
from shared.db import Pool
from shared.jetstream import Delivery
from shared.metrics import Watched, round_of
from shared.problems import problem_of

log = structlog.get_logger()

FLUSH_SECONDS = 1.0
SHARE_OF_TIME = 3  # after storing, at least so many times as long for counting
MOST_WAITING_BYTES = 48 * 1024 * 1024
MOST_WAITING = 5_000
RETRY_SECONDS = 0.5


class SpoiledError(Exception):
    """Counting ended half way."""


class Held(Struct):
    """Messages that are counted and not yet stored, and what became of them."""

    deliveries: dict[Place, Delivery]
    tally: Tally
    bytes: int = 0

    def add(self, new: dict[Place, Delivery], tally: Tally) -> None:
        self.deliveries |= new
        self.bytes += sum(len(delivery.data) for delivery in new.values())
        self.tally.counted += tally.counted
        self.tally.dropped += tally.dropped


class Writer:
    """One per process. `take` is handed the messages; `run` stores them each second."""

    def __init__(self, pool: Pool, roster: Roster) -> None:
        self._pool = pool
        self._roster = roster
        self._names = (f"{secrets.token_hex(6)}-{number}" for number in numbers(1))
        self._minutes = Minutes(next(self._names))
        self._waiting, self._storing = _nothing(), _nothing()
        self._refused: dict[str, int] = {}
        self._minute = 0
        self._spoiled = False
        self._counting = asyncio.Lock()
        self._room, self._full = asyncio.Event(), asyncio.Event()
        self._room.set()

    def queue(self) -> Watched:
        """Messages held; when there are too many, no more are taken."""
        return Watched(
            name="latency_messages",
            depth=lambda: len(self._waiting.deliveries) + len(self._storing.deliveries),
            limit=lambda: MOST_WAITING,
        )

    async def take(self, deliveries: Sequence[Delivery]) -> None:
        """Count new messages; those that are counted for good are acknowledged again. Waits while too much is held."""
        await self._room.wait()
        async with self._counting:
            new = await self._unknown(deliveries)
            self._count(new)
        if len(self._waiting.deliveries) > MOST_WAITING or self._waiting.bytes > MOST_WAITING_BYTES:
            self._room.clear()
            self._full.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._full.wait()
            started = time.monotonic()
            await self.flush()
            await asyncio.sleep(min((time.monotonic() - started) * SHARE_OF_TIME, FLUSH_SECONDS))

    async def flush(self) -> None:
        """Store what is held; when that fails, count it again."""
        try:
            rows = await self._begin()
            if self._storing.deliveries:
                with round_of("store_latencies"):
                    await self._store(rows)
        except Exception as error:
            _tell("latencies.not_stored", error, messages=len(self._storing.deliveries))
            await self._recount()
        else:
            await self._finish()
        if not self._waiting.deliveries or self._waiting.bytes < MOST_WAITING_BYTES // 2:
            self._full.clear()
            self._room.set()

    # --- counting -------------------------------------------------------------------------------------------------

    async def _unknown(self, deliveries: Sequence[Delivery]) -> dict[Place, Delivery]:
        """Those that nobody has counted. Only what was handed out before can be known to the store."""
        new: dict[Place, Delivery] = {}
        for delivery in deliveries:
            place = Place(delivery.seq, delivery.stored_at)
            held = next((h for h in (self._waiting, self._storing) if place in h.deliveries), None)
            if held is None:
                new[place] = delivery
            else:
                held.deliveries[place] = delivery
        again = [place for place, delivery in new.items() if delivery.deliveries > 1]
        applied = await self._applied_among(again) if again else set()
        await self._acknowledge([new.pop(place) for place in applied])
        DUPLICATES.inc(len(applied))
        return new

    def _count(self, new: dict[Place, Delivery]) -> None:
        if new:
            self._spoiled = True
            self._waiting.add(new, ingest.count(new.values(), self._roster, self._minutes))
            self._spoiled = False
            WAITING.set(len(self._waiting.deliveries) + len(self._storing.deliveries))

    async def _recount(self) -> None:
        """Begin anew, under a new name, with all that is held and not in the store after all."""
        RECOUNTS.inc()
        async with self._counting:
            held = self._storing.deliveries | self._waiting.deliveries
            applied = await self._applied_among(list(held))
            await self._acknowledge([held.pop(place) for place in applied])
            DUPLICATES.inc(len(applied))
            self._minutes = Minutes(next(self._names))
            self._waiting, self._storing, self._spoiled = _nothing(), _nothing(), False
            self._count(held)

    async def _applied_among(self, places: Sequence[Place]) -> set[Place]:
        """Waits for the store as long as it takes: nothing can be counted without it."""
        while True:
            try:
                async with self._pool.acquire(timeout=5) as conn:
                    return await messages.applied_among(conn, places)
            except Exception as error:
                _tell("latencies.waiting", error, messages=len(places))
            await asyncio.sleep(RETRY_SECONDS)

    # --- storing --------------------------------------------------------------------------------------------------

    async def _begin(self) -> list[Row]:
        """All that is counted so far, as rows; from here on it is `_storing`."""
        async with self._counting:
            if self._spoiled:
                raise SpoiledError
            if unstored := self._roster.unstored():
                async with self._pool.acquire(timeout=5) as conn:
                    self._roster.learn(await endpoints.save_endpoints(conn, unstored))
            self._storing, self._waiting = self._waiting, _nothing()
            self._note_refused(self._storing.tally)
            return self._minutes.take_changed(self._roster.ids, time.time())

    def _note_refused(self, tally: Tally) -> None:
        """Endpoints beyond the cap of their service, each once a minute."""
        minute = minute_of(time.time())
        self._refused = self._roster.take_refused()
        for service, number in self._refused.items():
            tally.dropped[minute, service, dropped.ENDPOINTS] += number
        if minute != self._minute:
            self._roster.forget_refused()
            self._minute = minute

    async def _store(self, rows: Sequence[Row]) -> None:
        with STORE_SECONDS.time():
            async with self._pool.acquire(timeout=5) as conn, conn.transaction():
                await messages.apply_messages(conn, self._storing.deliveries.keys())
                await rolling.mark(conn, "10m", (floor(row.at, TEN_MINUTES) for row in rows))
                await histograms.save_rows(conn, "1m", rows)
                for at, counts in by_minute(self._storing.tally).items():
                    await dropped.add_dropped(conn, at, counts)

    async def _finish(self) -> None:
        stored, self._storing = self._storing, _nothing()
        COUNTED.inc(stored.tally.counted)
        MESSAGES.inc(len(stored.deliveries))
        for (_, _, reason), number in stored.tally.dropped.items():
            if reason != dropped.ENDPOINTS:
                DROPPED.labels(reason).inc(number)
        REFUSED.inc(sum(self._refused.values()))
        ENDPOINTS.set(len(self._roster.keys))
        WAITING.set(len(self._waiting.deliveries))
        await self._acknowledge(stored.deliveries.values())

    async def _acknowledge(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            await delivery.ack()


def by_minute(tally: Tally) -> dict[datetime, dict[tuple[str, str], int]]:
    found: defaultdict[datetime, dict[tuple[str, str], int]] = defaultdict(dict)
    for (minute, service, reason), number in sorted(tally.dropped.items()):
        found[datetime.fromtimestamp(minute, UTC)][service, reason] = number
    return found


def _nothing() -> Held:
    return Held(deliveries={}, tally=Tally(counted=0, dropped=Counter()))


def _tell(event: str, error: Exception, messages: int) -> None:
    """An outage of the store, or another who was first, is one line; a fault of ours comes with its trace."""
    problem = problem_of(error)
    if problem or isinstance(error, AlreadyAppliedError):
        log.warning(event, messages=messages, reason=problem.detail if problem else "applied already")
    else:
        log.exception(event, messages=messages)
