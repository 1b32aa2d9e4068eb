"""Alerts as code: planning and applying an import, and everything as YAML."""

from alert_svc import declared, importing
from alert_svc.api.rules import names_of
from alert_svc.declared import SPECS, Item
from alert_svc.exporting import to_yaml
from alert_svc.room import Room
from shared.contracts.alerts.requests import AlertsAsCode, ImportAlerts, ImportPlan
from shared.contracts.wire import FieldError, Nothing
from shared.db import Connection
from shared.declared import InvalidFile
from shared.problems import invalid
from shared.rpc import Caller

TEXT = "line"
"""How mistakes call the text: they begin with `line:12:`."""


async def import_alerts(room: Room, request: ImportAlerts, caller: Caller) -> ImportPlan:
    items = _parse(request.yaml)
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        found, foreign = await importing.planned(conn, items, "yaml", prune=request.prune)
        await _refuse(room, conn, items, foreign)
        if request.apply:
            await importing.apply(conn, found, "yaml", caller.actor)
    if request.apply:
        await room.after_import()
    return ImportPlan(changes=[each.change for each in found], applied=request.apply)


async def export_alerts(room: Room, _: Nothing, caller: Caller) -> AlertsAsCode:
    async with room.pool.acquire(timeout=5) as conn:
        return AlertsAsCode(yaml=to_yaml(await importing.holding(conn)))


def _parse(text: str) -> list[Item]:
    try:
        return declared.parse(text, TEXT, sections=tuple(SPECS))
    except InvalidFile as error:
        raise invalid(_shown(error.errors)) from None


async def _refuse(room: Room, conn: Connection, items: list[Item], foreign: declared.Mistakes) -> None:
    mistakes = [*foreign, *declared.mistakes(items, await names_of(room, conn))]
    if mistakes:
        raise invalid(_shown(declared.said(TEXT, mistakes)))


def _shown(errors: list[str]) -> list[FieldError]:
    return [FieldError("yaml", error.replace(f"{TEXT}:", f"{TEXT} ", 1)) for error in errors]
