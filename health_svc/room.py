"""What health_svc's endpoints and loops share, put together once by app.py."""

import asyncio
import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

from msgspec import Struct, field, json

from health_svc import board
from health_svc.board import Facts, View
from health_svc.checking import Checker
from health_svc.recorder import Recorder
from health_svc.store import intervals, services
from health_svc.uptime import Totals
from health_svc.windows import Windows
from shared.bus import Bus
from shared.config_state import get_config
from shared.contracts.config import ConfigState
from shared.contracts.health.board import Board
from shared.contracts.health.procedures import Heartbeat
from shared.db import Pool
from shared.rpc import Encoded

SNAPSHOT_SECONDS = 1.0
UPTIME_DAYS = 30


class Room(Struct, frozen=True):
    """The collaborators of every endpoint. `late_beats`: the last heartbeat of each service that the store has not
    taken yet."""

    pool: Pool
    bus: Bus
    windows: Windows
    recorder: Recorder
    checker: Checker
    snapshot: "Snapshot"
    wake_outbox: Callable[[], None]
    late_beats: dict[str, tuple[Heartbeat, datetime]] = field(default_factory=dict)


class Snapshot:
    """The board as of at most SNAPSHOT_SECONDS ago, read once for all who ask at the same time. Uptime totals change
    slowly: `read_totals` reads them aside, so that nobody waits for them."""

    def __init__(self, pool: Pool, windows: Windows) -> None:
        self._pool = pool
        self._windows = windows
        self._lock = asyncio.Lock()
        self._read_at = -SNAPSHOT_SECONDS
        self._view: View | None = None
        self._encoded: Encoded | None = None
        self._config: ConfigState | None = None
        self._totals: dict[str, Totals] = {}

    def invalidate(self) -> None:
        """The next reader reads anew: something was changed by hand, or a status has changed."""
        self._read_at = -SNAPSHOT_SECONDS

    async def read_totals(self) -> None:
        first = datetime.now(UTC).date() - timedelta(days=UPTIME_DAYS - 1)
        async with self._pool.acquire(timeout=5) as conn:
            self._totals = await intervals.sum_days(conn, first)

    async def view(self) -> View:
        async with self._lock:
            if self._view is None or monotonic() - self._read_at >= SNAPSHOT_SECONDS:
                self._view, self._read_at = None, monotonic()  # when reading fails, nothing old is shown as new
                self._view = await self._read()
                self._encoded = None
            return self._view

    async def encoded(self) -> Encoded:
        """The board as JSON, compressed once for all readers."""
        view = await self.view()
        if self._encoded is None:
            body = gzip.compress(json.encode(self._board(view)), 1, mtime=0)
            self._encoded = Encoded(body, "gzip")
        return self._encoded

    async def _read(self) -> View:
        now = datetime.now(UTC)
        async with self._pool.acquire(timeout=2) as conn:
            found = await services.list_monitored(conn)
            incidents = await intervals.open_incidents(conn)
            self._config = await get_config(conn)
        until = {m.spec.id: end for m in found if (end := self._windows.until(m.spec, now))}
        return board.build(
            Facts(now=now, services=found, maintenance_until=until, incidents=incidents, totals=self._totals)
        )

    def _board(self, view: View) -> Board:
        now = datetime.now(UTC)
        watched = [c for c in view.cards.values() if "paused" not in c.overlays]
        last = max((c.last_check for c in watched if c.last_check), default=None)
        limit = min((c.interval_seconds for c in watched), default=0.0) * 3 + 15
        return Board(
            services=board.in_order(view.cards),
            counts=board.counts(view.cards),
            generated_at=now,
            checking=last is None or (now - last).total_seconds() <= limit,
            last_recorded_at=last,
            config=self._config,
        )
