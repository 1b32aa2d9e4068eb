"""Following the declarative file: its content at the start, and again on every change."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

from watchfiles import awatch

REREAD_MS = 30_000
KUBERNETES_LINK = "..data"  # what a mounted ConfigMap swaps when it changes


async def contents(path: Path) -> AsyncIterator[bytes | None]:
    """What the file holds now, then whatever it holds after every change, without end; None while there is no file.
    The folder is watched, so that a replaced or linked file is seen; a wake-up every REREAD_MS catches what the system
    did not report."""
    known: bytes | None = b""
    async for _ in _changes(path):
        content = content_of(path)
        if content != known:
            yield content
            known = content


def content_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


async def _changes(path: Path) -> AsyncIterator[None]:
    yield None
    logging.getLogger("watchfiles").setLevel(logging.WARNING)
    ours = (path.name, KUBERNETES_LINK)
    async for _ in awatch(
        path.parent,
        watch_filter=lambda _, changed: Path(changed).name in ours,
        recursive=False,
        rust_timeout=REREAD_MS,
        yield_on_timeout=True,
    ):
        yield None
