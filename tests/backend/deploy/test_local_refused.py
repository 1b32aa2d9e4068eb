"""What the local run refuses: one clear line, exit code 2, nothing started."""

import socket
from pathlib import Path

import pytest

from tests.backend.deploy.local_run import LocalRun

pytestmark = pytest.mark.integration  # each starts a process


def refusal(run: LocalRun) -> str:
    """The one thing it said."""
    assert run.process.wait(30) == 2, run.output
    assert not (run.data / "postgres").exists()
    return run.output


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = refusal(LocalRun(tmp_path / "data", port))
    assert said == f"belfry: cannot listen on 127.0.0.1:{port} (Address already in use). Choose another: PORT=8090\n"


def test_a_broken_configuration(tmp_path: Path) -> None:
    config = tmp_path / "belfry.yaml"
    config.write_text("services:\n  - id: shop\n    name: Shop\n    checks:\n      - kind: htp\n")
    said = refusal(LocalRun(tmp_path / "data", env={"BELFRY_CONFIG": str(config)}))
    assert said.startswith("belfry: belfry.yaml:5: services[0].checks[0].kind")
    assert said.count("\n") == 1


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    said = refusal(LocalRun(tmp_path / "data", env={"BELFRY_CONFIG": str(path)}))
    assert said == f"belfry: BELFRY_CONFIG is {path}, and there is no such file\n"


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("BELFRY_ADMIN_PASWORD", "secret", "Did you mean BELFRY_ADMIN_PASSWORD?"),
        ("PORT", "eighty", "PORT must be"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL"),
    ],
)
def test_a_wrong_variable(tmp_path: Path, variable: str, value: str, words: str) -> None:
    said = refusal(LocalRun(tmp_path / "data", env={variable: value}))
    assert words in said
    assert said.count("\n") == 1


def test_a_data_directory_that_cannot_be_made(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    said = refusal(LocalRun(file / "data"))
    assert said == f"belfry: BELFRY_DATA_DIR {file / 'data'} cannot be made: Not a directory\n"
