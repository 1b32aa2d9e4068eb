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
LEFT_BYTES, TRIES = 16 * 1024, 50


class Disk(Struct, frozen=True):
    path: Path

    def fill(self) -> None:
        """From now on it has next to no room."""
        tries = (self._resize(used_bytes(self.path) + LEFT_BYTES) for _ in range(TRIES))
        assert any(tries)  # somebody may write between looking and closing

    def make_room(self) -> None:
        assert self._resize(SIZE_BYTES)

    def _resize(self, size_bytes: int) -> bool:
        """False when more than that is on it."""
        words = ("mount", "-o", f"remount,size={size_bytes}", str(self.path))
        return subprocess.run(words, capture_output=True).returncode == 0


def used_bytes(path: Path) -> int:
    found = os.statvfs(path)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


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
