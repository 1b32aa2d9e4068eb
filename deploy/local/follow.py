"""The children's logs: whole in their files, warnings and errors also on our own output."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import structlog

from shared.settings import LogLevel

POLL_SECONDS = 0.25
MAX_LOG_BYTES = 10 * 1024 * 1024
LEVELS = ("debug", "info", "warning", "error", "critical")

_render = structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())


class LogFile:
    """A file that a child appends to. Rotated by copying and emptying it, as the child keeps it open."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = path.stat().st_size if path.exists() else 0

    def new_lines(self) -> list[str]:
        """Whole lines since the last call."""
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._offset:  # emptied
            self._offset = 0
        if size == self._offset:
            return []
        with self.path.open("rb") as file:
            file.seek(self._offset)
            data = file.read()
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        return whole.decode(errors="replace").splitlines()

    def rotate(self) -> None:
        if not self.path.exists() or self.path.stat().st_size < MAX_LOG_BYTES:
            return
        self.path.with_name(f"{self.path.name}.1").write_bytes(self.path.read_bytes())
        with self.path.open("r+b") as file:
            file.truncate(0)


def shown_level(log_level: LogLevel) -> LogLevel:
    """From where on a line is worth a terminal: warnings, unless the user asks for all or for less."""
    return "warning" if log_level == "info" else log_level


async def follow(files: list[LogFile], level: LogLevel) -> None:
    """Shows what the children say from `level` up, and rotates their files. Runs until cancelled."""
    while True:
        for file in files:
            show(file.path.stem, file.new_lines(), level)
            file.rotate()
        await asyncio.sleep(POLL_SECONDS)


def show(child: str, lines: list[str], level: LogLevel) -> None:
    """The lines of our own processes by their level; what the embedded servers say, only to those who want it all."""
    for line in lines:
        event = _event(line)
        if event and LEVELS.index(event.get("level", "info")) >= LEVELS.index(level):
            say(_render(None, event["level"], event))
        elif event is None and (level == "debug" or child.endswith(("_svc", "gateway"))):
            say(f"{child}: {line}")


def say(text: object) -> None:
    """Prints. A terminal that was closed must not stop us from stopping."""
    try:
        print(text, flush=True)
    except OSError:
        silence()


def silence() -> None:
    """From now on nobody reads what we print."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
