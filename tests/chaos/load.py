"""All that Belfry has to do at once: checks, latencies, metrics with rules, who listens, and who reads."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from msgspec import Struct, field

from deploy.nats.permissions import ADMIN, OBSERVER
from shared.bus import Bus
from shared.settings import Settings
from tests.chaos.flips import SERVICES, Flips
from tests.chaos.reader import AT, Reader
from tests.chaos.returning import Returning
from tests.chaos.sending import Sender
from tests.chaos.targets import Fleet, declaration
from tests.chaos.weather import METRICS, Weather
from tests.chaos.whole import HEADERS, RECOVERY_SECONDS, Whole
from tests.fixtures.providers.web import Providers
from tests.fixtures.waiting import until

PACE_SECONDS = 0.05
HOOK, RULES = "/hook/ops", f"{AT}/alerts/rules"
THRESHOLD = "failure_threshold: 1"
RULE = """
  - id: rule-{n}
    name: Rule {n}
    metric: chaos.m{n}
    operator: ">"
    threshold: 10
    channels: [ops]
"""


def declared(fleet: Fleet, hooks: Providers) -> str:
    """The belfry.yaml: services that are checked each second, and rules whose alerts go to a webhook."""
    channels = f"channels:\n  - {{id: ops, kind: webhook, name: Operations, url: '{hooks.url}{HOOK}'}}\n"
    rules = "rules:" + "".join(RULE.format(n=n) for n in range(METRICS))
    services = declaration(fleet, SERVICES, 1, failure_threshold=1)
    return services.replace(THRESHOLD, f"{THRESHOLD}\n    success_threshold: 1") + channels + rules


class Load(Struct):
    """What was done to Belfry so far, each of it told by Belfry itself to be safe: `acknowledged` durations, `rises` of
    metrics by rule, turns of `flips`. `bus` speaks as an outsider, `witness` sees everything."""

    fleet: Fleet
    hooks: Providers
    client: Returning
    flips: Flips
    reader: Reader
    bus: Bus
    witness: Bus
    sender: Sender | None = None
    acknowledged: int = 0
    rises: Counter[str] = field(default_factory=Counter)
    rounds: int = 0

    @asynccontextmanager
    async def flowing(self) -> AsyncIterator[None]:
        """Everything at once. It ends with services and metrics that are well."""
        self.rounds += 1
        sender = self.sender = Sender(self.bus, PACE_SECONDS)
        weather, enough = Weather(self.bus, self.rounds), asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                metrics = tasks.create_task(weather.run(), name="metrics")
                tasks.create_task(self.flips.run(enough), name="flips")
                tasks.create_task(self.reader.run(enough), name="reader")
                await self.flips.until_turned()
                yield
                await self.flips.until_turned()
                enough.set()
                await weather.finish(metrics)
        finally:
            await sender.finish()
            self.acknowledged += sender.acknowledged
            self.rises = self.rises + weather.rises

    async def until_it_flows(self) -> None:
        """Until one more batch of durations is acknowledged, one more event heard, and every page read."""
        before, heard = await self._taken(), len(self.client.told)
        await until(self._taken, lambda taken: taken > before, RECOVERY_SECONDS)
        await self.client.until(lambda client: len(client.told) > heard, RECOVERY_SECONDS)
        await until(self.reader.read_all, {200}.__eq__, RECOVERY_SECONDS)

    async def _taken(self) -> int:
        assert self.sender is not None
        return self.sender.acknowledged


@asynccontextmanager
async def load_on(whole: Whole, fleet: Fleet, hooks: Providers) -> AsyncIterator[Load]:
    bus, witness = [
        await Bus.connect(Settings(service=user, nats_url=whole.nats_url, nats_seed_file=str(whole.seed(user))))
        for user in (OBSERVER, ADMIN)
    ]
    async with aiohttp.ClientSession(whole.gateway_url, headers=HEADERS) as session:
        client = Returning(session, [whole.gateway_url], HEADERS)
        await asyncio.wait_for(client.subscribed.wait(), 60)
        await until(lambda: _rules(session), lambda found: found >= METRICS, 60)
        try:
            yield Load(fleet, hooks, client, Flips(fleet, client), Reader(session), bus, witness)
        finally:
            await client.stop()
            await bus.close()
            await witness.close()


async def _rules(session: aiohttp.ClientSession) -> int:
    """How many of ours are watched."""
    async with session.get(RULES) as answer:
        found = await answer.json(content_type=None)
    return sum(rule["id"].startswith("rule-") for rule in found.get("rules", ()))
