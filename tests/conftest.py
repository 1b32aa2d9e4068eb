"""Fixtures that every test may use."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

pytest_plugins = (
    "tests.fixtures.servers",
    "tests.fixtures.processes",
    "tests.fixtures.targets.fixture",
    "tests.fixtures.node_client",
    "tests.fixtures.house",
)

# Property tests measure nothing: a busy machine makes none of them fail. Where a change is judged they draw the same
# examples each time; on a machine of ours they look further with every run.
settings.register_profile(
    "belfry", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("belfry")

E2E, CHAOS = "tests/e2e/", "tests/chaos/"
LONG = (E2E, CHAOS, "tests/backend/gateway/test_schemathesis.py", "tests/backend/deploy/")
"""What takes minutes is begun first, so that all workers end at about the same time."""
UNSTEADY_TRIES = 1
"""What fails on real servers, beside others on two cores, is tried once more, and named at the end: whoever reads the
run sees what is unsteady. No promise of tests/chaos ever is: what fails there once in ten is lost once in ten."""
NEED_A_SERVER = {"belfry", "broker", "nats_url", "postgres_url", "start_process"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stands on a real server or process is marked, so that the fast tests can leave it out."""
    for item in items:
        if NEED_A_SERVER & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.integration)
            if not item.nodeid.startswith(CHAOS):
                item.add_marker(pytest.mark.flaky(reruns=UNSTEADY_TRIES))
    items.sort(key=lambda item: [not item.nodeid.startswith(place) for place in LONG])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """A file is run by one worker; so are all that share one running Belfry and its browser."""
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = lambda nodeid: E2E if nodeid.startswith(E2E) else nodeid.split("::")[0]
    return scheduler
