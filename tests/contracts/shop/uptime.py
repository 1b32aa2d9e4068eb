"""Thirty UTC days of uptime, from a table of what went wrong."""

from datetime import UTC, datetime, timedelta
from math import floor

from shared.contracts.health.history import DayState, UptimeDay, UptimeHistory
from tests.contracts.shop.clock import NOW

DAY_SECONDS = 86_400
Fault = tuple[DayState, float, int]  # worst state, its seconds, outages
FAULTS: dict[str, dict[str, Fault]] = {
    "ledger-db": {
        "2026-11-12": ("down", 510, 1),
        "2026-11-23": ("down", 372, 1),
        "2026-11-04": ("maintenance", 1800, 0),
    },
    "payments-api": {"2026-11-12": ("down", 420, 1), "2026-11-18": ("down", 260, 2)},
    "search": {
        "2026-11-01": ("no_data", 43_200, 0),
        "2026-11-20": ("down", 2300, 1),
        "2026-11-23": ("degraded", 1875, 0),
    },
    "notifications": {"2026-11-23": ("maintenance", 2300, 0), "2026-11-09": ("down", 120, 1)},
    "storefront": {"2026-11-15": ("down", 200, 1)},
    "checkout": {"2026-11-12": ("down", 900, 1), "2026-11-18": ("down", 360, 1)},
    "edge-gateway": {"2026-10-29": ("down", 150, 1)},
}


def floored(pct: float) -> float:
    """Two digits, never rounded up: 100 only when exact."""
    return floor(pct * 100) / 100


def _share(up_seconds: float, down_seconds: float) -> float | None:
    measured = up_seconds + down_seconds
    return floored(100 * up_seconds / measured) if measured else None


def _day(start: datetime, fault: Fault) -> UptimeDay:
    state, seconds, outages = fault
    elapsed = min(DAY_SECONDS, (NOW - start).total_seconds())
    spent = {name: seconds if name == state else 0.0 for name in ("degraded", "down", "maintenance", "no_data")}
    healthy = elapsed - seconds
    return UptimeDay(
        date=start.date().isoformat(),
        worst=state,
        uptime_pct=_share(healthy + spent["degraded"], spent["down"]),
        coverage_pct=floored(100 * (1 - spent["no_data"] / elapsed)),
        outages=outages,
        healthy_seconds=healthy,
        degraded_seconds=spent["degraded"],
        down_seconds=spent["down"],
        maintenance_seconds=spent["maintenance"],
        unknown_seconds=spent["no_data"],
    )


def days_of(service_id: str, days: int = 30) -> list[UptimeDay]:
    """The last `days` UTC days, oldest first, today last."""
    midnight = datetime.combine(NOW.date(), datetime.min.time(), UTC)
    starts = [midnight - timedelta(days=back) for back in reversed(range(days))]
    faults = FAULTS.get(service_id, {})
    return [_day(start, faults.get(start.date().isoformat(), ("healthy", 0, 0))) for start in starts]


def uptime_of(days: list[UptimeDay]) -> float | None:
    up = sum(day.healthy_seconds + day.degraded_seconds for day in days)
    return _share(up, sum(day.down_seconds for day in days))


def history_of(service_id: str) -> UptimeHistory:
    days = days_of(service_id)
    return UptimeHistory(
        service_id=service_id,
        from_at=datetime.fromisoformat(days[0].date).replace(tzinfo=UTC),
        to_at=NOW,
        uptime_pct=uptime_of(days),
        coverage_pct=100.0,
        days=days,
    )
