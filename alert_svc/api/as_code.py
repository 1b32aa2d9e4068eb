"""Alerts as code: planning and applying an import, and everything as YAML."""

from alert_svc import declared
from alert_svc.api import importing
from alert_svc.api.rules import names_of
from alert_svc.declared import SPECS, Item
from alert_svc.exporting import to_yaml
from alert_svc.room import Room
from shared.contracts.alerts.requests import AlertsAsCode, ImportAlerts, ImportPlan
from shared.contracts.wire import FieldError, Nothing
from shared.declared import InvalidFile
from shared.problems import invalid
from shared.rpc import Caller

TEXT = "line"
"""How mistakes call the text: they begin with `line:12:`."""


async def import_alerts(room: Room, request: ImportAlerts, caller: Caller) -> ImportPlan:
    items = _parse(request.yaml)
    async with room.pool.acquire(timeout=5) as conn, conn.transaction():
        names = await names_of(room, conn)
        found = await importing.prepare(room, conn, items, names, "yaml", prune=request.prune)
        if found.mistakes:
            raise invalid(_shown(declared.said(TEXT, found.mistakes)))
        if request.apply:
            await importing.apply(room, conn, found.planned, "yaml", caller.actor)
    if request.apply:
        await room.after_import()
    return ImportPlan(changes=[each.change for each in found.planned], applied=request.apply)


async def export_alerts(room: Room, _: Nothing, caller: Caller) -> AlertsAsCode:
    async with room.pool.acquire(timeout=5) as conn:
        return AlertsAsCode(yaml=to_yaml(await importing.holding(room, conn)))


def _parse(text: str) -> list[Item]:
    try:
        return declared.parse(text, TEXT, sections=tuple(SPECS))
    except InvalidFile as error:
        raise invalid(_shown(error.errors)) from None


def _shown(errors: list[str]) -> list[FieldError]:
    return [FieldError("yaml", error.replace(f"{TEXT}:", f"{TEXT} ", 1)) for error in errors]
