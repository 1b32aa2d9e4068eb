"""The declarative file as a source: read at start and on change; a bad one never replaces a good one."""

from datetime import UTC, datetime
from pathlib import Path

import structlog

from health_svc.declared import Declared, load
from health_svc.room import Room
from health_svc.store import services
from shared.config_file import contents
from shared.config_state import save_config
from shared.contracts.config import ConfigState
from shared.contracts.health.services import Source
from shared.db import Connection
from shared.declared import InvalidFile

log = structlog.get_logger()

LOCK_KEY = 7_301


async def follow(room: Room, path: Path) -> None:
    """Apply the file, then again on every change."""
    was_there = False
    async for content in contents(path):
        await reload(room, path, was_there=was_there)
        was_there = bool(content)


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
        await save_config(conn, ConfigState(path=path.name, loaded_at=datetime.now(UTC)))
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
        await save_config(conn, ConfigState(path=path.name, loaded_at=None, errors=errors))
    room.snapshot.invalidate()
