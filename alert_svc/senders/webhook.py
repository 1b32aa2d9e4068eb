"""webhook: the message as JSON, signed as Standard Webhooks say (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import UTC
from typing import Any

from msgspec import json, to_builtins

from alert_svc.senders import faults
from alert_svc.senders.facts import headline
from alert_svc.senders.http import Answer, Request
from alert_svc.senders.outgoing import Outgoing, Receipt
from alert_svc.senders.plain import one_line
from shared.contracts.alerts.channels import WebhookChannel

PREFIX = "whsec_"
SECRET_BYTES = 32
OWN_HEADERS = frozenset({"content-type", "content-length", "host", "user-agent", "transfer-encoding", "connection"})


def form(channel: WebhookChannel, outgoing: Outgoing) -> list[Request]:
    body = json.encode(document(outgoing))
    given = {name: value for name, value in channel.headers.items() if is_free(name)}
    headers = {**given, "Content-Type": "application/json", **signed(channel.signing_secret or "", outgoing, body)}
    return [Request(url=channel.url or "", body=body, headers=headers)]


def document(outgoing: Outgoing) -> dict[str, Any]:
    """As Standard Webhooks advise: what it is, when, and the facts."""
    message = outgoing.message
    data = {**to_builtins(message), "headline": headline(message), "delivery_id": outgoing.id, "url": outgoing.link}
    return {"type": f"alert.{message.reason}", "timestamp": message.at.astimezone(UTC), "data": data}


def signed(secret_list: str, outgoing: Outgoing, body: bytes) -> dict[str, str]:
    """Headers of the signature: one for each secret, so that one may follow another without a gap. The id is that of
    the delivery, so that what is sent twice can be told."""
    timestamp = str(int(outgoing.at.timestamp()))
    content = b".".join([outgoing.id.encode(), timestamp.encode(), body])
    signatures = [
        "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        for key in map(key_of, secret_list.split())
    ]
    headers = {"webhook-id": outgoing.id, "webhook-timestamp": timestamp}
    return headers | ({"webhook-signature": " ".join(signatures)} if signatures else {})


def key_of(secret: str) -> bytes:
    """Raises ValueError for what is no secret of this form."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX) + "==", validate=False)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("is not whsec_ followed by base64")
    return key


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_free(name: str) -> bool:
    """May a channel set this header?"""
    return name.lower() not in OWN_HEADERS and not name.lower().startswith("webhook-")


def read(answer: Answer) -> Receipt:
    if answer.is_success:
        return Receipt(detail=f"The receiver answered {answer.status}")
    raise faults.of_status("The receiver", answer.status, one_line(answer.text), answer.headers)
