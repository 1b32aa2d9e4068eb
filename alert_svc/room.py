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
from shared.bus import Bus
from shared.db import Pool


class Room(Struct, frozen=True):
    """The collaborators of every endpoint. `stored`: the number of the last minute whose points are in the store."""

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
    health_changed: asyncio.Event = field(default_factory=asyncio.Event)
