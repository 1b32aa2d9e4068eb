"""teams: an adaptive card to a workflow. Its texts are runs, in which nothing is taken for Markdown."""

from typing import Any

from msgspec import json

from alert_svc.senders import faults
from alert_svc.senders.facts import facts, headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt
from alert_svc.senders.plain import cut, one_line
from shared.contracts.alerts.channels import TeamsChannel
from shared.contracts.alerts.deliveries import AlertMessage

TEXT, FACT = 4000, 600  # a card may have 28 KB
CARD = "application/vnd.microsoft.card.adaptive"


def form(channel: TeamsChannel, outgoing: Outgoing) -> list[Request]:
    body = json.encode({"type": "message", "attachments": [{"contentType": CARD, "content": _card(outgoing)}]})
    return [Request(url=channel.webhook_url or "", body=body, headers={"Content-Type": "application/json"})]


def _card(outgoing: Outgoing) -> dict[str, Any]:
    message = outgoing.message
    body = [_text(cut(headline(message), 300), weight="Bolder", size="Large", color=_colour(message))]
    body.append(_text(cut(message.text, TEXT)))
    if message.description:
        body.append(_text(cut(message.description, TEXT), isSubtle=True))
    for name, value in facts(message):
        body.append(_runs({"text": f"{name}: ", "weight": "Bolder"}, {"text": cut(value, FACT)}))
    actions = [{"type": "Action.OpenUrl", "title": "Open in Belfry", "url": outgoing.link}] if outgoing.link else []
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": actions,
    }


def _text(text: str, **style: Any) -> dict[str, Any]:
    return _runs({"text": text, **style})


def _runs(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run} for run in runs]}


def _colour(message: AlertMessage) -> str:
    if message.reason == "resolved":
        return "Good"
    return {"critical": "Attention", "warning": "Warning", "info": "Accent"}[message.severity]


def read(answer: Answer) -> Receipt:
    """A workflow answers 202; a connector of old 200 with `1`, or with words when it failed."""
    words = one_line(answer.text)
    if answer.is_success and "failed" not in words.lower():
        return Receipt(detail="Teams took it")
    hint = "The workflow is gone or switched off: make a new one" if answer.status in (400, 401, 403, 404, 410) else ""
    status = 502 if answer.is_success else answer.status
    raise faults.of_status("Teams", status, words, answer.headers, hint)
