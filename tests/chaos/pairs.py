"""Two of each service on a cluster: the first ones are to be killed."""

import asyncio
from collections.abc import Mapping
from functools import partial

from msgspec import Struct

from tests.chaos.conftest import answer_of
from tests.fixtures.nats_cluster import Cluster
from tests.fixtures.processes import ServiceProcess, StartProcess
from tests.fixtures.scraped import scraped
from tests.fixtures.waiting import until

MODULES = ("health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc", "gateway")


class Pairs(Struct, frozen=True):
    """By the names of the services."""

    first: dict[str, ServiceProcess]
    second: dict[str, ServiceProcess]

    def of(self, module: str) -> tuple[ServiceProcess, ServiceProcess]:
        return self.first[module], self.second[module]

    def kill_first(self) -> None:
        for process in self.first.values():
            process.kill()

    async def have_worked(self, module: str, figure: str) -> None:
        """Returns when both count more than nothing."""
        for process in self.of(module):
            await until(partial(scraped, process.url, figure), lambda found: found > 0, 120)

    async def second_are_ready(self) -> None:
        for process in self.second.values():
            await until(partial(answer_of, f"{process.url}/readyz"), lambda answer: answer[0] == 200, 120)


async def start_two_of_each(start: StartProcess, cluster: Cluster, env: Mapping[str, str]) -> Pairs:
    """Each as its own user of the bus."""
    names = [module for module in MODULES for _ in range(2)]
    started = await asyncio.gather(
        *(asyncio.to_thread(start, module, {**env, **cluster.environment(module)}) for module in names)
    )
    return Pairs(dict(zip(MODULES, started[::2], strict=True)), dict(zip(MODULES, started[1::2], strict=True)))
