"""What ws_svc's endpoints and loops share, put together once by app.py."""

import asyncio
import time
from collections.abc import Callable

from msgspec import Struct, field

from shared.bus import Bus
from shared.contracts.ws.events import WsStats
from ws_svc.connection_pool import ConnectionPool
from ws_svc.registry import Registry

ALERT_PCT = 80.0


class Room(Struct, frozen=True):
    """The collaborators of every endpoint. `caught_up` once everything is heard that was said before this process
    started; `alert_pct`: from where on the pool counts as filling up; `now`: the epoch in seconds."""

    bus: Bus
    pool: ConnectionPool = field(default_factory=ConnectionPool)
    registry: Registry = field(default_factory=Registry)
    caught_up: asyncio.Event = field(default_factory=asyncio.Event)
    alert_pct: float = ALERT_PCT
    now: Callable[[], float] = time.time

    def stats(self) -> WsStats:
        return self.pool.stats(self.now(), self.alert_pct)
