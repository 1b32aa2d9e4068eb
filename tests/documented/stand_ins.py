"""Programs that documents call and this machine may not have, in a folder that is all of PATH: small ones of the
system, and scripts that write down how they were called. curl, docker and nats also do, in Python, what they were asked
for. What is in none of these tables is not found, and its document fails."""

import shutil
import sys
from pathlib import Path

from tests.reference import ROOT

OF_THE_SYSTEM = ("basename", "bash", "cat", "id", "mkdir", "sh")
WRITTEN_DOWN = ("helm", "kubectl", "make")
DONE = ("curl", "docker", "nats")
CALLS = "calls.txt"
NOTE = """#!/bin/sh
line={name}
for word; do line="$line\t$word"; done
printf '%s\\036' "$line" >> {calls}
"""
DO = 'exec {python} -m tests.documented.{name} "$@"\n'


def lay_out(folder: Path) -> Path:
    """A place like this repository, as far as commands go into it, with the programs in `bin`."""
    programs = folder / "bin"
    programs.mkdir(parents=True)
    for name in OF_THE_SYSTEM:
        (programs / name).symlink_to(shutil.which(name) or name)
    (programs / "python3").symlink_to(sys.executable)
    for name in (*WRITTEN_DOWN, *DONE):
        script = programs / name
        text = NOTE.format(name=name, calls=folder / CALLS)
        script.write_text(text + (DO.format(python=sys.executable, name=f"as_{name}") if name in DONE else ""))
        script.chmod(0o755)
    (folder / ".venv").symlink_to(sys.prefix)
    shutil.copy(ROOT / "belfry.yaml.example", folder / "belfry.yaml")
    return programs


def calls(folder: Path) -> list[list[str]]:
    """The words of every call so far."""
    path = folder / CALLS
    lines = path.read_text().split("\036") if path.exists() else []
    return [line.split("\t") for line in lines if line]
