"""The browser of the end-to-end tests: $CHROMIUM, or the system's; root on Debian gets it by apt. The one without
windows opens a page in a third of the CPU time."""

import os
import shutil
from pathlib import Path

from deploy.local.steps import StepFailedError, run_tool

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NOT_FOUND = (
    "the end-to-end tests need Chromium: set CHROMIUM to its path, or install it (Debian: apt-get install chromium)"
)

INSTALL = "apt-get install -y -q --no-install-recommends"
FLAGS = (
    "--no-sandbox",  # root cannot have one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""For a run without windows, as any user, that asks nothing of the outside."""


def find() -> str | None:
    """The path of a Chromium on this machine."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise StepFailedError(f"CHROMIUM is {named}, and there is no such file")
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Makes sure that there is one. Raises StepFailedError saying how to get it."""
    if find():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepFailedError(NOT_FOUND)
    run_tool("package index (apt)", ["apt-get", "update", "-q"])
    run_tool("chromium (apt)", ["sh", "-c", f"{INSTALL} chromium-headless-shell || {INSTALL} chromium"])
