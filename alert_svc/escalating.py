"""Steps of escalation, taken when they are due: by a timer of JetStream, or by the sweep when that was lost.

Whatever comes first takes the step under the incident's lock, and moves the next one on: nothing is told twice."""

from datetime import UTC, datetime, timedelta

import structlog

from alert_svc import escalation
from alert_svc.drafts import Entry
from alert_svc.escalation import Escalation
from alert_svc.metrics import ESCALATIONS, QUEUED
from alert_svc.noting import facts_now, note
from alert_svc.store import incident_lists, incidents
from alert_svc.store.incidents import Incident
from alert_svc.telling import Saying, alarm_of, tell
from shared import outbox
from shared.db import Connection, Pool

log = structlog.get_logger()

EARLY = timedelta(seconds=0.5)  # the timer's clock may be a little ahead of ours
LATE = timedelta(seconds=3)
SWEPT_AT_ONCE = 500


async def take_due_step(pool: Pool, incident_id: int) -> int:
    """The next step of an incident, if it is due. Returns how many messages were queued."""
    async with pool.acquire(timeout=5) as conn, conn.transaction():
        incident = await incidents.lock(conn, incident_id)
        now = datetime.now(UTC)
        if incident is None or incident.next_at is None or incident.next_at > now + EARLY:
            return 0
        if incident.state != "firing" or incident.hold is not None or incident.escalation is None:
            return 0
        queued = await take_step(conn, incident, incident.escalation, now)
    QUEUED.inc(queued)
    return queued


async def take_step(conn: Connection, incident: Incident, before: Escalation, now: datetime, actor: str = "") -> int:
    """Tell the channels of the next step, and set the timer of the one after it. Returns how many messages are new."""
    step = before.steps[before.next_step]
    after = escalation.stepped(before, now)
    await incidents.set_escalation(conn, incident.id, after, after.next_at)
    name = step.name or f"Step {before.next_step + 1}"
    entries = [Entry("escalated", now, f"{name}: {_channels(len(step.channels))} told", None)]
    if after.state == "ended":
        entries.append(Entry("escalation_ended", now, "That was the last step", None))
    numbers = await incidents.add_entries(
        conn, [(incident.id, entry, actor or None, before.next_step) for entry in entries]
    )
    if after.next_at is not None:
        await outbox.add_schedule(conn, alarm_of(incident.id, after.next_at))
    await note(conn, incident, "escalated", entries[0].text, now, actor)
    ESCALATIONS.inc()
    facts = await facts_now(conn, incident)
    saying = Saying(
        facts=facts, reason="escalated", channels=step.channels, at=now, transition="escalated", event_id=numbers[0],
        step=before.next_step, loop=before.loop,
    )  # fmt: skip
    return await tell(conn, [saying])


async def sweep(pool: Pool) -> int:
    """Steps whose timer did not come. Returns how many messages were queued."""
    async with pool.acquire(timeout=5) as conn:
        late = await incident_lists.list_due(conn, datetime.now(UTC) - LATE, SWEPT_AT_ONCE)
    if late:
        log.warning("escalations.late", incidents=len(late))
    return sum([await take_due_step(pool, incident_id) for incident_id in late])


def _channels(count: int) -> str:
    return "1 channel" if count == 1 else f"{count} channels"
