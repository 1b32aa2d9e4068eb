"""What the tests of probes share: a short way to check one target, on the event loop that the services use."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvloop

from health_svc.probes import ProbeContext, probe_context, run_checks
from shared.contracts.checks import CheckSpec
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import ServiceSpec
from tests.fixtures.targets import Addresses

CheckOne = Callable[..., Awaitable[ComponentOutcome]]


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
async def context(targets: Addresses) -> AsyncIterator[ProbeContext]:
    async with probe_context(None, {}, targets.ca_file) as opened:
        yield opened


@pytest.fixture
def check_one(context: ProbeContext) -> CheckOne:
    """`await check_one(HttpCheck(...))` runs one check as a service's run does."""

    async def run(check: CheckSpec, timeout_seconds: float = 5.0) -> ComponentOutcome:
        spec = ServiceSpec(id="target", interval_seconds=60, timeout_seconds=timeout_seconds, checks=[check])
        [outcome] = await run_checks(spec, context)
        return outcome

    return run


async def until(holds: Callable[[], bool], tries: int = 6_000) -> None:
    """Returns when it holds; fails the test when it does not within a minute."""
    for _ in range(tries):
        if holds():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to hold in time")
