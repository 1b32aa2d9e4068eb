"""Durations of requests, gathered as columns and sent as one message each second, or sooner when there are many."""

import asyncio
import contextlib
import secrets
import time
from array import array
from collections import deque
from collections.abc import Awaitable, Callable

from msgspec import Struct

from belfry_reporter.wire import encoded, subject_of

FLUSH_SECONDS = 1.0
BATCH_SAMPLES = 5_000  # also the most series of a batch: fewer than a u16 can tell apart
KEPT_BATCHES = 60  # at one a second they are younger than JetStream's window for duplicates
CLOSE_SECONDS = 0.5

Send = Callable[[str, str, bytes], Awaitable[bool]]
"""Takes an id, a subject and a body; True once it is stored. It may be called again with the same three."""


class ReporterState(Struct, kw_only=True):
    """Samples since the start. What is neither sent nor dropped is still kept."""

    recorded_total: int = 0
    sent_total: int = 0
    dropped_total: int = 0
    failed_sends_total: int = 0


class Sealed(Struct, frozen=True):
    """A batch ready to send."""

    id: str
    body: bytes
    samples: int


class Reporter:
    """For one service, within one event loop. `run()` sends for as long as the application lives; `record` never
    waits. While Belfry is away the newest KEPT_BATCHES batches are kept."""

    def __init__(self, service: str, send: Send) -> None:
        self.state = ReporterState()
        self._service, self._send = service, send
        self._subject = subject_of(service)
        self._waiting: deque[Sealed] = deque()
        self._full = asyncio.Event()
        self._numbers: dict[tuple[str, str, int], int] = {}
        self._series_ids, self._seconds = array("H"), array("f")

    @property
    def batches(self) -> int:
        """How many wait to be sent."""
        return len(self._waiting)

    def record(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request: HTTP method or RPC, route template, HTTP status (0: none), duration."""
        key = (method, route, status // 100)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._numbers)
        self._seconds.append(seconds)  # first: what is no number fails here, and the columns stay alike
        self._series_ids.append(number)
        if number == BATCH_SAMPLES - 1 or len(self._seconds) == BATCH_SAMPLES:
            self._seal()
            self._full.set()

    async def run(self) -> None:
        """Send what was recorded, for ever."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._full.wait()
            self._full.clear()
            await self.flush()

    async def flush(self) -> None:
        """Try once to send all there is; what cannot be sent now is kept for the next time."""
        self._seal()
        while self._waiting:
            batch = self._waiting.popleft()
            if not await self._stored(batch):
                self.state.failed_sends_total += 1
                self._keep(batch)
                return
            self.state.sent_total += batch.samples

    async def close(self) -> None:
        """A last try, within CLOSE_SECONDS."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.flush(), CLOSE_SECONDS)

    async def _stored(self, batch: Sealed) -> bool:
        try:
            return await self._send(batch.id, self._subject, batch.body)
        except asyncio.CancelledError:
            self._keep(batch)  # the end of `run`; `close` tries it again
            raise
        except Exception:  # whatever the transport's trouble is, the application goes on
            return False

    def _keep(self, batch: Sealed) -> None:
        """Put back the oldest batch, unless newer ones have taken its place meanwhile."""
        if len(self._waiting) < KEPT_BATCHES:
            self._waiting.appendleft(batch)
        else:
            self.state.dropped_total += batch.samples

    def _seal(self) -> None:
        """What was recorded becomes a batch, and the next one starts."""
        samples = len(self._seconds)
        if not samples:
            return
        if len(self._waiting) == KEPT_BATCHES:
            self.state.dropped_total += self._waiting.popleft().samples
        body = encoded(self._service, time.time(), self._numbers, self._series_ids, self._seconds)
        self._waiting.append(Sealed(secrets.token_hex(12), body, samples))
        self.state.recorded_total += samples
        self._numbers.clear()
        del self._series_ids[:], self._seconds[:]
