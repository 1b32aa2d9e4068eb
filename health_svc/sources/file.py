"""The declarative file as a source: read at start and on change; a bad one never replaces a good one."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import structlog
from watchfiles import awatch

from health_svc.declared import Declared, InvalidFile, load
from health_svc.room import Room
from health_svc.store import maintenance, services
from shared.contracts.health.board import ConfigState
from shared.contracts.health.services import Source
from shared.db import Connection

log = structlog.get_logger()

REREAD_MS = 30_000
KUBERNETES_LINK = "..data"  # what a mounted ConfigMap swaps when it changes
LOCK_KEY = 7_301


async def follow(room: Room, path: Path) -> None:
    """Apply the file, then again on every change. The folder is watched, so that a replaced or linked file is seen;
    a wake-up every REREAD_MS catches what the system did not report."""
    known: bytes | None = b""
    async for _ in _changes(path):
        content = content_of(path)
        if content != known:
            await reload(room, path, was_there=bool(known))
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


async def reload(room: Room, path: Path, *, was_there: bool) -> None:
    """Read and apply the file; what is wrong with it is kept for the board and the log."""
    try:
        declared = load(path)
    except FileNotFoundError:
        if was_there:
            await _remember(room, path, [f"{path.name}: is gone; the services it declared are kept"])
        return
    except (InvalidFile, OSError) as error:
        errors = error.errors if isinstance(error, InvalidFile) else [f"{path.name}: {error.strerror}"]
        log.error("config.refused", path=path.name, errors=errors)
        await _remember(room, path, errors)
        return
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK_KEY)
        changed = await _apply(conn, path, declared)
        await maintenance.save_config(conn, ConfigState(path=path.name, loaded_at=datetime.now(UTC)))
    room.wake_outbox()
    room.snapshot.invalidate()
    log.info("config.applied", path=path.name, services=len(declared), changed=changed)


async def _apply(conn: Connection, path: Path, declared: list[Declared]) -> int:
    """Declare what the file holds, remove what it held before; returns how many services changed."""
    wanted = {d.spec.id: d for d in declared}
    present = {m.spec.id for m in await services.list_monitored(conn) if m.source.kind == "file"}
    actor = path.name
    changed = 0
    for entry in declared:
        source = Source(kind="file", path=path.name, line=entry.line)
        changed += await services.declare(conn, entry.spec, source, actor) is not None
    for service_id in present - wanted.keys():
        changed += await services.remove(conn, service_id, actor)
    return changed


async def _remember(room: Room, path: Path, errors: list[str]) -> None:
    async with room.pool.acquire(timeout=5) as conn:
        await maintenance.save_config(conn, ConfigState(path=path.name, loaded_at=None, errors=errors))
    room.snapshot.invalidate()
