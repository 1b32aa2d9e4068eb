"""What a message looks like to those who get it: read back from what is sent, for each kind of channel. Pure.

The forms are those of production: what they cut, escape or leave out is cut, escaped and left out here as well."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs

from msgspec import Struct, json

from alert_svc.senders import apprise, discord, email, pagerduty, slack, sms, teams, telegram, webhook
from alert_svc.senders.http import Request
from alert_svc.senders.outgoing import Outgoing
from shared.contracts.alerts.channels import AnyChannelSpec
from shared.contracts.alerts.deliveries import ChannelKind

_TAGS = re.compile(r"<[^>]*>")
_LINKS = re.compile(r"<([^|>]+)\|([^>]+)>")
_BACKSLASHES = re.compile(r"\\(.)")


class Reading(Struct, frozen=True):
    """Title and text as they are read; `sent`: as it goes out, without addresses and secrets."""

    title: str
    text: str
    sent: str


def read_back(kind: ChannelKind, channel: AnyChannelSpec, outgoing: Outgoing) -> Reading:
    """`channel`: without its secrets, which no message needs to be read."""
    return READERS[kind](channel, outgoing)


def _pretty(request: Request) -> str:
    return json.format(request.body, indent=2).decode()


def _reading(request: Request, title: str, lines: Iterator[str]) -> Reading:
    return Reading(title, "\n".join(line for line in lines if line), _pretty(request))


def _webhook(channel: Any, outgoing: Outgoing) -> Reading:
    [request] = webhook.form(channel, outgoing)
    data = json.decode(request.body)["data"]
    return _reading(request, data["headline"], iter((data["text"], data["description"])))


def _slack(channel: Any, outgoing: Outgoing) -> Reading:
    request = slack.form(channel, outgoing, "")[0]
    [attachment] = json.decode(request.body)["attachments"]
    head, *blocks = attachment["blocks"]
    texts = [each["text"] for block in blocks for each in (*block.get("fields", ()), block.get("text")) if each]
    lines = (unescape(_LINKS.sub(r"\2: \1", text)) for text in texts)
    named = (re.sub(r"^\*([^*\n]+)\*\n", r"\1: ", line) for line in lines)
    return _reading(request, head["text"]["text"], named)


def _email(channel: Any, outgoing: Outgoing) -> Reading:
    mail = email.form(channel, outgoing)
    body = mail.get_body(("plain",))
    text = body.get_content().strip() if body else ""
    title = str(mail["Subject"])
    head = "\n".join(f"{name}: {mail[name]}" for name in ("From", "To", "Subject"))
    return Reading(title, text.removeprefix(title).strip(), f"{head}\n\n{text}")


def _sms(channel: Any, outgoing: Outgoing) -> Reading:
    request = sms.form(channel, outgoing, "")[0]
    if channel.provider == "http":
        return Reading("", json.decode(request.body)["text"], _pretty(request))
    fields = parse_qs(request.body.decode())
    return Reading("", fields["Body"][0], "\n".join(f"{name}: {value}" for name, [value] in fields.items()))


def _pagerduty(channel: Any, outgoing: Outgoing) -> Reading:
    request = pagerduty.form(channel, outgoing, "")[0]
    payload = json.decode(request.body)["payload"]
    details = payload["custom_details"]
    return _reading(request, payload["summary"], (f"{name}: {value}" for name, value in details.items()))


def _teams(channel: Any, outgoing: Outgoing) -> Reading:
    [request] = teams.form(channel, outgoing)
    [attachment] = json.decode(request.body)["attachments"]
    head, *lines = ("".join(run["text"] for run in block["inlines"]) for block in attachment["content"]["body"])
    return _reading(request, head, iter(lines))


def _discord(channel: Any, outgoing: Outgoing) -> Reading:
    [request] = discord.form(channel, outgoing)
    [embed] = json.decode(request.body)["embeds"]
    texts = [embed["description"], *(f"{field['name']}: {field['value']}" for field in embed["fields"])]
    return _reading(request, _plain(embed["title"]), map(_plain, texts))


def _plain(marked: str) -> str:
    return _BACKSLASHES.sub(r"\1", marked)


def _telegram(channel: Any, outgoing: Outgoing) -> Reading:
    [request] = telegram.form(channel, outgoing, "")
    head, *lines = (unescape(_TAGS.sub("", line)) for line in json.decode(request.body)["text"].split("\n"))
    return _reading(request, head, iter(lines))


def _apprise(channel: Any, outgoing: Outgoing) -> Reading:
    note = apprise.form(outgoing)
    return Reading(note.title, note.body, f"type: {note.type}\ntitle: {note.title}\n\n{note.body}")


READERS: dict[ChannelKind, Callable[[Any, Outgoing], Reading]] = {
    "slack": _slack,
    "email": _email,
    "sms": _sms,
    "webhook": _webhook,
    "pagerduty": _pagerduty,
    "teams": _teams,
    "discord": _discord,
    "telegram": _telegram,
    "apprise": _apprise,
}
