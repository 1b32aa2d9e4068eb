"""How health_svc starts with a declarative file: a broken one is refused in clear lines, none is fine."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fixtures.processes import StartProcess, clean_environment

pytestmark = pytest.mark.integration  # each starts a process

PROGRAMS = (("-m", "health_svc"), ("-m", "deploy.local", "run"))
MISTAKES = """\
services:
  - id: shop
    intervall: 5
    checks: [{kind: http, url: "ftp://shop"}]
  - id: ledger
    timeout_seconds: 60
    checks:
      - kind: tcp
        host: ledger.example
"""
LINES = [
    "belfry: belfry.yaml:3: services[0].intervall",
    "belfry: belfry.yaml:4: services[0].checks[0].url",
    "belfry: belfry.yaml:8: services[1].checks[0].port",
]
BROKEN = {
    "not YAML": (b"services:\n  - id: [\n", "belfry: belfry.yaml:3: "),
    "not text": (b"services: []\n# \xff\xfe\n", "belfry: belfry.yaml:2: "),
    "a control character": (b"services: []\n# \x00\n", "belfry: belfry.yaml:2: "),
    "not a date": (b"services:\n  - id: 2026-13-45\n", "belfry: belfry.yaml:1: "),
    "not a list": (b"services: 5\n", "belfry: belfry.yaml:1: services must be a list"),
    "an alias of itself": (b"services: &all\n  - *all\n", "belfry: belfry.yaml:1: services[0] must be"),
    "an id twice": (
        b"services:\n  - {id: a, checks: [{kind: heartbeat}]}\n  - {id: a, checks: [{kind: heartbeat}]}\n",
        "belfry: belfry.yaml:3: id a is declared twice, first in line 2",
    ),
}


def refusal(program: Sequence[str], tmp_path: Path, content: bytes) -> list[str]:
    """What the program says, line by line, when it ends with exit code 2."""
    config = tmp_path / "belfry.yaml"
    config.write_bytes(content)
    env = {"BELFRY_CONFIG": str(config), "BELFRY_DATA_DIR": str(tmp_path / "data"), "PORT": "0"}
    ended = subprocess.run(
        [sys.executable, *program], env=clean_environment() | env, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert ended.stdout == ""
    return ended.stderr.splitlines()


@pytest.mark.parametrize("program", PROGRAMS, ids=" ".join)
def test_every_mistake_is_one_line_with_file_line_and_field(program: Sequence[str], tmp_path: Path) -> None:
    said = refusal(program, tmp_path, MISTAKES.encode())
    assert [line[: len(start)] for line, start in zip(said, LINES, strict=True)] == LINES


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_read_is_one_line(what: str, tmp_path: Path) -> None:
    content, start = BROKEN[what]
    (line,) = refusal(PROGRAMS[0], tmp_path, content)
    assert line.startswith(start)


def test_no_file_is_fine(start_process: StartProcess, service_env: dict[str, str], tmp_path: Path) -> None:
    """The process runs, and watches what else it is told to."""
    process = start_process("health_svc", {**service_env, "BELFRY_CONFIG": str(tmp_path / "none.yaml")})
    assert process.end() == 0
    assert not any(line["level"] == "error" for line in process.logs())
