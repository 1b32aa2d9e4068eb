"""Two of each service on a cluster: the first ones are to be killed."""

import asyncio
from collections.abc import Mapping

from msgspec import Struct

from tests.chaos.conftest import answer_of
from tests.fixtures.nats_cluster import Cluster
from tests.fixtures.processes import ServiceProcess, StartProcess
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
            await until(lambda process=process: _figure(process, figure), lambda found: found > 0, 120)  # type: ignore[misc]

    async def second_are_ready(self) -> None:
        for process in self.second.values():
            await until(lambda process=process: answer_of(f"{process.url}/readyz"), lambda a: a[0] == 200, 120)  # type: ignore[misc]


async def start_two_of_each(start: StartProcess, cluster: Cluster, env: Mapping[str, str]) -> Pairs:
    """Each as its own user of the bus."""
    names = [module for module in MODULES for _ in range(2)]
    started = await asyncio.gather(
        *(asyncio.to_thread(start, module, {**env, **cluster.environment(module)}) for module in names)
    )
    return Pairs(dict(zip(MODULES, started[::2], strict=True)), dict(zip(MODULES, started[1::2], strict=True)))


async def _figure(process: ServiceProcess, name: str) -> float:
    text = (await answer_of(f"{process.url}/metrics"))[1]
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))
