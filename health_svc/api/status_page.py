"""The data of the public status page: only what is marked public, nothing that names a host."""

from datetime import UTC, datetime, timedelta

from health_svc import board, uptime
from health_svc.api.history import data_end
from health_svc.api.maintenance import shown
from health_svc.room import Room
from health_svc.store import intervals, maintenance, services
from health_svc.store.maintenance import Window
from health_svc.store.services import Monitored
from health_svc.uptime import Span
from shared.contracts.health.board import ServiceCard
from shared.contracts.health.status_page import PublicIncident, PublicMaintenance, PublicService, StatusPage
from shared.contracts.wire import Nothing
from shared.rpc import Caller

DAYS = 90
INCIDENTS = 50
PLANNED_DAYS = 14


async def get_status_page(room: Room, _: Nothing, caller: Caller) -> StatusPage:
    now = datetime.now(UTC)
    cards = (await room.snapshot.view()).cards
    first = datetime.combine(now.date() - timedelta(days=DAYS - 1), datetime.min.time(), UTC)
    async with room.pool.acquire(timeout=2) as conn:
        shared = {m.spec.id: m for m in await services.list_monitored(conn) if m.spec.public and m.spec.id in cards}
        ends = {service_id: data_end(m, now) for service_id, m in shared.items()}
        spans = await intervals.list_spans(conn, list(shared), first, ends)
        incidents = [i for s in shared for i in await intervals.list_incidents(conn, s, "all", INCIDENTS, None, now)]
        windows = await maintenance.list_windows(conn)
    in_order = [c.id for c in board.in_order(cards) if c.id in shared]
    return StatusPage(
        services=[_public(room, shared[i], cards[i], spans.get(i, []), first, now) for i in in_order],
        incidents=[
            PublicIncident(
                service_name=public_name(shared[i.service_id]), status=i.status, started_at=i.started_at,
                ended_at=i.ended_at,
            )
            for i in sorted(incidents, key=lambda i: i.started_at, reverse=True)
        ],
        maintenance=[planned for w in windows if (planned := _planned(w, now))],
        generated_at=now,
        last_recorded_at=max((c.last_check for c in cards.values() if c.last_check), default=None),
    )  # fmt: skip


def public_name(found: Monitored) -> str:
    return found.spec.public_name or found.spec.name or found.spec.id


def _public(
    room: Room, found: Monitored, card: ServiceCard, spans: list[Span], first: datetime, now: datetime
) -> PublicService:
    maintained = room.windows.between(found.spec, first, now)
    totals = uptime.summarise(spans, maintained, first, now)
    return PublicService(
        id=found.spec.id,
        name=public_name(found),
        group=found.spec.group,
        status="maintenance" if "maintenance" in card.overlays else card.effective,
        uptime_pct=uptime.uptime_pct(totals),
        days=uptime.days(spans, maintained, first.date(), now, DAYS),
    )


def _planned(window: Window, now: datetime) -> PublicMaintenance | None:
    planned = shown(window, now)
    if not window.spec.public or planned.occurrence_starts_at is None or planned.occurrence_ends_at is None:
        return None
    if planned.occurrence_starts_at > now + timedelta(days=PLANNED_DAYS):
        return None
    return PublicMaintenance(
        title=window.spec.title,
        note=window.spec.note,
        starts_at=planned.occurrence_starts_at,
        ends_at=planned.occurrence_ends_at,
        active=planned.active,
    )
