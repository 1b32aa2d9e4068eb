"""What every form says of an alert, in the same words: a headline, its facts, how loud it is. Pure."""

from datetime import datetime

from alert_svc.wording import BEYOND, duration, shown
from shared.contracts.alerts.deliveries import AlertMessage, MessageReason
from shared.contracts.alerts.rules import Severity

WORDS: dict[MessageReason, str] = {
    "fired": "Firing",
    "more_firing": "Firing",
    "raised": "Now critical",
    "escalated": "Still firing",
    "acknowledged": "Acknowledged",
    "resolved": "Resolved",
    "test": "Test",
}
MOST_LABELS = 12

RED, AMBER, BLUE, GREEN, GREY = 0xD0342C, 0xB87503, 0x2F6FDE, 0x1A7F37, 0x6B7280
OF_SEVERITY: dict[Severity, int] = {"critical": RED, "warning": AMBER, "info": BLUE}


def headline(message: AlertMessage) -> str:
    """`Firing (critical): Checkout is slow: POST /api/checkout`."""
    if message.reason == "test":
        return message.title
    loud = f" ({message.severity})" if message.reason in ("fired", "more_firing", "escalated") else ""
    return f"{WORDS[message.reason]}{loud}: {message.title}"


def colour(message: AlertMessage) -> int:
    """As 0xRRGGBB."""
    if message.reason == "resolved":
        return GREEN
    return GREY if message.reason in ("acknowledged", "test") else OF_SEVERITY[message.severity]


def facts(message: AlertMessage) -> list[tuple[str, str]]:
    """Name and value of what is worth a line of its own."""
    if message.reason == "test":
        return []
    found: list[tuple[str, str]] = [("Severity", message.severity)]
    if message.value is not None and message.reason not in ("resolved", "acknowledged"):
        limit = f"{BEYOND[message.operator]} {shown(message.threshold, message.unit, message.metric)}"
        found.append(("Value", f"{shown(message.value, message.unit, message.metric)} (fires {limit})"))
    found.append(("Since", clock(message.fired_at)))
    if message.resolved_at is not None:
        lasted = duration((message.resolved_at - message.fired_at).total_seconds())
        found.append(("Resolved", f"{clock(message.resolved_at)}, after {lasted}"))
    if message.firing > 1:
        found.append(("Series", str(message.firing)))
    if message.labels:
        shown_labels = [f"{name}={value}" for name, value in list(message.labels.items())[:MOST_LABELS]]
        found.append(("Labels", ", ".join(shown_labels)))
    if message.runbook_url:
        found.append(("Runbook", message.runbook_url))
    return found


def clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def as_text(message: AlertMessage, link: str) -> str:
    """All of it, in lines of plain text."""
    lines = [headline(message), "", message.text]
    if message.description:
        lines += ["", message.description]
    lines += ["", *(f"{name}: {value}" for name, value in facts(message))]
    if link:
        lines += ["", link]
    return "\n".join(lines).strip() + "\n"


def whole_story(message: AlertMessage) -> str:
    """The text of a resolution for those who never heard that it fired."""
    if message.resolved_at is None:
        return message.text
    return f"Fired at {clock(message.fired_at)}, and has ended before that could be told. {message.text}"
