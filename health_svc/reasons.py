"""Why does a service look as it does? One line in words."""

from collections.abc import Sequence
from datetime import datetime

from health_svc.freshness import stale_after_seconds
from health_svc.state import ServiceState
from shared.contracts.health.services import Overlay, ServiceSpec, Status

UNITS = ((2 * 86_400, 86_400, "d"), (7_200, 3_600, "h"), (120, 60, "min"), (0, 1, "s"))
"""From how many seconds on a unit is used, its length in seconds, its name."""


def reason_of(
    spec: ServiceSpec,
    state: ServiceState,
    shown: tuple[Status, Sequence[Overlay]],
    needs_down: Sequence[str],
    now: datetime,
) -> str:
    """`shown`: the status on the board and its overlays; `needs_down`: names of required services that are down."""
    status, overlays = shown
    if spec.paused:
        return "Paused"
    if state.last_run_at is None:
        return "Not checked yet"
    if "stale" in overlays and state.last_measured_at is not None:
        silent = (now - state.last_measured_at).total_seconds()
        limit = stale_after_seconds(spec.interval_seconds, spec.timeout_seconds)
        return f"No result for {words(silent)}, expected within {words(limit)}"
    if status == "healthy" and needs_down:
        return f"{', '.join(needs_down)} {'is' if len(needs_down) == 1 else 'are'} down, own check healthy"
    return state.reason


def words(seconds: float) -> str:
    """A duration in its one fitting unit."""
    length, name = next((length, name) for least, length, name in UNITS if seconds >= least)
    return f"{seconds / length:.0f} {name}"
