"""What the tests of probes share: the targets, and a short way to check one of them."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from health_svc.probes import ProbeContext, probe_context, run_checks
from shared.contracts.checks import CheckSpec
from shared.contracts.health import ComponentOutcome, ServiceSpec
from tests.fixtures.targets import Targets, serve_targets

CheckOne = Callable[..., Awaitable[ComponentOutcome]]


@pytest.fixture
async def targets() -> AsyncIterator[Targets]:
    async with serve_targets() as farm:
        yield farm


@pytest.fixture
async def context(targets: Targets) -> AsyncIterator[ProbeContext]:
    async with probe_context(None, {}, targets.at.ca_file) as opened:
        yield opened


@pytest.fixture
def check_one(context: ProbeContext) -> CheckOne:
    """`await check_one(HttpCheck(...))` runs one check as a service's run does."""

    async def run(check: CheckSpec, timeout_seconds: float = 5.0) -> ComponentOutcome:
        spec = ServiceSpec(id="target", interval_seconds=60, timeout_seconds=timeout_seconds, checks=[check])
        [outcome] = await run_checks(spec, context)
        return outcome

    return run
