"""All that the stream of events says, as one who follows it hears it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence

import msgspec

from shared.bus import Bus
from shared.contracts.health.events import HealthChanged
from shared.contracts.wire import EVENTS_STREAM
from shared.jetstream import Delivery
from tests.fixtures.waiting import until

Change = tuple[str, str, str]
"""A service, the status it had, and the one it has."""


class Heard:
    """What the stream of events says, in its order."""

    def __init__(self, bus: Bus) -> None:
        self.events: list[Delivery] = []
        self._following = asyncio.create_task(self._follow(bus))

    async def _follow(self, bus: Bus) -> None:
        async for event in bus.follow(EVENTS_STREAM, ["belfry.v1.>"], 0):
            self.events.append(event)

    async def until_changed(self, from_status: str, to_status: str, services: Collection[str]) -> None:
        wanted = {(service, from_status, to_status) for service in services}

        async def missing() -> set[Change]:
            return wanted - changes(self.events).keys()

        await until(missing, lambda found: not found, 120)

    async def stop(self) -> None:
        self._following.cancel()
        await asyncio.gather(self._following, return_exceptions=True)


def changes(events: Sequence[Delivery]) -> Counter[Change]:
    """Of the fleet; Belfry's own services change too."""
    found = [event.data for event in events if event.subject.startswith("belfry.v1.health.changed.s-")]
    told = [msgspec.json.decode(data, type=HealthChanged) for data in found]
    return Counter((each.service_id, each.from_status, each.to_status) for each in told)
