"""The local run, for real: all of Belfry, started by the supervisor."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.fleet import is_ready
from tests.backend.deploy.local_run import LocalRun, wait_gone

pytestmark = pytest.mark.integration

PROCESSES = {"health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc", "gateway"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local") / "a data directory with a rather long name, and with blanks in it"


@pytest.fixture(scope="module")
def belfry(data: Path) -> Iterator[LocalRun]:
    run = LocalRun(data)
    run.wait_ready()
    yield run
    run.close()


def pids(run: LocalRun) -> dict[str, int]:
    return {name: child.pid for name, child in run.children().items()}


def wait_ready(run: LocalRun) -> None:
    """Until the gateway is ready, with all that it depends on."""
    is_ready_now, deadline = is_ready("127.0.0.1", run.port), time.monotonic() + 30
    while not is_ready_now(0):
        assert time.monotonic() < deadline, run.output
        time.sleep(0.05)


def test_first_start_is_ready_and_gives_a_password(belfry: LocalRun) -> None:
    assert is_ready("127.0.0.1", belfry.port)(0)
    assert set(belfry.children()) == PROCESSES | {"nats-server", "postgres"}
    assert belfry.password


def test_secrets_are_for_their_owner_only(belfry: LocalRun) -> None:
    files = [path for path in (belfry.data / "secrets").rglob("*") if path.is_file()]
    assert files
    assert all(path.stat().st_mode & 0o077 == 0 for path in [belfry.data, *files])
    assert belfry.password is not None
    assert not any(belfry.password in path.read_text() for path in files)


def test_only_the_gateway_knows_the_admin_password(belfry: LocalRun) -> None:
    told = {name for name, child in belfry.children().items() if "BELFRY_ADMIN_PASSWORD" in child.environ()}
    assert told == {"gateway"}


def test_second_start_is_told_who_runs(belfry: LocalRun) -> None:
    second = LocalRun(belfry.data)
    assert second.process.wait(30) == 2
    assert second.output == f"belfry: Belfry already runs on {belfry.data} (process {belfry.process.pid})\n"


@pytest.mark.parametrize("name", ["latency_svc", "nats-server", "postgres"])
def test_a_killed_child_is_started_again_alone(belfry: LocalRun, name: str) -> None:
    before = pids(belfry)
    said = belfry.output.count("child.restarted")
    belfry.children()[name].kill()
    belfry.wait_for("child.restarted", times=said + 1)
    after = pids(belfry)
    assert {child for child in after if after[child] != before[child]} == {name}
    wait_ready(belfry)


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_works(belfry: LocalRun) -> None:
    everything = belfry.everything()
    belfry.process.kill()
    second = LocalRun(belfry.data, belfry.port)
    try:
        second.wait_ready()
        assert wait_gone(everything, 0) == []
        assert second.password is None, "users are there already"
        everything = second.everything()
        assert second.end(signal.SIGHUP) == 0
        assert wait_gone(everything, 0) == []
    finally:
        second.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_can_be_stopped_at_any_moment(tmp_path: Path, number: signal.Signals) -> None:
    run = LocalRun(tmp_path / "data")
    try:
        run.wait_for("streams and tables")
        everything = run.everything()
        assert run.end(number) == 0
        assert wait_gone(everything, 0) == []
        assert "Traceback" not in run.output
    finally:
        run.close()
