"""apprise: the services that the package of that name knows, where it is installed (`belfry[apprise]`).

It waits in threads, and speaks HTTP by libraries of its own: so it runs confined, and only such services are taken
whose every connection is seen (those that use `requests`)."""

import asyncio
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib.util import find_spec
from typing import Any, TypeVar
from urllib.parse import unquote
from urllib.request import getproxies

from msgspec import Struct

from alert_svc.senders import confined, faults
from alert_svc.senders.facts import as_text, headline
from alert_svc.senders.guard import Network, refusal_at_once
from alert_svc.senders.http import Wire
from alert_svc.senders.outgoing import Outgoing, Receipt, SendFault, failed, refused
from alert_svc.senders.plain import one_line
from shared.contracts.alerts.channels import AppriseChannel
from shared.contracts.wire import FieldError

T = TypeVar("T")

INSTALL = "the package apprise is not installed where alert_svc runs: pip install 'belfry[apprise]'"
CONNECT_SECONDS, READ_SECONDS = 4.0, 5.0
SHORTEST_WORD = 6
OTHER_WAYS = ("asyncio", "socket", "subprocess", "threading")
_BREAKS = re.compile(r"[/@:?&=,+]+")
_STATUS = re.compile(r"\berror=(\d{3})\b")


class Note(Struct, frozen=True):
    """What Apprise is given to say. `type`: one of its four."""

    title: str
    body: str
    type: str


def is_installed() -> bool:
    return find_spec("apprise") is not None


def form(outgoing: Outgoing) -> Note:
    title, message = headline(outgoing.message), outgoing.message
    body = as_text(message, outgoing.link).removeprefix(title).strip()
    if message.reason == "resolved":
        return Note(title, body, "success")
    loud = {"critical": "failure", "warning": "warning", "info": "info"}[message.severity]
    return Note(title, body, "info" if message.reason in ("acknowledged", "test") else loud)


async def carry(channel: AppriseChannel, outgoing: Outgoing, wire: Wire) -> Receipt:
    """Raises SendFault. Who waits no longer leaves a thread behind that ends by itself."""
    if not is_installed():
        raise failed("misconfigured", f"It cannot be sent: {INSTALL}", "Install it, or choose another channel")
    if getproxies().keys() & {"http", "https", "all"}:
        raise refused("misconfigured", "A proxy of the environment would hide where the message goes",
                      "Take HTTP_PROXY and HTTPS_PROXY out of alert_svc's environment")  # fmt: skip
    loop, note = asyncio.get_running_loop(), form(outgoing)
    said, refusal = await loop.run_in_executor(
        wire.threads, _confined, wire.allowed, partial(_send, channel.url or "", note)
    )
    if isinstance(said, Receipt):
        return said
    raise _fault(said, refusal, channel.url or "")


async def mistakes(channel: AppriseChannel, wire: Wire) -> list[FieldError]:
    """What Apprise has against the address, of a channel that gives one."""
    if not is_installed():
        return [FieldError("kind", f"is not known here: {INSTALL}")]
    if not channel.url:
        return []
    loop, work = asyncio.get_running_loop(), partial(_mistake, channel.url, wire.allowed)
    found, _ = await loop.run_in_executor(wire.threads, _confined, wire.allowed, work)
    return [FieldError("url", found)] if found else []


# --- in a thread of its own, confined ---------------------------------------------------------------------------------


def _confined(allowed: Sequence[Network], work: Callable[[], T]) -> tuple[T, str]:
    _load()
    return confined.run(allowed, work)


@cache
def _load() -> None:
    """Reads every service that it knows, once: a second or more. Its log goes nowhere else: it may hold secrets."""
    import apprise

    log = logging.getLogger("apprise")
    log.propagate = False
    log.setLevel(logging.WARNING)
    log.addHandler(_Ear())
    apprise.Apprise.instantiate("json://localhost")


class _Failed(Struct, frozen=True):
    """`name`: what Apprise calls the service; `lines`: what it said of it."""

    name: str
    lines: list[str]


def _send(url: str, note: Note) -> Receipt | _Failed:
    with _listening() as lines:
        service = _service(url)
        if service is None or not _is_seen(type(service)):
            return _Failed("Apprise", ["The address is not one that messages can go to"])
        done = service.notify(title=note.title, body=note.body, notify_type=note.type, body_format="text")
    name = str(service.service_name)
    return Receipt(detail=f"{name} took it") if done else _Failed(name, lines)


def _mistake(url: str, allowed: Sequence[Network]) -> str:
    with _listening():
        service = _service(url)
    if service is None:
        return "is not an address that Apprise knows, such as ntfys://ntfy.sh/topic"
    if not _is_seen(type(service)):
        return f"{service.service_name} is not reached over HTTP, so that nobody can tell where it goes"
    return refusal_at_once(service.host or "", allowed)


def _service(url: str) -> Any:
    """None: it knows no such service. Nothing of ours waits, follows redirects or trusts because an address says so."""
    import apprise

    asset = apprise.AppriseAsset(storage_mode="memory", app_id="Belfry", app_desc="Belfry", app_url="")
    found: Any = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if not isinstance(found, apprise.NotifyBase):
        return None
    found.verify_certificate, found.redirects, found.request_rate_per_sec = True, False, 0
    found.socket_connect_timeout, found.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    return found


def _is_seen(kind: type) -> bool:
    """Does all that it does on the network happen in the thread that sends, over `requests`?"""
    module = sys.modules[kind.__module__]
    other = any(hasattr(module, name) for name in OTHER_WAYS) or hasattr(kind, "__del__")
    return hasattr(module, "requests") and not other


# --- what it said -----------------------------------------------------------------------------------------------------


class _Heard(threading.local):
    lines: list[str] | None = None


_heard = _Heard()


class _Ear(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if _heard.lines is not None:
            _heard.lines.append(one_line(record.getMessage()))


@contextmanager
def _listening() -> Iterator[list[str]]:
    lines = _heard.lines = []
    try:
        yield lines
    finally:
        _heard.lines = None


def _fault(said: _Failed, refusal: str, url: str) -> SendFault:
    if refusal:
        return refused("blocked_address", f"{said.name} is not allowed: {refusal}", faults.ALLOW_HINT)
    words = _without_secrets(". ".join(line.rstrip(".") for line in said.lines), url)
    if status := _STATUS.search(words):
        return faults.of_status(said.name, int(status[1]), words, {})
    return failed("connect", words or f"{said.name} did not take it", faults.UNREACHED_HINT)


def _without_secrets(words: str, url: str) -> str:
    for word in sorted(map(unquote, _BREAKS.split(url)), key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            words = words.replace(word, faults.HIDDEN)
    return words
