"""Fixtures that every test may use."""

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = (
    "tests.fixtures.servers",
    "tests.fixtures.processes",
    "tests.fixtures.targets.fixture",
    "tests.fixtures.node_client",
    "tests.fixtures.house",
)

# Property tests measure nothing: a busy machine makes none of them fail.
settings.register_profile("belfry", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("belfry")

NEED_A_SERVER = {"belfry", "broker", "nats_url", "postgres_url", "start_process"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stands on a real server or process is marked, so that the fast tests can leave it out."""
    for item in items:
        if NEED_A_SERVER & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.integration)
