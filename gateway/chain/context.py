"""The chain in the life of the application."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from msgspec import structs

from gateway.chain.compiled import compile_chain
from gateway.chain.holder import HOLDER, Holder, chain_middleware
from gateway.chain.keeper import Keeper
from gateway.chain.meter import Meter
from gateway.chain.observing import Observing
from gateway.chain.rehearsal import rehearse
from gateway.interceptors.answers_kept import AnswersKept
from gateway.interceptors.buckets import SharedBuckets
from gateway.interceptors.step import Tools
from gateway.operations import REHEARSE
from shared.bus import Bus
from shared.contracts.catalogue import default_chain
from shared.keys import BUS, SETTINGS

EVERYTHING = "belfry.v1.>"
RATE_LIMITS_BUCKET = "rate_limits"
ONLY_NUMBERS = frozenset({"checked", "measured", "sampled", "summarised"})
"""Events of which there are many, and that change nothing anyone waits for: what is kept outlives them."""


def add_chain(app: web.Application) -> None:
    """The built-in chain, until `chain_context` knows a better one."""
    tools, meter = Tools(app=app), Meter()
    chain = compile_chain(default_chain(), tools, meter)
    app[HOLDER] = Holder(chain, tools, meter, Observing(app[SETTINGS].service, chain))
    app[REHEARSE] = rehearse
    app.middlewares[:] = [chain_middleware(app)]


async def chain_context(app: web.Application) -> AsyncIterator[None]:
    """The saved chain at the start, what is applied later, and telling about it."""
    bus, holder = app[BUS], app[HOLDER]
    holder.tools = structs.replace(holder.tools, shared_buckets=SharedBuckets(bus.kv(RATE_LIMITS_BUCKET)))
    await hear_changes(bus, holder.tools.answers)
    keeper = Keeper(bus, app[SETTINGS], holder)
    await keeper.start()
    tasks = [asyncio.create_task(work, name="pipeline") for work in (keeper.finish_start(), keeper.tell())]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    holder.observing.flush()
    keeper.announce(stopped=True)


async def hear_changes(bus: Bus, answers: AnswersKept) -> None:
    """What is said on the bus ends what was kept about its subject; so does a new connection: something may have been
    missed."""

    def said(event: str) -> None:
        _, _, subject, happened, *_ = event.split(".")
        if happened not in ONLY_NUMBERS:
            answers.said(subject)

    async def reconnected() -> None:
        answers.clear()

    bus.on_connect(reconnected)
    await bus.overhear(EVERYTHING, said)
