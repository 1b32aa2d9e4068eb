"""Were the checks there when they were due? Times are epoch seconds."""

import math
from itertools import pairwise

from shared.timers import Timer
from tests.bench.fleet import INTERVAL_SECONDS


def slots(number: int, times: list[float], since: float, until: float) -> list[bool]:
    """Of each whole interval between the two moments, from one due second to the next: was there a check in it?"""
    phase = phase_seconds(number)
    first, last = math.ceil((since - phase) / INTERVAL_SECONDS), int((until - phase) // INTERVAL_SECONDS)
    taken = {int((at - phase) // INTERVAL_SECONDS) for at in times}
    return [slot in taken for slot in range(first, last)]


def longest_gap(times: list[float], since: float, until: float) -> float:
    moments = [since, *(at for at in times if since < at < until), until]
    return max(after - before for before, after in pairwise(moments))


def late_ms(number: int, at: float) -> float:
    return (at - phase_seconds(number)) % INTERVAL_SECONDS * 1000


def phase_seconds(number: int) -> int:
    """The second of its interval at which the service is due."""
    return int(Timer("health", f"s-{number}", INTERVAL_SECONDS).headers["Nats-Schedule"].partition("-")[0])
