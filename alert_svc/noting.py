"""What happens to an incident besides its alerts: said on the bus, and the facts of it as they are now."""

from datetime import datetime

from alert_svc.messages import Facts
from alert_svc.state import ACTIVE
from alert_svc.store import alerts, incident_lists
from alert_svc.store.incidents import Incident
from alert_svc.telling import facts_of
from alert_svc.wording import condition, shown
from shared import outbox
from shared.contracts.alerts.events import AlertNoted
from shared.contracts.alerts.incidents import EventKind
from shared.db import Connection


async def note(conn: Connection, incident: Incident, kind: EventKind, text: str, at: datetime, actor: str = "") -> None:
    """To pages that live, once the caller's transaction is committed."""
    event = AlertNoted(
        rule_id=incident.rule_id, incident_id=str(incident.id), kind=kind, text=text, at=at, actor=actor or None
    )
    await outbox.add(conn, [event])


async def facts_now(conn: Connection, incident: Incident) -> Facts:
    """What is to be said of an open incident: why it fires, how many series, and whom it holds back."""
    members = await alerts.list_members(conn, [incident.id])
    firing = sum(member.memory.state in ACTIVE for member in members)
    now = shown(incident.value, incident.unit, incident.rule.metric)
    text = f"{now[:1].upper()}{now[1:]}, {condition(incident.rule, incident.unit)}"
    return facts_of(incident, text, max(1, firing), await incident_lists.objects_held_by(conn, incident.id))
