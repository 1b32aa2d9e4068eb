"""The declarative file as a source of alerts: read at start and on change; a bad one never replaces a good one."""

from collections.abc import Mapping
from pathlib import Path

import structlog

from alert_svc import declared
from alert_svc.api import importing
from alert_svc.declared import Item
from alert_svc.room import Room
from alert_svc.semantics import Names
from alert_svc.store import summaries
from shared.config_file import contents
from shared.declared import InvalidFile

log = structlog.get_logger()


async def follow(room: Room, path: Path, environ: Mapping[str, str]) -> None:
    """Apply the file, then again on every change."""
    async for content in contents(path):
        if content is not None:
            await reload(room, path, environ)


async def reload(room: Room, path: Path, environ: Mapping[str, str]) -> None:
    """What the file held before and holds no more is removed; what is wrong with it is said in the log."""
    try:
        items = declared.load(path, environ)
        changed = await _apply(room, path, items)
    except InvalidFile as error:
        log.error("config.refused", path=path.name, errors=error.errors)
        return
    except OSError as error:
        log.error("config.refused", path=path.name, errors=[f"{path.name}: {error.strerror}"])
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
        return await importing.apply(room, conn, found.planned, "file", path.name)
