"""A supervisor under test: `python -m deploy.local run`, or demo, in a directory of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from deploy.local.ports import free_port
from tests.fixtures.processes import ROOT, clean_environment

READY_SECONDS = 90.0
STOP_SECONDS = 30.0
READY = "Belfry is ready: "


class LocalRun:
    """Started at once; `wait_ready()` gives its URL."""

    def __init__(
        self, data: Path, port: int | None = None, env: Mapping[str, str] | None = None, command: str = "run"
    ) -> None:
        self.data = data
        self._said, name = tempfile.mkstemp(prefix="belfry-run-")
        os.unlink(name)
        self.port = port or free_port()
        ours = {"PORT": str(self.port), "BELFRY_OTLP_PORT": "0", "BELFRY_DATA_DIR": str(data)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", command],
            cwd=ROOT,
            env=clean_environment() | ours | dict(env or {}),
            stdout=self._said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self) -> str:
        return os.pread(self._said, os.fstat(self._said).st_size, 0).decode()

    @property
    def password(self) -> str | None:
        found = re.search(r"with the password (\S+)", self.output)
        return found[1] if found else None

    def wait_ready(self) -> str:
        self.wait_for(READY)
        return self.output.split(READY)[1].split()[0]

    def wait_for(self, text: str, seconds: float = READY_SECONDS, times: int = 1) -> None:
        """Until it has said this so many times."""
        deadline = time.monotonic() + seconds
        while self.output.count(text) < times:
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.output}"
            time.sleep(0.05)

    def children(self) -> dict[str, psutil.Process]:
        """The processes it runs, by name, without those that they run themselves."""
        return {_name(child): child for child in psutil.Process(self.process.pid).children()}

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.end()
            self.process.kill()


def wait_gone(processes: list[psutil.Process], seconds: float = STOP_SECONDS) -> list[psutil.Process]:
    """Those that still run at the end; a zombie that nobody collects does not."""
    deadline = time.monotonic() + seconds
    while (left := [process for process in processes if _runs(process)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    command = process.cmdline()
    return " ".join(command[2:]) if command[1:2] == ["-m"] else os.path.basename(command[0])
