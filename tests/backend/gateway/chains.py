"""A chain of a test's own in a gateway that runs, and a service that answers as the test says."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from operator import eq
from typing import Any

from aiohttp.test_utils import TestClient
from msgspec import structs

from gateway.chain.compiled import Compiled, build_step, compile_chain, plain
from gateway.chain.holder import HOLDER, Holder
from gateway.interceptors.step import Rest
from shared.bus import Bus
from shared.contracts.catalogue import default_chain
from shared.contracts.health.procedures import CHECK_NOW, LIST_MAINTENANCE
from shared.contracts.pipeline.chain import Chain, ChainStep
from shared.contracts.wire import Rpc
from shared.rpc import Caller, Encoded, serve
from shared.settings import Settings
from tests.fixtures.waiting import until

Client = TestClient[Any, Any]
ORDER = [step.id for step in default_chain().steps]
READ = "/api/v1/admin/health/maintenance"
"""What `Upstream` answers as health_svc."""
WRITE = "/api/v1/admin/health/services/ledger-db/check"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


def holder_of(client: Client) -> Holder:
    assert client.app is not None
    holder: Holder = client.app[HOLDER]
    return holder


def chain_with(given: Mapping[str, Any], order: Sequence[str] = ORDER, off: Sequence[str] = ()) -> Chain:
    """All steps but those that are off, with these settings."""
    steps = [ChainStep(id=id, enabled=id not in off, settings=given.get(id, {})) for id in order]
    return Chain(revision=1, steps=steps)


def run(client: Client, order: Sequence[str] = ORDER, off: Sequence[str] = (), **given: dict[str, Any]) -> Compiled:
    """The gateway runs such a chain from now on."""
    holder = holder_of(client)
    holder.chain = compile_chain(chain_with(given, order, off), holder.tools, holder.meter)
    return holder.chain


def run_around(client: Client, handler: Rest, *ids: str, **given: dict[str, Any]) -> None:
    """Every request passes only these steps, on its way to `handler`."""
    holder = holder_of(client)
    chosen = [step for step in chain_with(given).steps if step.id in ids]
    steps = [built for step in chosen if (built := build_step(step, holder.tools))]
    holder.chain = structs.replace(holder.chain, run=plain(steps, handler))


def with_clock(client: Client, clock: Clock | None = None) -> Clock:
    """The clock of all chains to come."""
    clock, holder = clock or Clock(), holder_of(client)
    holder.tools = structs.replace(holder.tools, now=clock, clock=clock)
    return clock


class Upstream:
    """Answers as health_svc. `asked`: how often it was; while `may_answer` is not set, nobody hears from it."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: Exception | None = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def answer(self, request: Any, caller: Caller) -> Encoded:
        self.asked += 1
        error = self.error
        await self.may_answer.wait()
        if error is not None:
            raise error
        return Encoded(b'{"maintenance":[],"asked":%d}' % self.asked)


@asynccontextmanager
async def upstream(nats_url: str, rpcs: Sequence[Rpc] = (LIST_MAINTENANCE, CHECK_NOW)) -> AsyncIterator[Upstream]:
    settings, found = Settings(service="health_svc", nats_url=nats_url), Upstream()
    bus = await Bus.connect(settings)
    serving = await serve(bus, settings, [(rpc, found.answer) for rpc in rpcs], {})
    await bus.rtt(30)  # by then NATS knows of it
    yield found
    found.may_answer.set()
    await serving.stop()
    await bus.close()


async def read(client: Client, headers: dict[str, str]) -> int:
    """How often the service had been asked when it gave this answer."""
    answer = await client.get(READ, headers=headers)
    assert answer.status == 200, await answer.text()
    return int((await answer.json())["asked"])


async def until_asked(health: Upstream, count: int) -> None:
    async def asked() -> int:
        return health.asked

    await until(asked, partial(eq, count))
