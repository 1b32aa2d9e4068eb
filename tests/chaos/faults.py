"""Everything that is done to a running Belfry. A new fault is a line in FAULTS."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import Struct

from tests.chaos.whole import NATS, POSTGRES, PROCESSES, SERVERS, Whole

LASTS_SECONDS = 5.0

Make = Callable[[Whole], Awaitable[None]]


class Fault(Struct, frozen=True, kw_only=True):
    """`make` returns when the fault is over. `often`: part of `make test`. `cuts_off`: readers lose their connection.
    `why_not`: what this machine lacks for it, if anything."""

    id: str
    part: str
    what: str
    promise: str
    make: Make
    often: bool = False
    cuts_off: bool = False
    why_not: Callable[[], str] = str


async def kill(whole: Whole, *names: str) -> None:
    for name in names:
        whole.signal(name, signal.SIGKILL)


async def suspend(whole: Whole, *names: str) -> None:
    for name in names:
        whole.signal(name, signal.SIGSTOP)
    await asyncio.sleep(LASTS_SECONDS)
    for name in names:
        whole.signal(name, signal.SIGCONT)


FAULTS: tuple[Fault, ...] = (
    Fault(id="all-killed", part="everything", what="SIGKILL", promise="", make=lambda w: kill(w, *PROCESSES, *SERVERS), often=True, cuts_off=True),
    Fault(id="nats-killed", part="nats", what="SIGKILL", promise="", make=lambda w: kill(w, NATS), often=True),
    Fault(id="postgres-killed", part="nats", what="SIGKILL", promise="", make=lambda w: kill(w, POSTGRES), often=True),
    Fault(id="nats-suspended", part="nats", what="SIGSTOP", promise="", make=lambda w: suspend(w, NATS), often=True),
    Fault(id="postgres-suspended", part="nats", what="SIGSTOP", promise="", make=lambda w: suspend(w, POSTGRES), often=True),
)
