"""A client that sends latencies without rest, and counts what JetStream has taken."""

import asyncio

import numpy as np

from shared.bus import Bus
from tests.fixtures.samples import message_of, sample_batch, send_until_stored

SAMPLES = 200
ROUTES = [f"/route/{n}" for n in range(20)]


class Sender:
    """Begins at once, a message every `pace_seconds`; `acknowledged` counts durations."""

    def __init__(self, bus: Bus, pace_seconds: float = 0.01) -> None:
        self._bus, self._pace_seconds = bus, pace_seconds
        self._random = np.random.default_rng(1)
        self._sending = asyncio.create_task(self._run())
        self._enough = False
        self.acknowledged = 0

    async def finish(self) -> None:
        """Ends with a batch that is acknowledged."""
        self._enough = True
        await self._sending
        await self.send()

    async def send(self) -> None:
        seconds = self._random.lognormal(-3, 1, SAMPLES).astype(np.float32)
        await send_until_stored(self._bus, message_of(sample_batch(seconds, routes=ROUTES)))
        self.acknowledged += SAMPLES

    async def _run(self) -> None:
        while not self._enough:
            await self.send()
            await asyncio.sleep(self._pace_seconds)
