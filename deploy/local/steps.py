"""One line for each long step, with its seconds. The tools stay quiet; what a failed one said is shown.

Standard library only: the system's Python runs this before any package is installed.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SHOWN_LINES = 150


class StepFailedError(Exception):
    """A step failed; the message is for the user."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Shows `title` while the body runs; the seconds count up in a terminal, and stand at the end elsewhere."""
    started, done = time.monotonic(), threading.Event()
    ticker = threading.Thread(target=_tick, args=(title, started, done), daemon=True)
    ticker.start()
    word = "failed"
    try:
        yield
        word = "done"
    finally:
        done.set()
        ticker.join()
        _show(f"  {title:<34} {word} in {time.monotonic() - started:.1f} s", last=True)


def run_tool(title: str, argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
    """One tool as a step. Raises StepFailedError with what it said."""
    with step(title):
        result = subprocess.run(argv, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if result.returncode != 0:
            end = "\n".join(result.stdout.strip().splitlines()[-SHOWN_LINES:])
            raise StepFailedError(f"{title} failed:\n{end}")


def _tick(title: str, started: float, done: threading.Event) -> None:
    if not sys.stdout.isatty():
        return
    _show(f"  {title} ...")
    while not done.wait(1.0):
        _show(f"  {title} ... {time.monotonic() - started:.0f} s")


def _show(line: str, last: bool = False) -> None:
    start = "\r\033[K" if sys.stdout.isatty() else ""
    print(start + line + ("\n" if last else ""), end="", flush=True)
