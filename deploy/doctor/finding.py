"""What one check has found."""

from typing import Literal

from msgspec import Struct

Verdict = Literal["ok", "warning", "failed"]


class Finding(Struct, frozen=True):
    """`fix`: what to do about it; empty when all is well."""

    verdict: Verdict
    check: str
    found: str
    fix: str = ""


def ok(check: str, found: str) -> Finding:
    return Finding("ok", check, found)


def warning(check: str, found: str, fix: str) -> Finding:
    return Finding("warning", check, found, fix)


def failed(check: str, found: str, fix: str) -> Finding:
    return Finding("failed", check, found, fix)


def clock(check: str, told: float, asked: float, heard: float) -> Finding:
    """What another's clock said between two moments of ours. Samples and tickets are judged by it: a second apart
    is fine, ten are not."""
    apart = max(0.0, asked - told, told - heard)
    found = f"{apart:.2f} s apart"
    if apart < 1:
        return ok(check, found)
    fix = "Let one time server (NTP) set the clocks of all machines"
    return warning(check, found, fix) if apart < 10 else failed(check, found, fix)


def headroom(check: str, used: float, whole: float, fix: str) -> Finding:
    """From four fifths on it wants a look; from 95 % on it is a fault."""
    share = used / whole if whole else 0.0
    found = f"{share:.0%} of {in_words(whole)} in use"
    if share < 0.8:
        return ok(check, found)
    return warning(check, found, fix) if share < 0.95 else failed(check, found, fix)


def in_words(number_of_bytes: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if number_of_bytes < 1000:
            return f"{number_of_bytes:.0f} {unit}"
        number_of_bytes /= 1000
    return f"{number_of_bytes:.1f} TB"
