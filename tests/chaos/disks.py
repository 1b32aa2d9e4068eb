"""Disks that can be full: file systems in memory that shrink to what is on them, and grow again."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

SIZE_BYTES = 1024**3  # it takes no more memory than the files on it
LEFT_BYTES = 256 * 1024  # somebody may write between looking and closing


class Disk(Struct, frozen=True):
    path: Path

    def fill(self) -> None:
        """From now on it has next to no room."""
        found = os.statvfs(self.path)
        used_bytes = (found.f_blocks - found.f_bfree) * found.f_frsize
        _mount("-o", f"remount,size={used_bytes + LEFT_BYTES}", self.path)

    def make_room(self) -> None:
        _mount("-o", f"remount,size={SIZE_BYTES}", self.path)


@contextmanager
def small_disk(path: Path) -> Iterator[Disk]:
    """Mounted at `path`; an ordinary folder where nothing can be mounted."""
    path.mkdir()
    if why_none():
        yield Disk(path)
        return
    _mount("-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", path)
    try:
        yield Disk(path)
    finally:
        subprocess.run(("umount", "--lazy", str(path)), check=True)


@cache
def why_none() -> str:
    """Why no such disk can be made here; empty where it can."""
    with TemporaryDirectory() as folder:
        try:
            _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", Path(folder))
        except (OSError, subprocess.CalledProcessError):
            return "only root may mount file systems here"
        subprocess.run(("umount", folder), check=True)
    return ""


def _mount(*words: object) -> None:
    subprocess.run(("mount", *map(str, words)), check=True, capture_output=True)
