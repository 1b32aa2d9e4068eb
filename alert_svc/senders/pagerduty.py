"""pagerduty: Events API v2. One incident of ours is one alert there: triggered, acknowledged, resolved by its key."""

from typing import Any

from msgspec import json

from alert_svc.senders import faults
from alert_svc.senders.facts import facts, headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt
from alert_svc.senders.plain import cut, one_line
from shared.contracts.alerts.channels import PagerDutyChannel

SUMMARY, SOURCE, LINK = 1024, 255, 1000
ADDRESSES = {"us": "https://events.pagerduty.com", "eu": "https://events.eu.pagerduty.com"}


def form(channel: PagerDutyChannel, outgoing: Outgoing, api: str) -> list[Request]:
    """`api`: an address to use instead of the region's. A test is resolved right after it was triggered."""
    address = (api or ADDRESSES[channel.region]) + "/v2/enqueue"
    actions = [_action(outgoing)] if outgoing.message.incident_id else ["trigger", "resolve"]
    return [
        Request(
            url=address,
            body=json.encode(_event(channel, outgoing, action)),
            headers={"Content-Type": "application/json"},
            part=action,
        )
        for action in actions
    ]


def _action(outgoing: Outgoing) -> str:
    return {"acknowledged": "acknowledge", "resolved": "resolve"}.get(outgoing.message.reason, "trigger")


def _event(channel: PagerDutyChannel, outgoing: Outgoing, action: str) -> dict[str, Any]:
    message = outgoing.message
    links = [{"href": outgoing.link, "text": "Open in Belfry"}] if outgoing.link else []
    if message.runbook_url and len(message.runbook_url) <= LINK:
        links.append({"href": message.runbook_url, "text": "Runbook"})
    event: dict[str, Any] = {
        "routing_key": channel.routing_key,
        "event_action": action,
        "dedup_key": f"belfry-{message.incident_id or outgoing.id}",
    }
    if action == "trigger":
        event |= {
            "client": "Belfry",
            "links": links,
            "payload": {
                "summary": cut(headline(message), SUMMARY),
                "source": cut(message.object or "Belfry", SOURCE),
                "severity": message.severity,
                "timestamp": message.fired_at.isoformat(),
                "component": cut(message.labels.get("service", ""), SOURCE),
                "class": message.metric,
                "custom_details": {"text": message.text, **{name.lower(): value for name, value in facts(message)}},
            },
        }
        if outgoing.link:
            event["client_url"] = outgoing.link
    return event


def read(answer: Answer) -> Receipt:
    said = answer.json()
    if answer.is_success:
        return Receipt(detail="PagerDuty took it", provider_id=str(said.get("dedup_key") or "") or None)
    errors = said.get("errors")
    words = ", ".join(map(str, errors)) if isinstance(errors, list) else str(said.get("message") or "")
    hint = "Check the integration key of the service" if answer.status in (400, 401, 403) else ""
    raise faults.of_status("PagerDuty", answer.status, one_line(words), answer.headers, hint)
