"""Several of each service on a cluster: the first ones are to be killed."""

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


class Replicas(Struct, frozen=True):
    """By the names of the services."""

    by_module: dict[str, list[ServiceProcess]]

    def of(self, module: str) -> list[ServiceProcess]:
        return self.by_module[module]

    def kill_first(self) -> None:
        for first, *_ in self.by_module.values():
            first.kill()

    async def have_worked(self, module: str, figure: str) -> None:
        """Returns when each counts more than nothing."""
        for process in self.of(module):
            await until(partial(scraped, process.url, figure), lambda found: found > 0, 120)

    async def others_are_ready(self) -> None:
        for _, *others in self.by_module.values():
            for process in others:
                await until(partial(answer_of, f"{process.url}/readyz"), lambda answer: answer[0] == 200, 120)


async def start_of_each(start: StartProcess, count: int, cluster: Cluster, env: Mapping[str, str]) -> Replicas:
    """Each as its own user of the bus."""
    names = [module for _ in range(count) for module in MODULES]
    started = await asyncio.gather(
        *(asyncio.to_thread(start, module, {**env, **cluster.environment(module)}) for module in names)
    )
    return Replicas({module: list(started[place :: len(MODULES)]) for place, module in enumerate(MODULES)})
