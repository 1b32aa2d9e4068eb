"""What went wrong on the way, in words and with what to do about it."""

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from msgspec.structs import replace

from alert_svc.senders.guard import MARK, BlockedAddressError
from alert_svc.senders.outgoing import SendFault, failed, refused
from alert_svc.senders.plain import cut, one_line

LONGEST_RETRY_AFTER = 3600.0
DETAIL_LENGTH = 300
HIDDEN = "***"
SHORTEST_SECRET = 6
LONG_SECRET = 16  # a part that is a secret by itself, rather than a word
_BREAKS = re.compile(r"[\s/?&=]+")

UNREACHED_HINT = "Look whether it is up and can be reached from here"
ALLOW_HINT = "An operator can allow it with BELFRY_ALERT_ALLOW"


def of_exception(error: BaseException, where: str) -> SendFault:
    """What an exception on the way to `where` (a host name) means."""
    found = _cause(error)
    if is_blocked(found):
        return refused("blocked_address", f"{where} is not allowed: {found}", ALLOW_HINT)
    if isinstance(found, TimeoutError | aiohttp.ServerTimeoutError):
        return failed("timeout", f"{where} did not answer in time", UNREACHED_HINT)
    if isinstance(found, socket.gaierror | aiohttp.ClientConnectorDNSError):
        return failed("dns", f"The name {where} could not be resolved", "Check the name for typing mistakes")
    if isinstance(found, ssl.SSLCertVerificationError):
        reason = found.verify_message or "it is not valid"
        return refused("tls", f"The certificate of {where} is not accepted: {reason}", "Give it a valid certificate")
    if isinstance(found, ssl.SSLError):
        return failed("tls", f"No secure connection to {where}: {found.reason or found}", "Does that port speak TLS?")
    if isinstance(found, ConnectionRefusedError):
        return failed("connect", f"{where} refuses connections", "Does something listen on that port?")
    if isinstance(found, aiohttp.InvalidURL | ValueError):
        return refused("misconfigured", f"The address of {where} cannot be used", "Correct the address of the channel")
    if isinstance(found, aiohttp.ServerDisconnectedError | ConnectionResetError | asyncio.IncompleteReadError):
        return failed("connect", f"{where} closed the connection without an answer")
    return failed("connect", f"{where} cannot be reached: {_words(found)}", "Can it be reached from here?")


def of_status(name: str, status: int, words: str, headers: Mapping[str, str], hint: str = "") -> SendFault:
    """What an answer means that is not one of success. `words`: the provider's own."""
    said = f": {words}" if words else ""
    detail = f"{name} answered {status}{said}"
    if 300 <= status < 400:
        detail = f"{name} redirects (status {status})"
        return refused("refused", detail, "Use the address it redirects to", status)
    if status in (401, 403):
        return refused("authentication", detail, hint or "Check the secret of the channel", status)
    if status == 429:
        fault = failed("rate_limited", detail, hint or "It is sent again as soon as they allow it", status)
        return SendFault(fault.error, retry_after(headers))
    if status in (408, 425):
        return failed("timeout", detail, hint, status)
    if status >= 500:
        fault = failed("server_error", detail, hint or "It is sent again later", status)
        return SendFault(fault.error, retry_after(headers))
    if status in (404, 410):
        return refused("refused", detail, hint or "The address no longer exists: make a new one", status)
    return refused("refused", detail, hint, status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or a date; None when nothing is said that can be used."""
    text = headers.get("Retry-After", "").strip()
    try:
        return bounded(float(text))
    except ValueError:
        pass
    try:
        return bounded((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def bounded(seconds: float) -> float | None:
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if seconds == seconds else None


def scrubbed(fault: SendFault, secrets: Mapping[str, str]) -> SendFault:
    """As it may be shown: a line of bounded length, with no secret of the channel in it, whoever repeated it."""
    error = fault.error
    shown = replace(error, detail=_without(error.detail, secrets))
    return SendFault(shown, fault.retry_after_seconds, fault.done)


def _without(text: str, secrets: Mapping[str, str]) -> str:
    for secret in sorted(secrets.values(), key=len, reverse=True):
        path = secret.partition("://")[2].partition("/")[2]
        words = [word for word in _BREAKS.split(path or secret) if len(word) >= LONG_SECRET]
        for part in (secret, *words):
            if len(part) >= SHORTEST_SECRET:
                text = text.replace(part, HIDDEN)
    return cut(one_line(text), DETAIL_LENGTH)


def _cause(error: BaseException) -> BaseException:
    """What aiohttp has wrapped."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return error.certificate_error
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return error
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error
    return error


def is_blocked(error: BaseException) -> bool:
    """Was every address of a name refused? Several refusals come as one error that holds their texts."""
    text = str(error)
    return isinstance(error, BlockedAddressError) or (MARK in text and "[Errno" not in text)


def _words(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return one_line(str(text))
