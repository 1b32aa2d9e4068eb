"""Between those who publish, who never wait, and NATS, which may be slow or away."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

from shared.envelope import Envelope
from shared.link import Link
from shared.problems import ProblemError

YIELD_EVERY = 256
FULL_WAIT_SECONDS = 0.01

Send = Callable[[Envelope], Awaitable[None]]


class EventQueue:
    """Keeps the newest `limit` messages while NATS does not take them; what is pushed out is counted in `dropped`."""

    def __init__(self, limit: int, link: Link, send: Send) -> None:
        self._limit, self._link, self._send = limit, link, send
        self._waiting: deque[Envelope] = deque()
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self.sent = 0
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, envelope: Envelope) -> None:
        if len(self._waiting) >= self._limit:
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(envelope)
        self._emptied.clear()
        self._filled.set()

    async def run(self) -> None:
        """Send what is queued, in order, for ever; yields so that a long queue does not keep the loop."""
        while True:
            await self._filled.wait()
            await self._link.wait_up()
            took = await self._send_some()
            if not self._waiting:
                self._filled.clear()
                self._emptied.set()
            await asyncio.sleep(0 if took else FULL_WAIT_SECONDS)

    async def emptied(self, deadline_seconds: float) -> bool:
        """True when all was sent; False at the deadline."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline_seconds):
                await self._emptied.wait()
        return self._emptied.is_set()

    async def _send_some(self) -> bool:
        """False when NATS does not take any more now; what it did not take stays first in the queue."""
        for _ in range(min(YIELD_EVERY, len(self._waiting))):
            envelope = self._waiting.popleft()
            try:
                await self._send(envelope)
            except ProblemError as error:
                if error.problem.status != 413:
                    self._waiting.appendleft(envelope)
                    return False
                self.dropped += 1
            else:
                self.sent += 1
        return True
