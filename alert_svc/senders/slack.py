"""slack: an incoming webhook; or a bot, whose first message is edited as things change, with all else in its thread."""

from typing import Any

from msgspec import json

from alert_svc.senders import faults
from alert_svc.senders.facts import colour, facts, headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault, failed, refused
from alert_svc.senders.plain import cut, one_line
from shared.contracts.alerts.channels import SlackChannel

HEADER, SECTION, FIELD, FIELDS, FALLBACK = 150, 2900, 1900, 10, 3000
LOUD = frozenset({"escalated", "raised"})

HINTS = {
    "no_service": "The webhook was removed: make a new one in Slack",
    "no_team": "The workspace is gone: make a new webhook",
    "invalid_token": "The webhook is no longer valid: make a new one in Slack",
    "channel_not_found": "Invite the bot to the channel, or correct its name",
    "not_in_channel": "Invite the bot to the channel",
    "channel_is_archived": "The channel is archived: choose another one",
    "is_archived": "The channel is archived: choose another one",
    "invalid_auth": "The token is not valid: install the app anew and copy its token",
    "not_authed": "The token is missing",
    "token_revoked": "The token was revoked: install the app anew",
    "account_inactive": "The bot was removed: install the app anew",
    "missing_scope": "Give the app the scope chat:write",
    "action_prohibited": "An administrator of the workspace has forbidden this",
    "posting_to_general_channel_denied": "This webhook may not post to the general channel",
    "message_not_found": "The first message was deleted in Slack",
}
AUTHENTICATION = frozenset({"invalid_auth", "not_authed", "token_revoked", "account_inactive", "missing_scope"})
PASSING = frozenset({"rate_limited", "ratelimited", "internal_error", "fatal_error", "service_unavailable",
                     "request_timeout", "rollup_error"})  # fmt: skip


def form(channel: SlackChannel, outgoing: Outgoing, api: str) -> list[Request]:
    """`api`: the address of Slack's Web API."""
    if not channel.bot_token:
        return [_request(channel.webhook_url or "", _content(outgoing), {}, "post")]
    headers = {"Authorization": f"Bearer {channel.bot_token}"}
    place, _, first = (outgoing.thread or "").rpartition(":")
    if not first:
        body = {"channel": channel.channel, **_content(outgoing)}
        return [_request(f"{api}/chat.postMessage", body, headers, "post")]
    reply = {"channel": place, "thread_ts": first, **_content(outgoing)}
    reply["reply_broadcast"] = outgoing.message.reason in LOUD
    return [
        _request(f"{api}/chat.update", {"channel": place, "ts": first, **_content(outgoing)}, headers, "update"),
        _request(f"{api}/chat.postMessage", reply, headers, "reply"),
    ]


def _request(url: str, body: dict[str, Any], headers: dict[str, str], part: str) -> Request:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Request(url=url, body=json.encode(body), headers={**headers, **kind}, part=part)


def _content(outgoing: Outgoing) -> dict[str, Any]:
    """`text` is what notifications show; the blocks are what the channel shows."""
    message = outgoing.message
    title = escaped(headline(message))
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(headline(message), HEADER), "emoji": False}},
        _section(escaped(message.text)),
    ]
    if message.description:
        blocks.append(_section(escaped(message.description)))
    fields = [_field(name, value) for name, value in facts(message)[:FIELDS]]
    if fields:
        blocks.append({"type": "section", "fields": fields})
    if outgoing.link:
        blocks.append(_section(f"<{outgoing.link}|Open in Belfry>"))
    return {
        "text": cut(title, FALLBACK),
        "attachments": [{"color": f"#{colour(message):06x}", "fallback": cut(title, FALLBACK), "blocks": blocks}],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": whole(text, SECTION), "verbatim": True}}


def _field(name: str, value: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": whole(f"*{name}*\n{escaped(value)}", FIELD), "verbatim": True}


def escaped(text: str) -> str:
    """What would call people, open links or name channels is only text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def whole(text: str, length: int) -> str:
    """Cut, but not within an escape."""
    short = cut(text, length)
    return short if short == text else short[:-1].rsplit("&", 1)[0] + "…" if "&" in short[-6:] else short


def read(answer: Answer) -> Receipt:
    """A webhook answers `ok`, or a word; the Web API an object with `ok` and `error`."""
    said = answer.json()
    word = str(said.get("error", "")) if said else one_line(answer.text)
    if answer.is_success and (said.get("ok") if said else True):
        place, ts = said.get("channel"), said.get("ts")
        return Receipt(detail="Slack took it", provider_id=f"{place}:{ts}" if place and ts else None)
    if not answer.is_success and (answer.status == 429 or answer.status >= 500):
        raise faults.of_status("Slack", answer.status, word, answer.headers)
    raise _refusal(word or f"status {answer.status}", answer)


def _refusal(word: str, answer: Answer) -> SendFault:
    detail, hint = f"Slack refused: {word}", HINTS.get(word, "")
    status = None if answer.is_success else answer.status
    if word in PASSING:
        fault = failed("rate_limited" if "limited" in word else "server_error", detail, hint, status)
        return SendFault(fault.error, faults.retry_after(answer.headers))
    if word in AUTHENTICATION:
        return refused("authentication", detail, hint, status)
    if not hint and status is not None and status >= 300 and status not in (400, 403, 404, 410):
        return faults.of_status("Slack", status, word, answer.headers)
    return refused("refused", detail, hint or "Check the address of the webhook", status)
