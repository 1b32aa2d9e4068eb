"""Metrics that go above their thresholds and below again, each value stored by JetStream for sure."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import uuid4

from shared.bus import Bus
from shared.contracts.alerts.metrics import MetricSample, MetricSampled
from shared.envelope import seal
from shared.jetstream import OutboxMessage
from shared.settings import Settings
from tests.fixtures.waiting import until

METRICS = 6


class Weather:
    """Says what each metric is: above the threshold or below, in turns, each value stored by JetStream for sure."""

    def __init__(self, bus: Bus, seed: int) -> None:
        self._bus, self._chance = bus, random.Random(seed)
        self.bad = [False] * METRICS
        self.rises = Counter[str]()
        self._enough = False

    async def run(self) -> None:
        while not self._enough:
            await self.turn(self._chance.randrange(METRICS))
            await asyncio.sleep(self._chance.uniform(0.02, 0.2))

    async def turn(self, number: int) -> None:
        self.bad[number] = not self.bad[number]
        if self.bad[number]:
            self.rises[f"rule-{number}"] += 1
        await say(self._bus, f"chaos.m{number}", 20.0 if self.bad[number] else 1.0)

    async def finish(self, running: asyncio.Task[None]) -> None:
        self._enough = True
        await running
        for number in [n for n in range(METRICS) if self.bad[n]]:
            await self.turn(number)


async def say(bus: Bus, metric: str, value: float, at: float | None = None) -> float:
    """Until it is stored, under one id; returns its moment."""
    moment = time.time() if at is None else at
    sample = MetricSample(value=value, labels={"service": "shop"})
    event = MetricSampled(name=metric, at=datetime.fromtimestamp(moment, UTC), interval_seconds=60, samples=[sample])
    sealed = seal(event, str(uuid4()))
    message = OutboxMessage(
        id=sealed.headers["ce-id"], subject=sealed.subject, headers=sealed.headers, body=sealed.body
    )
    await until(lambda: bus.publish_acked([message]), lambda stored: stored == [message.id], 60)
    return datetime.fromtimestamp(moment, UTC).timestamp()


@asynccontextmanager
async def speaker(nats_url: str) -> AsyncIterator[Bus]:
    bus = await Bus.connect(Settings(service="shop", nats_url=nats_url))
    yield bus
    await bus.close()
