"""All of Belfry under load, and everything that can happen to it: afterwards it has kept its promises.

`BELFRY_CHAOS=all` makes every fault; otherwise those are made that say most."""

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
from tests.chaos import promises
from tests.chaos.faults import FAULTS, Fault
from tests.chaos.load import Load, declared, load_on
from tests.chaos.targets import running_fleet
from tests.chaos.whole import Whole, whole
from tests.fixtures.providers.web import running_providers
from tests.fixtures.waiting import until

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

AGAIN_SECONDS = 2.0
"""After so long a message that was not acknowledged comes again; 30 s outside of this test."""
CHOSEN = [fault for fault in FAULTS if fault.often or os.environ.get("BELFRY_CHAOS") == "all"]


class System(Struct, frozen=True):
    whole: Whole
    load: Load


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    with pytest.MonkeyPatch.context() as patch:
        hasty = [replace(consumer, ack_wait_seconds=AGAIN_SECONDS) for consumer in CONSUMERS]
        patch.setattr(sys.modules["deploy.nats.apply"], "CONSUMERS", hasty)
        async with running_fleet() as fleet, running_providers() as hooks:
            folder = tmp_path_factory.mktemp("whole")
            async with whole(folder, declared(fleet, hooks)) as started, load_on(started, fleet, hooks) as load:
                yield System(started, load)


@pytest.mark.parametrize("fault", CHOSEN, ids=attrgetter("id"))
async def test_belfry_keeps_its_promises(system: System, fault: Fault) -> None:
    if reason := fault.why_not():
        pytest.skip(reason)
    load = system.load
    async with load.flowing():
        await fault.make(system.whole)
        over = monotonic()
        await system.whole.until_ready()
        print("ready", monotonic() - over)
        await until(load.reader.read_all, lambda found: found == {200}, 120)
        print("reads", monotonic() - over)
    print("flowed", monotonic() - over, load.flips.turns, load.acknowledged, load.reader.seen)
    print(await promises.keep(system.whole, load), monotonic() - over)


async def test_every_alert_reached_its_people(system: System) -> None:
    await promises.every_alert_reached_its_people(system.whole, system.load)
