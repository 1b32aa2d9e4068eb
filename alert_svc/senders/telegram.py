"""telegram: a bot's message to a chat, as HTML with nothing of ours but bold words and a link."""

from html import escape

from msgspec import json

from alert_svc.senders import faults
from alert_svc.senders.facts import facts, headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault
from alert_svc.senders.plain import cut, one_line
from shared.contracts.alerts.channels import TelegramChannel

TITLE, TEXT, FACT = 300, 2000, 150  # a message may have 4,096 characters, counted without escapes


def form(channel: TelegramChannel, outgoing: Outgoing, api: str) -> list[Request]:
    message = outgoing.message
    lines = [f"<b>{escape(cut(headline(message), TITLE))}</b>", escape(cut(message.text, TEXT))]
    lines += [f"<b>{name}</b>: {escape(cut(value, FACT))}" for name, value in facts(message)]
    if outgoing.link:
        lines.append(f'<a href="{escape(outgoing.link)}">Open in Belfry</a>')
    body = {
        "chat_id": channel.chat_id,
        "text": "\n".join(lines),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "disable_notification": message.reason in ("resolved", "acknowledged"),
    }
    address = f"{api}/bot{channel.bot_token}/sendMessage"
    return [Request(url=address, body=json.encode(body), headers={"Content-Type": "application/json"})]


def read(answer: Answer) -> Receipt:
    said = answer.json()
    if answer.is_success and said.get("ok"):
        found = said.get("result")
        number = found.get("message_id") if isinstance(found, dict) else None
        return Receipt(detail="Telegram took it", provider_id=None if number is None else str(number))
    words = one_line(str(said.get("description") or ""))
    fault = faults.of_status("Telegram", 502 if answer.is_success else answer.status, words, answer.headers,
                             _hint(answer.status, words))  # fmt: skip
    more = said.get("parameters")
    wait = more.get("retry_after") if isinstance(more, dict) else None
    if answer.status == 429 and isinstance(wait, int | float):
        raise SendFault(fault.error, faults.bounded(float(wait)))
    raise fault


def _hint(status: int, words: str) -> str:
    if "chat not found" in words.lower():
        return "Write to the bot once, or add it to the group; then check the chat's number"
    if status in (401, 404):
        return "The bot's token is not valid: ask BotFather for it again"
    return "The bot was blocked, or may not write in this chat" if status == 403 else ""
