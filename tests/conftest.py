"""Fixtures that every test may use."""

pytest_plugins = ("tests.fixtures.servers", "tests.fixtures.processes")
