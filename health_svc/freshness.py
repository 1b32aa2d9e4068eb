"""How old may a result be? Nothing is shown as healthy, and nothing is counted as up, beyond that age."""

from datetime import datetime, timedelta

from health_svc.state import ServiceState
from shared.contracts.health.services import Overlay, Result, Status

UNKNOWN_AFTER_INTERVALS = 3
MARGIN_SECONDS = 5


def stale_after_seconds(interval_seconds: float, timeout_seconds: float) -> float:
    """The age at which the last result says nothing more: two intervals, one timeout and a margin."""
    return 2 * interval_seconds + timeout_seconds + MARGIN_SECONDS


def known_until(state: ServiceState, stale_after_seconds: float) -> datetime | None:
    """The moment up to which the status is backed by a result; history after it is no data. None: never measured."""
    if state.last_measured_at is None:
        return None
    return state.last_measured_at + timedelta(seconds=stale_after_seconds)


def displayed(
    state: ServiceState,
    now: datetime,
    *,
    interval_seconds: float,
    timeout_seconds: float,
    paused: bool = False,
    in_maintenance: bool = False,
) -> tuple[Status, list[Overlay]]:
    """The status to show and its overlays. An old result is first marked stale, then shown as unknown."""
    age_seconds = (now - state.last_measured_at).total_seconds() if state.last_measured_at else 0.0
    stale = not paused and age_seconds > stale_after_seconds(interval_seconds, timeout_seconds)
    too_old = stale and age_seconds > UNKNOWN_AFTER_INTERVALS * interval_seconds
    overlays: dict[Overlay, bool] = {
        "maintenance": in_maintenance,
        "flapping": state.flapping and not paused,
        "stale": stale,
        "paused": paused,
    }
    status = "unknown" if paused or too_old else state.status
    return status, [overlay for overlay, shown in overlays.items() if shown]


def heartbeat_result(
    last_beat_at: datetime | None, now: datetime, interval_seconds: float, grace_seconds: float
) -> Result:
    """In time is pass, late but within the grace time is warn, later is fail. No beat ever: nothing to measure yet."""
    if last_beat_at is None:
        return "error"
    late_seconds = (now - last_beat_at).total_seconds() - interval_seconds
    if late_seconds <= 0:
        return "pass"
    return "warn" if late_seconds <= grace_seconds else "fail"
