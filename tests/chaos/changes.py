"""What an outside subscriber sees on the bus."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import nats
from nats.aio.msg import Msg

from shared.contracts.health.events import HealthChanged


class Changes:
    """Every `health.changed` since the subscription, and a way to wait for more. An event that was sent again after a
    crash carries the same `ce-id`; like any consumer, this one counts it once."""

    def __init__(self) -> None:
        self.events: list[HealthChanged] = []
        self._seen: set[str] = set()
        self._news = asyncio.Condition()

    async def note(self, message: Msg) -> None:
        async with self._news:
            event_id = (message.headers or {})["ce-id"]
            if event_id not in self._seen:
                self._seen.add(event_id)
                self.events.append(msgspec.json.decode(message.data, type=HealthChanged))
                self._news.notify_all()

    def count(self, from_status: str, to_status: str) -> Counter[str]:
        """How often each service made this change."""
        return Counter(e.service_id for e in self.events if (e.from_status, e.to_status) == (from_status, to_status))

    def by_service(self) -> Counter[str]:
        """How many changes of each service were heard."""
        return Counter(e.service_id for e in self.events)

    async def until(self, holds: Callable[["Changes"], bool], timeout_seconds: float) -> None:
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: holds(self)), timeout_seconds)


@asynccontextmanager
async def watching(nats_url: str) -> AsyncIterator[Changes]:
    """Subscribes as any other program would, with plain nats-py."""
    client = await nats.connect(nats_url)
    changes = Changes()
    await client.subscribe("belfry.v1.health.changed.*", cb=changes.note)
    await client.flush()
    try:
        yield changes
    finally:
        await client.close()
