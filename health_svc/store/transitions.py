"""Confirmed transitions into the store: the intervals they bound and the events that tell of them."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from health_svc.health_check import ServiceState, Transition
from health_svc.store import intervals
from shared import outbox
from shared.contracts.health.events import HealthChanged
from shared.contracts.health.services import ServiceSpec
from shared.db import Connection

ROLLED_UP_AGAIN = timedelta(days=1)  # today and yesterday are rolled up anew all the time


class Confirmed(Struct, frozen=True):
    """A transition of a service, with the state after it."""

    spec: ServiceSpec
    transition: Transition
    state: ServiceState


async def save_transitions(conn: Connection, confirmed: Sequence[Confirmed]) -> None:
    """In the caller's transaction: close and open intervals, queue the events, forget roll-ups of days that were
    long over when the change was found to have begun on them."""
    if not confirmed:
        return
    await intervals.apply(conn, [(c.spec, c.transition) for c in confirmed])
    await outbox.add(conn, [changed(c) for c in confirmed])
    late = [c for c in confirmed if c.transition.started_at < c.transition.confirmed_at - ROLLED_UP_AGAIN]
    if late:
        first = min(c.transition.started_at for c in late).date()
        await intervals.forget_days(conn, first, [c.spec.id for c in late])


def changed(confirmed: Confirmed) -> HealthChanged:
    spec, transition, state = confirmed.spec, confirmed.transition, confirmed.state
    return HealthChanged(
        service_id=spec.id,
        name=spec.name or spec.id,
        group=spec.group,
        from_status=transition.from_status,
        to_status=transition.to_status,
        started_at=transition.started_at,
        confirmed_at=transition.confirmed_at,
        reason=transition.reason,
        affected=transition.affected,
        maintenance=state.in_maintenance,
        flapping=state.flapping,
    )
