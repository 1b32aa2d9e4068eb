"""A program run as a child: how it starts, when it is ready, how it ends. It never outlives its parent."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from msgspec import Struct

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 15.0
TAIL_LINES = 12

_libc = ctypes.CDLL(None, use_errno=True)


class Program(Struct, frozen=True, kw_only=True):
    """One child. `prepare()` clears what a killed run left, before each start; `ready(pid)` is asked until yes;
    `stuck(pid)` is asked as long as it runs: who is stuck does nothing any more until it is started anew."""

    name: str
    argv: tuple[str, ...]
    ready: Callable[[int], bool]
    log_path: Path
    prepare: Callable[[], None] = lambda: None
    stuck: Callable[[int], bool] = lambda pid: False
    url: str = ""
    env: Mapping[str, str] = {}
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL  # what the kernel sends when the parent dies


class ProgramFailedError(Exception):
    """A program ended, or was not ready in time; the message carries the end of its log."""


class Running:
    """A started program. Tests may signal it, kill it and start it again in the same place."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process = spawn(program)

    @property
    def url(self) -> str:
        return self.program.url

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self, ready_seconds: float = 30.0) -> None:
        """Starts the program again, after it was killed or stopped."""
        self.stop()
        deadline = time.monotonic() + ready_seconds
        while True:  # what a killed program left (its workers, its memory) may take a moment to go
            self.process = spawn(self.program)
            try:
                return wait_ready(self.program, self.process, ready_seconds)
            except ProgramFailedError:
                if self.process.poll() is None or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def stop(self) -> None:
        """Asks it to end, also when it is suspended; kills what does not end in time."""
        if self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)
            self.process.send_signal(signal.SIGCONT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running(program: Program, ready_seconds: float = 30.0) -> Iterator[Running]:
    """The program, started and ready; stopped at the end. ProgramFailedError when it does not start."""
    run = Running(program)
    try:
        wait_ready(program, run.process, ready_seconds)
        yield run
    finally:
        run.stop()


def spawn(program: Program) -> "subprocess.Popen[bytes]":
    program.prepare()
    program.log_path.parent.mkdir(parents=True, exist_ok=True)
    with program.log_path.open("ab") as log:
        return subprocess.Popen(program.argv, stdout=log, stderr=log, **spawn_options(program))


def spawn_options(program: Program) -> dict[str, Any]:
    """Options for subprocess and asyncio alike. Its own session: Ctrl-C reaches only us, and we stop it in order."""
    return {
        "stdin": subprocess.DEVNULL,
        "env": dict(program.env),
        "start_new_session": True,
        "preexec_fn": _bind_to(os.getpid(), program.death_signal),
    }


def wait_ready(program: Program, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not program.ready(process.pid):
        if process.poll() is not None:
            raise failed(program, f"ended with code {process.returncode}")
        if time.monotonic() > deadline:
            raise failed(program, f"is not ready after {seconds:g} s")
        time.sleep(0.02)


def failed(program: Program, how: str) -> ProgramFailedError:
    return ProgramFailedError(f"{program.name} {how}; the end of {program.log_path}:\n{log_tail(program.log_path)}")


def log_tail(path: Path, lines: int = TAIL_LINES) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 16_384))
        return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])


def end_leftover(pid: int, name: str, directory: Path, stop_signal: int) -> None:
    """Ends the server of a killed run that still works in `directory`; one of another name or place is left alone."""
    try:
        process = psutil.Process(pid)
        if process.name() != name or str(directory) not in " ".join(process.cmdline()):
            return
        process.send_signal(stop_signal)
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return  # it ended by itself, or it is somebody else's


def die_with_parent(death_signal: int) -> None:
    """From now on the kernel sends this signal when the thread that started us ends, however it ends."""
    _libc.prctl(PR_SET_PDEATHSIG, death_signal)


def _bind_to(parent: int, death_signal: int) -> Callable[[], None]:
    def in_child() -> None:
        die_with_parent(death_signal)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return in_child
