"""Maintenance windows."""

from datetime import UTC, datetime
from uuid import uuid4

from health_svc.maintenance import active_at, next_occurrence
from health_svc.room import Room
from health_svc.semantics import maintenance_errors
from health_svc.store import intervals, maintenance
from health_svc.store.maintenance import Window
from health_svc.windows import has_begun
from shared.contracts.health import procedures as contract
from shared.contracts.health.maintenance import Maintenance, MaintenanceList, MaintenanceSpec
from shared.contracts.wire import Nothing
from shared.problems import invalid, not_found
from shared.rpc import Caller


async def list_maintenance(room: Room, _: Nothing, caller: Caller) -> MaintenanceList:
    now = datetime.now(UTC)
    async with room.pool.acquire(timeout=2) as conn:
        return MaintenanceList(maintenance=[shown(w, now) for w in await maintenance.list_windows(conn)])


async def create_maintenance(room: Room, request: contract.CreateMaintenance, caller: Caller) -> Maintenance:
    _refuse_window_mistakes(request.spec)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        window = await maintenance.create_window(conn, uuid4().hex[:12], request.spec, caller.actor)
    await _after_window_change(room, window)
    return shown(window, datetime.now(UTC))


async def update_maintenance(room: Room, request: contract.UpdateMaintenance, caller: Caller) -> Maintenance:
    _refuse_window_mistakes(request.spec)
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        before = await maintenance.get_window(conn, request.maintenance_id)
        window = await maintenance.update_window(conn, request.maintenance_id, request.spec)
    if before is None or window is None:
        raise not_found(f"There is no maintenance {request.maintenance_id}")
    await _after_window_change(room, before, window)
    return shown(window, datetime.now(UTC))


async def delete_maintenance(room: Room, request: contract.MaintenanceRef, caller: Caller) -> Nothing:
    async with room.pool.acquire(timeout=2) as conn, conn.transaction():
        window = await maintenance.delete_window(conn, request.maintenance_id)
    if window is None:
        raise not_found(f"There is no maintenance {request.maintenance_id}")
    await _after_window_change(room, window)
    return Nothing()


def shown(window: Window, now: datetime) -> Maintenance:
    """A window with the occurrence that runs now, else the next."""
    running = active_at(window.spec, now)
    occurrence = running or next_occurrence(window.spec, now)
    return Maintenance(
        id=window.id,
        spec=window.spec,
        active=running is not None,
        occurrence_starts_at=occurrence[0] if occurrence else None,
        occurrence_ends_at=occurrence[1] if occurrence else None,
        created_by=window.created_by,
        created_at=window.created_at,
    )


async def _after_window_change(room: Room, *touched: Window) -> None:
    """Everyone sees the window at once; uptime that it covers, or covered before, is computed again."""
    now = datetime.now(UTC)
    begun = [window.spec.starts_at for window in touched if has_begun(window.spec, now)]
    async with room.pool.acquire(timeout=2) as conn:
        room.windows.replace(await maintenance.list_windows(conn))
        if begun:
            await intervals.forget_days(conn, min(begun).astimezone(UTC).date())
    room.snapshot.invalidate()


def _refuse_window_mistakes(spec: MaintenanceSpec) -> None:
    if errors := maintenance_errors(spec):
        raise invalid(errors)
