"""All of Belfry under load, and everything that can happen to it: afterwards it has kept its promises.

`BELFRY_CHAOS=all` makes every fault; otherwise those are made that say most."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from operator import attrgetter
from time import monotonic

import pytest
import pytest_asyncio
from msgspec import Struct
from msgspec.structs import replace

from deploy.nats.streams import CONSUMERS
from tests.chaos import promises, results
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.load import Load, declared, load_on
from tests.chaos.promises import Count
from tests.chaos.reader import REFUSED, UNREACHED
from tests.chaos.results import Result
from tests.chaos.targets import running_fleet
from tests.chaos.whole import Whole, whole
from tests.fixtures.providers.web import running_providers
from tests.fixtures.servers import AGAIN_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

CHOSEN = [fault for fault in FAULTS if fault.often or os.environ.get("BELFRY_CHAOS") == "all"]


class System(Struct):
    """`count`: what had come through before the fault."""

    whole: Whole
    load: Load
    count: Count = Count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    """What was not acknowledged comes again soon here: elsewhere it is after 30 s."""
    with pytest.MonkeyPatch.context() as patch:
        hasty = [replace(consumer, ack_wait_seconds=AGAIN_SECONDS) for consumer in CONSUMERS]
        patch.setattr(sys.modules["deploy.nats.apply"], "CONSUMERS", hasty)
        async with running_fleet() as fleet, running_providers() as hooks:
            folder = tmp_path_factory.mktemp("whole")
            async with whole(folder, declared(fleet, hooks)) as started, load_on(started, fleet, hooks) as load:
                yield System(started, load)


@pytest.mark.parametrize("fault", CHOSEN, ids=attrgetter("id"))
async def test_belfry_keeps_its_promises(system: System, fault: Fault) -> None:
    """Everything is well again by itself; nothing was lost, doubled or out of order, and nobody waited in vain."""
    if reason := fault.why_not():
        pytest.skip(reason)
    load, seen = system.load, system.load.reader.seen.copy()
    async with load.flowing():
        await fault.make(system.whole)
        over = monotonic()
        await system.whole.until_ready()
        await load.until_it_flows()
        recovery_seconds = monotonic() - over
    before, system.count = system.count, await promises.keep(system.whole, load)
    answers = load.reader.seen - seen
    assert fault.cuts_off or not answers[UNREACHED]
    result = Result(
        recovery_seconds=round(recovery_seconds, 1),
        events=system.count.events - before.events,
        durations=system.count.durations - before.durations,
        alerts=system.count.alerts - before.alerts,
        answers=answers.total(),
        refused=answers[REFUSED],
        unreached=answers[UNREACHED],
    )
    await asyncio.to_thread(results.keep, fault.id, result)


async def test_every_alert_reached_its_people(system: System) -> None:
    assert await promises.every_alert_reached_its_people(system.whole, system.load) > 0
