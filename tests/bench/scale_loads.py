"""The work of each service, as much as its replicas take, and what makes them warm for it."""

import asyncio
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from shared.contracts.pipeline.events import PipelineMeasured
from shared.contracts.wire import Event
from shared.contracts.ws.events import WsMeasured
from shared.jetstream import OutboxMessage
from shared.timers import TIMERS_STREAM
from tests.bench import alerts
from tests.bench.fleet import SERVICES
from tests.bench.latency_load import BATCH, batches, send_all
from tests.bench.scale_stage import Replicas, Site, counts, until_counted, until_idle, until_taken
from tests.fixtures.waiting import until

ROUNDS_OF_CHECKS, FEW = 12, 100
FIRST = 50  # some of those that are looked at without a timer
MESSAGES, ENDPOINTS = 500, 1_000
NODES, TIMES, STEPS = 100, 60, 18
ROUNDS_OF_RULES = 4
GOLDEN = Path("tests/contracts/golden/events")

RUNS = "belfry_health_runs_total{"
E = TypeVar("E", bound=Event)

FOLLOWED = 'belfry_follow_messages_total{stream="BELFRY_MEASURES"'
HEARD = "belfry_alert_samples_total"
EVALUATED = 'belfry_loop_rounds_total{loop="evaluate",outcome="ok"'


# --- shared: any replica takes any of it --------------------------------------------------------------------------


async def checks(site: Site, replicas: Replicas) -> int:
    """Due again when few are left, a fresh HTTP connection each, until all are recorded. Counted by the replicas: who
    is checked already is left out."""
    before = sum(await counts(replicas, RUNS))
    for number in range(ROUNDS_OF_CHECKS):
        await due(site, number % 2)
        await until_taken(site.bus, TIMERS_STREAM, "health_due", FEW)
    await until_idle(site.bus, TIMERS_STREAM, "health_due")
    return round(sum(await counts(replicas, RUNS)) - before)


async def due(site: Site, half: int) -> None:
    ids = [(secrets.token_hex(8), f"belfry.due.health.s-{n}") for n in range(half, SERVICES, 2)]
    await site.bus.publish_acked([OutboxMessage(id=id, subject=subject) for id, subject in ids])


async def all_checked(site: Site, replicas: Replicas) -> None:
    """Once the services are known: the first are looked at without a timer."""
    if len(replicas) == 1:
        await until(lambda: counts(replicas, RUNS), lambda found: found[0] > FIRST)
    for half in range(2):
        await due(site, half)
    await until_idle(site.bus, TIMERS_STREAM, "health_due")


async def durations(site: Site, replicas: Replicas) -> int:
    """Messages of ten thousand, until they are stored."""
    taken = await send_all(site.bus, messages())
    await until_idle(site.bus, "BELFRY_SAMPLES", "latency_samples")
    return taken * BATCH


async def some_durations(site: Site, replicas: Replicas) -> None:
    """Their endpoints are known then, and the messages made."""
    await send_all(site.bus, messages()[:20])
    await until_idle(site.bus, "BELFRY_SAMPLES", "latency_samples")


@cache
def messages() -> list[tuple[str, bytes]]:
    return list(batches(["shop"], ENDPOINTS, MESSAGES))


# --- not shared: every replica hears all of it --------------------------------------------------------------------


async def reports(site: Site, replicas: Replicas) -> int:
    """What so many nodes say in so many seconds."""
    event = golden("ws.measured.v1.json", WsMeasured)
    return await followed(site, replicas, [replace(event, node=f"node-{n}") for n in range(NODES)])


async def measurements(site: Site, replicas: Replicas) -> int:
    """What the chains of so many gateways cost, said so often."""
    event = golden("pipeline.measured.v1.json", PipelineMeasured)
    steps = [replace(event.steps[0], id=f"step_{n}") for n in range(STEPS)]
    return await followed(site, replicas, [replace(event, node=f"gw-{n}", steps=steps) for n in range(NODES)])


async def followed(site: Site, replicas: Replicas, events: Sequence[Event]) -> int:
    before = await counts(replicas, FOLLOWED)
    for _ in range(TIMES):
        for event in events:
            site.bus.publish(event)
        await asyncio.sleep(0)
    await until_counted(replicas, FOLLOWED, before, TIMES * NODES)
    return TIMES * NODES


async def caught_up(site: Site, replicas: Replicas) -> None:
    """The second one begins with what the first one heard."""
    await until_counted(replicas[1:], FOLLOWED, [0], TIMES * NODES)


async def rounds(site: Site, replicas: Replicas) -> int:
    """A value of every series, compared with every rule, each time."""
    for number in range(ROUNDS_OF_RULES):
        await one_round(site, replicas, number + 1)
    return ROUNDS_OF_RULES


async def one_round(site: Site, replicas: Replicas, number: int = 0) -> None:
    """Until every value is heard, and evaluated: what was heard belongs to the next round that begins."""
    before = await counts(replicas, HEARD)
    await alerts.say_all(site.bus, number)
    await until_counted(replicas, HEARD, before, alerts.SERIES)
    await until_counted(replicas, EVALUATED, await counts(replicas, EVALUATED), 2)


def golden(name: str, type_: type[E]) -> E:
    return msgspec.convert(msgspec.json.decode((GOLDEN / name).read_bytes())["payload"], type_)
