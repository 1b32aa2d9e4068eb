"""One and two replicas of a service at the same work: what they do in a second, and what a unit of it costs whom."""

import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from shared.bus import Bus
from shared.jetstream import api
from tests.bench.figures import Figure
from tests.bench.stage import Servers, cpu_seconds, service
from tests.fixtures.processes import ServiceProcess
from tests.fixtures.scraped import scraped
from tests.fixtures.waiting import until


class Site(Struct, frozen=True):
    """What the replicas stand on; `bus` is ours."""

    stores: Servers
    folder: Path
    bus: Bus

    @property
    def env(self) -> dict[str, str]:
        return {"NATS_URL": self.stores.nats.url, "DATABASE_URL": self.stores.postgres.url}


Replicas = Sequence[ServiceProcess]
Load = Callable[[Site, Replicas], Awaitable[int]]
"""Gives the replicas work, waits until all of it is done, and returns how many units it was."""
Warm = Callable[[Site, Replicas], Awaitable[None]]


class Spent(Struct, frozen=True):
    """Seconds: of the clock, and of CPU."""

    units: int
    seconds: float
    service: float
    nats: float
    postgres: float

    @property
    def costs(self) -> str:
        each = {"service": self.service, "NATS": self.nats, "PostgreSQL": self.postgres}
        parts = ", ".join(f"{name} {short(spent / self.units * 1e6)}" for name, spent in each.items())
        return f"{parts} us of CPU each"


async def one_and_two(
    site: Site, module: str, unit: str, load: Load, warm: Warm, *, shared: bool, env: Mapping[str, str] | None = None
) -> dict[str, Figure]:
    """First one replica on a core of its own, then two, each on one, with all else beside them. `shared`: what one of
    them does, the other need not."""
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as held:
        replicas: list[ServiceProcess] = []
        found: list[Spent] = []
        for number in range(2):
            folder = site.folder / f"{module}-{number}"
            core = cores[-1 - number] if len(cores) > 1 else None
            replicas.append(held.enter_context(service(module, folder, {**site.env, **(env or {})}, core)))
            await warm(site, replicas)
            found.append(await spent_on(site, replicas, load))
            tell(f"{unit}, {number + 1}: {found[-1].units / found[-1].seconds:,.0f}/s; {found[-1].costs}")
    one, two = found
    return compared(unit, one, two, shared)


async def spent_on(site: Site, replicas: Replicas, load: Load) -> Spent:
    def spent() -> list[float]:
        servers = [run.process.pid for run in (site.stores.nats, site.stores.postgres)]
        return [sum(cpu_seconds(each.pid) for each in replicas), *(cpu_seconds(pid) for pid in servers)]

    before, started = spent(), time.monotonic()
    units = await load(site, replicas)
    seconds = time.monotonic() - started
    return Spent(units, seconds, *(after - past for after, past in zip(spent(), before, strict=True)))


def compared(unit: str, one: Spent, two: Spent, shared: bool) -> dict[str, Figure]:
    per_core = {f"{unit}_per_core": Figure(value=one.units / one.service, unit="/CPU s", note=one.costs)}
    if not shared:
        single, both = one.service / one.units * 1e6, two.service / two.units * 1e6
        cost = Figure(value=both, unit="us", peer="one", peer_value=single, ratio=both / single, note=two.costs)
        return {**per_core, f"{unit}_cost_of_two": cost}
    rate, both = one.units / one.seconds, two.units / two.seconds
    return {
        unit: Figure(value=rate, unit="/s"),
        **per_core,
        f"{unit}_by_two": Figure(
            value=both, unit="/s", peer="one", peer_value=rate, ratio=both / rate, note=two.costs
        ),
    }  # fmt: skip


async def until_idle(bus: Bus, stream: str, consumer: str) -> None:
    """Returns when everything that a stream has for a consumer is acknowledged."""
    await until(lambda: _left(bus, stream, consumer), lambda left: sum(left) == 0)


async def until_taken(bus: Bus, stream: str, consumer: str, few: int) -> None:
    """Returns when only a few messages are not handed out."""
    await until(lambda: _left(bus, stream, consumer), lambda left: left[0] <= few)


async def _left(bus: Bus, stream: str, consumer: str) -> tuple[int, int]:
    """Messages not handed out, and those not acknowledged."""
    info = await api(bus, f"CONSUMER.INFO.{stream}.{consumer}", {})
    return info["num_pending"], info["num_ack_pending"]


async def until_counted(replicas: Replicas, name: str, before: Sequence[float], more: int) -> None:
    """Returns when each replica has counted so many more."""

    def all_have(found: Sequence[float]) -> bool:
        return all(now - past >= more for now, past in zip(found, before, strict=False))

    await until(lambda: counts(replicas, name), all_have)


async def counts(replicas: Replicas, name: str) -> list[float]:
    return [await scraped(each.url, name) for each in replicas]


def short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def tell(what: str) -> None:
    sys.stderr.write(f"  scale: {what}\n")
