"""Requests with their trace, offered as examples of the slowest."""

import base64
import re
from collections.abc import Callable

from latency_svc.grid import LONGEST_SECONDS
from latency_svc.roster import MOST_NAME, key_of, text
from latency_svc.slowest import Example, Slowest, place_of
from shared.contracts.latency import SampleSeries

BYTES, BYTES_OF_JSON = 16, 24
TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
ERROR_CLASS = 5


def offer(
    slowest: Slowest,
    service: str,
    series: SampleSeries,
    trace_id: bytes,
    seconds: float,
    ended: float,
    status: Callable[[], int],
) -> None:
    """`ended`: Unix time; `status` gives that of HTTP, 0 for none, if it is needed. Without a trace, or with a duration
    that would not be counted, it is no example."""
    place = place_of(key_of(text(service, MOST_NAME), series), ended)
    counts = 0 <= seconds <= LONGEST_SECONDS
    if counts and slowest.wants(place, seconds) and (found := trace_id_of(trace_id)):
        slowest.add(place, Example(seconds, found, ended, status(), series.status_class == ERROR_CLASS))


def trace_id_of(given: bytes) -> str:
    """In 32 hexadecimal digits; empty for what is none. In JSON an id is written so, which was read as base64."""
    if len(given) == BYTES:
        found = given.hex()
    elif len(given) == BYTES_OF_JSON:
        found = base64.b64encode(given).decode().lower()
    else:
        return ""
    return found if TRACE_ID.fullmatch(found) else ""
