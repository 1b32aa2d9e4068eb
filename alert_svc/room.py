"""What alert_svc's endpoints and loops share, put together once by app.py."""

import asyncio
from collections.abc import Callable

from msgspec import Struct, field

from alert_svc.courier import Courier
from alert_svc.delivering import Dispatcher
from alert_svc.engine import Engine
from alert_svc.evaluator import Evaluator
from alert_svc.keyring import Keyring
from alert_svc.listener import Listener
from alert_svc.watching import read_quiet
from shared.bus import Bus
from shared.db import Pool


class Room(Struct, frozen=True):
    """The collaborators of every endpoint. `stored`: the number of the last minute whose points are in the store;
    `tests_per_minute`: of each user, and to each channel."""

    pool: Pool
    bus: Bus
    engine: Engine
    listener: Listener
    evaluator: Evaluator
    wake_outbox: Callable[[], None]
    stored: list[int]
    courier: Courier
    keyring: Keyring
    dispatcher: Dispatcher
    retention_days: int
    tests_per_minute: int
    health_changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def after_import(self) -> None:
        """In force here at once; elsewhere as soon as the bus has said it."""
        self.evaluator.configured()
        self.wake_outbox()
        await read_quiet(self.pool, self.evaluator)
