"""What pipeline_svc's endpoints and loops share, put together once by app.py."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from msgspec import Struct, field, structs

from pipeline_svc import store
from pipeline_svc.document import Catalogue, Saved, fitted
from pipeline_svc.fleet import Fleet
from shared.bus import Bus
from shared.contracts.catalogue import BY_ID
from shared.db import Connection, Pool
from shared.problems import unavailable


class Room(Struct, frozen=True):
    """The collaborators of every endpoint."""

    pool: Pool
    bus: Bus
    wake_outbox: Callable[[], None]
    fleet: Fleet = field(default_factory=Fleet)
    catalogue: Catalogue = field(default_factory=lambda: BY_ID)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[Connection]:
        """A transaction in which nobody else saves or applies; what it has to tell is sent right after."""
        async with self.pool.acquire(timeout=2) as conn, conn.transaction():
            await store.hold_still(conn)
            yield conn
        self.wake_outbox()

    async def latest(self, conn: Connection) -> Saved:
        """The saved chain, as this release can run it. Raises ProblemError 503 in the first moment of a new Belfry."""
        found = await store.latest(conn)
        if found is None:
            raise unavailable("pipeline_svc", "The first chain is not stored yet. Try again in a moment")
        return self.fit(found)

    def fit(self, saved: Saved) -> Saved:
        return structs.replace(saved, steps=fitted(saved.steps, self.catalogue, saved.revision))
