"""discord: an embed by a channel's webhook, that calls nobody whatever its text says."""

import re
from typing import Any

from msgspec import json

from alert_svc.senders import faults
from alert_svc.senders.facts import colour, facts, headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault
from alert_svc.senders.plain import cut, one_line
from shared.contracts.alerts.channels import DiscordChannel

TITLE, DESCRIPTION, FIELD, FIELDS = 250, 3000, 200, 10  # an embed may have 6,000 characters in all
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|>~<@:])")


def form(channel: DiscordChannel, outgoing: Outgoing) -> list[Request]:
    message = outgoing.message
    text = "\n\n".join(escaped(each) for each in (message.text, message.description) if each)
    embed: dict[str, Any] = {
        "title": cut(escaped(headline(message)), TITLE),
        "description": cut(text, DESCRIPTION),
        "color": colour(message),
        "timestamp": message.at.isoformat(),
        "fields": [
            {"name": name, "value": cut(escaped(value), FIELD) or "-", "inline": len(value) < 40}
            for name, value in facts(message)[:FIELDS]
        ],
    }
    if outgoing.link:
        embed["url"] = outgoing.link
    body = {"embeds": [embed], "allowed_mentions": {"parse": []}}
    address = channel.webhook_url or ""
    joined = "&" if "?" in address else "?"
    return [
        Request(url=f"{address}{joined}wait=true", body=json.encode(body), headers={"Content-Type": "application/json"})
    ]


def escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def read(answer: Answer) -> Receipt:
    said = answer.json()
    if answer.is_success:
        return Receipt(detail="Discord took it", provider_id=str(said.get("id") or "") or None)
    fault = faults.of_status(
        "Discord",
        answer.status,
        one_line(str(said.get("message") or "")),
        answer.headers,
        "The webhook was removed: make a new one" if answer.status in (401, 403, 404) else "",
    )
    wait = said.get("retry_after")
    if answer.status == 429 and isinstance(wait, int | float):
        raise SendFault(fault.error, faults.bounded(float(wait)))
    raise fault
