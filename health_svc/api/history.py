"""The past of a service: uptime by day, runs, incidents."""

from datetime import UTC, datetime, timedelta

from health_svc import uptime
from health_svc.api.services import monitored_or_404
from health_svc.health_check import known_until, stale_after_seconds
from health_svc.room import Room
from health_svc.store import intervals, runs
from health_svc.store.services import Monitored
from shared.contracts.health import procedures as contract
from shared.contracts.health.history import HealthIncidents, UptimeHistory
from shared.contracts.health.runs import CheckRuns
from shared.cursors import decode_cursor, encode_cursor
from shared.rpc import Caller


async def get_history(room: Room, request: contract.HistoryQuery, caller: Caller) -> UptimeHistory:
    now = datetime.now(UTC)
    first = now.date() - timedelta(days=request.days - 1)
    from_at = datetime(first.year, first.month, first.day, tzinfo=UTC)
    async with room.pool.acquire(timeout=2) as conn:
        found = await monitored_or_404(conn, request.service_id)
        ends = {found.spec.id: data_end(found, now)}
        spans = (await intervals.list_spans(conn, [found.spec.id], from_at, ends)).get(found.spec.id, [])
    maintained = room.windows.between(found.spec, from_at, now)
    totals = uptime.summarise(spans, maintained, max(from_at, found.created_at), now)
    return UptimeHistory(
        service_id=found.spec.id,
        from_at=from_at,
        to_at=now,
        uptime_pct=uptime.uptime_pct(totals),
        coverage_pct=uptime.coverage_pct(totals),
        days=uptime.days(spans, maintained, first, now, request.days),
    )


async def list_runs(room: Room, request: contract.RunsQuery, caller: Caller) -> CheckRuns:
    before = decode_cursor(request.cursor)
    async with room.pool.acquire(timeout=2) as conn:
        await monitored_or_404(conn, request.service_id)
        found = await runs.list_runs(conn, request.service_id, request.limit + 1, before, request.result)
    page = found[: request.limit]
    more = len(found) > request.limit
    return CheckRuns(runs=page, next_cursor=encode_cursor(page[-1].started_at, page[-1].id) if more else None)


async def list_incidents(room: Room, request: contract.IncidentsQuery, caller: Caller) -> HealthIncidents:
    cursor = decode_cursor(request.cursor)
    before = (cursor[0], int(cursor[1])) if cursor else None
    async with room.pool.acquire(timeout=2) as conn:
        found = await intervals.list_incidents(
            conn, request.service_id, request.state, request.limit + 1, before, datetime.now(UTC)
        )
    page = found[: request.limit]
    more = len(found) > request.limit
    return HealthIncidents(
        incidents=page, next_cursor=encode_cursor(page[-1].started_at, page[-1].id) if more else None
    )


def data_end(found: Monitored, now: datetime) -> datetime:
    """Until when the last measured result speaks: the open interval counts no further."""
    stale_seconds = stale_after_seconds(found.spec.interval_seconds, found.spec.timeout_seconds)
    return min(now, known_until(found.state, stale_seconds) or now)
