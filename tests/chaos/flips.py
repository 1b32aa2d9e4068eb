"""Services that fail and are well again, all at once and again and again; each change is waited for."""

import asyncio

from shared.contracts.health.services import Status
from tests.chaos.returning import Returning
from tests.chaos.targets import Fleet

SERVICES = 8
IDS = [f"s-{number}" for number in range(SERVICES)]
PATIENCE_SECONDS = 120.0


class Flips:
    """`turns`: how often all went down and came back."""

    def __init__(self, fleet: Fleet, client: Returning) -> None:
        self._fleet, self._client = fleet, client
        self._turned = asyncio.Event()
        self.turns = 0

    async def run(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self._turn()

    async def until_turned(self) -> None:
        """Until the turn that goes on now has ended."""
        self._turned.clear()
        await asyncio.wait_for(self._turned.wait(), 2 * PATIENCE_SECONDS)

    async def _turn(self) -> None:
        self._fleet.failing |= set(range(SERVICES))
        await self._until_all("down")
        self._fleet.failing.clear()
        await self._until_all("healthy")
        self.turns += 1
        self._turned.set()

    async def _until_all(self, status: Status) -> None:
        await self._client.until(lambda client: {client.statuses.get(id) for id in IDS} == {status}, PATIENCE_SECONDS)
