"""What Twilio tells by itself of a text: where it is told, that it is Twilio who tells it, and what it means. Pure."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from ipaddress import ip_address

from yarl import URL

PATH = "/callbacks/twilio/{delivery_id}"


def address(public_url: str, delivery_id: str) -> str:
    """Where Twilio tells of a message; empty where it could not reach us: it refuses messages with such an address."""
    try:
        url = URL(public_url)
    except ValueError:
        return ""
    host = url.host or ""
    if url.scheme != "https" or "." not in host or _is_address(host):
        return ""
    return public_url.rstrip("/") + PATH.format(delivery_id=delivery_id)


def is_signed(token: str, url: str, fields: Mapping[str, str], signature: str) -> bool:
    """https://www.twilio.com/docs/usage/security: of the address and all fields, in the order of their names."""
    return hmac.compare_digest(signed(token, url, fields).encode(), signature.encode("utf-8", "replace"))


def signed(token: str, url: str, fields: Mapping[str, str]) -> str:
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
