"""sms: Twilio, or a gateway of one's own; one message to each number."""

import base64
from urllib.parse import quote, urlencode

from msgspec import json

from alert_svc.senders import faults
from alert_svc.senders.facts import headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault, failed, refused
from alert_svc.senders.plain import cut, one_line
from shared.contracts.alerts.channels import SmsChannel
from shared.contracts.alerts.deliveries import AlertMessage, SendErrorCode

LENGTH = 480  # three parts

HINTS = {
    20003: "Check account SID and auth token",
    20404: "Check the account SID",
    21211: "Correct the number it goes to",
    21214: "Correct the number it goes to",
    21408: "Allow messages to that country in Twilio's console",
    21606: "Choose a sender number that the account owns and that can send SMS",
    21608: "Verify that number in Twilio's console: trial accounts reach verified ones only",
    21610: "The receiver has unsubscribed by STOP: they must send START",
    21612: "This sender cannot reach that number: choose another one",
    21614: "That number cannot receive SMS",
    21659: "Choose a sender number that the account owns",
}
LOST = {
    30003: "the phone cannot be reached",
    30004: "the receiver blocks it",
    30005: "the number is unknown",
    30006: "the number is a landline, or its network does not take it",
    30007: "the network has filtered it",
    30008: "the network did not say why",
}
RECIPIENT = frozenset({21211, 21214, 21408, 21608, 21610, 21612, 21614})


def form(channel: SmsChannel, outgoing: Outgoing, twilio: str) -> list[Request]:
    text = cut(_text(outgoing.message, outgoing.link), LENGTH)
    make = _to_twilio if channel.provider == "twilio" else _to_gateway
    return [make(channel, number, text, outgoing, twilio) for number in channel.to]


def _text(message: AlertMessage, link: str) -> str:
    said = headline(message) if message.text in headline(message) else f"{headline(message)}. {message.text}"
    short = cut(one_line(said), LENGTH - len(link) - 1)
    return f"{short} {link}".strip()


def _to_twilio(channel: SmsChannel, number: str, text: str, outgoing: Outgoing, twilio: str) -> Request:
    account = channel.account_sid or ""
    callback = {"StatusCallback": outgoing.callback} if outgoing.callback else {}
    sender = "MessagingServiceSid" if channel.from_number.startswith("MG") else "From"
    return Request(
        url=f"{twilio}/2010-04-01/Accounts/{quote(account, safe='')}/Messages.json",
        body=urlencode({"To": number, sender: channel.from_number, "Body": text, **callback}).encode(),
        headers={"Authorization": _key(channel), "Content-Type": "application/x-www-form-urlencoded"},
        part=number,
    )


def _key(channel: SmsChannel) -> str:
    return "Basic " + base64.b64encode(f"{channel.account_sid}:{channel.auth_token}".encode()).decode()


def _to_gateway(channel: SmsChannel, number: str, text: str, outgoing: Outgoing, twilio: str) -> Request:
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"{outgoing.id}-{number.lstrip('+')}"}
    if channel.auth_token:
        headers["Authorization"] = f"Bearer {channel.auth_token}"
    body = {"to": number, "from": channel.from_number, "text": text, "id": outgoing.id}
    return Request(url=channel.url or "", body=json.encode(body), headers=headers, part=number)


def read_twilio(answer: Answer) -> Receipt:
    said = answer.json()
    if answer.is_success and not said.get("error_code"):
        sid = str(said.get("sid") or "") or None
        return Receipt(detail="Twilio has queued it", provider_id=sid, awaits_word=sid is not None)
    number = said.get("code") or said.get("error_code")
    code = number if isinstance(number, int) else 0
    words = one_line(str(said.get("message") or said.get("error_message") or ""))
    detail = f"Twilio refused: {words}" + (f" ({code})" if code else "")
    if answer.status == 429 or code in (20429, 14107):
        raise SendFault(failed("rate_limited", detail, "", answer.status).error, faults.retry_after(answer.headers))
    if code in RECIPIENT:
        raise refused("invalid_recipient", detail, HINTS.get(code, ""), answer.status)
    if 400 <= answer.status < 500 and answer.status != 408 and code:
        kind: SendErrorCode = "authentication" if answer.status in (401, 403) else "refused"
        raise refused(kind, detail, HINTS.get(code, f"See https://www.twilio.com/docs/errors/{code}"), answer.status)
    raise faults.of_status("Twilio", answer.status if not answer.is_success else 502, words, answer.headers)


def question(channel: SmsChannel, sid: str, twilio: str) -> Request:
    """What became of a message that Twilio took."""
    account = quote(channel.account_sid or "", safe="")
    url = f"{twilio}/2010-04-01/Accounts/{account}/Messages/{quote(sid, safe='')}.json"
    return Request(url=url, body=b"", headers={"Authorization": _key(channel)}, method="GET", part=sid)


def has_arrived(answer: Answer) -> bool:
    """As `arrived`, of an answer to `question`."""
    said = answer.json()
    number = said.get("error_code")
    status = str(said.get("status") or "")
    found = arrived(status, number if isinstance(number, int) else 0, str(said.get("error_message") or ""))
    return found and answer.is_success


def arrived(status: str, code: int, words: str) -> bool:
    """False: Twilio does not know yet. Raises SendFault when it never will."""
    if status not in ("undelivered", "failed", "canceled"):
        return status in ("delivered", "read")
    words = one_line(words or LOST.get(code, status))
    raise refused("invalid_recipient" if code in LOST else "refused", f"It did not arrive: {words} ({code})",
                  f"See https://www.twilio.com/docs/errors/{code}" if code else "")  # fmt: skip


def read_gateway(answer: Answer) -> Receipt:
    if answer.is_success:
        found = answer.json().get("id")
        return Receipt(detail=f"The gateway answered {answer.status}", provider_id=str(found) if found else None)
    raise faults.of_status("The gateway", answer.status, one_line(answer.text), answer.headers)


def masked_number(number: str) -> str:
    """`+49151•••678`."""
    return number if len(number) < 8 else f"{number[:6]}•••{number[-3:]}"
