"""Threads in which code of others runs: it connects to addresses that messages may go to, and does no more outside.

An audit hook sees every connection that Python makes, with the address a name was resolved to: so it decides when the
connection is made, as `guard.py` does for our own. The hook cannot be taken off; in other threads it does nothing."""

import sys
import sysconfig
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from alert_svc.senders.guard import BlockedAddressError, Network, refusal

T = TypeVar("T")

LIBRARIES = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
FORBIDDEN = frozenset({
    "socket.bind", "socket.sendto", "socket.sendmsg", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn",
    "os.spawn", "os.fork", "os.forkpty", "_thread.start_new_thread", "_thread.start_joinable_thread",
})  # fmt: skip


class _Here(threading.local):
    allowed: Sequence[Network] | None = None
    refused: str = ""


_here = _Here()


def run(allowed: Sequence[Network], work: Callable[[], T]) -> tuple[T, str]:
    """What `work` returns, and what it was refused last, in words; empty when it was refused nothing."""
    _watch()
    _here.allowed, _here.refused = allowed, ""
    try:
        return work(), _here.refused
    finally:
        _here.allowed = None


@cache
def _watch() -> None:
    sys.addaudithook(_hook)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    allowed = _here.allowed
    if allowed is None:
        return
    if event == "socket.connect":
        _refuse(_why_not(args[1], allowed))
    elif event in FORBIDDEN:
        _refuse(f"{event} is not for senders of others")
    elif event == "open" and not str(args[0]).startswith(LIBRARIES):
        raise BlockedAddressError("no file is read or written")  # such as .netrc, which is only looked for


def _why_not(address: Any, allowed: Sequence[Network]) -> str:
    """Empty: it may. `address`: as a socket is given it; a name that nobody has looked up is none."""
    if not isinstance(address, tuple):
        return "no message goes to a socket of this machine"
    try:
        return refusal(address[0], allowed)
    except ValueError:
        return "no message goes to a name that nobody has looked up"


def _refuse(why: str) -> None:
    if why:
        _here.refused = why
        raise BlockedAddressError(why)
