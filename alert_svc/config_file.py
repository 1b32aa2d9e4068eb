"""The declarative file as a source of alerts: read at start and on change; a bad one never replaces a good one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import structlog

from alert_svc import declared
from alert_svc.api import importing
from alert_svc.declared import Item
from alert_svc.room import Room
from alert_svc.semantics import Names
from alert_svc.store import summaries
from shared.config_file import contents
from shared.config_state import save_config
from shared.contracts.config import ConfigState
from shared.declared import InvalidFile

log = structlog.get_logger()


async def follow(room: Room, path: Path, environ: Mapping[str, str]) -> None:
    """Apply the file, then again on every change."""
    was_there = False
    async for content in contents(path):
        if content is not None:
            await reload(room, path, environ)
        elif was_there:
            await _remember(room, path, [f"{path.name}: is gone; what it declared is kept"])
        was_there = content is not None


async def reload(room: Room, path: Path, environ: Mapping[str, str]) -> None:
    """What the file held before and holds no more is removed; what is wrong with it is kept for the page and logged."""
    try:
        items = declared.load(path, environ)
        changed = await _apply(room, path, items)
    except (InvalidFile, OSError) as error:
        errors = error.errors if isinstance(error, InvalidFile) else [f"{path.name}: {error.strerror}"]
        log.error("config.refused", path=path.name, errors=errors)
        await _remember(room, path, errors)
        return
    if changed:
        await room.after_import()
    log.info("config.applied", path=path.name, documents=len(items), changed=changed)


async def _apply(room: Room, path: Path, items: list[Item]) -> int:
    """Raises InvalidFile when something in it cannot be meant."""
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        channels, policies, timings = await summaries.list_names(conn)
        names = Names(channels=channels, policies=policies, mute_timings=timings)
        found = await importing.prepare(room, conn, items, names, "file", prune=True)
        if found.mistakes:
            raise InvalidFile(declared.said(path.name, found.mistakes))
        changed = await importing.apply(room, conn, found.planned, "file", path.name)
        await save_config(conn, ConfigState(path=path.name, loaded_at=datetime.now(UTC)))
        return changed


async def _remember(room: Room, path: Path, errors: list[str]) -> None:
    async with room.pool.acquire(timeout=5) as conn:
        await save_config(conn, ConfigState(path=path.name, loaded_at=None, errors=errors))
