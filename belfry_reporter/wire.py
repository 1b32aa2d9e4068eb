"""What travels: durations of one service as columns, in msgpack, and where it goes."""

import re
import sys
from array import array
from collections.abc import Iterable

import msgspec
from msgspec import Struct

SUBJECT = "belfry.samples.latency.{service}"
"""`service` as one token: what is not a-z, A-Z, 0-9, _ or - becomes -."""
UNMATCHED_ROUTE = "__unmatched__"
ROUTE_CHARACTERS = 500
METHOD = re.compile(r"[A-Z_]{1,16}")
OTHER_METHOD = "_OTHER"
OUTSIDE_OF_TOKENS = re.compile(r"[^A-Za-z0-9_-]")

Key = tuple[str, str, int]
"""HTTP method or RPC, route template, status class: 1 to 5, or 0 when there is none."""


class Series(Struct, frozen=True, array_like=True):
    """One endpoint of a batch."""

    method: str
    route: str
    status_class: int


class Batch(Struct, frozen=True, kw_only=True, tag_field="kind", tag="samples"):
    """`series_ids`: little-endian u16 indexes into `series`; `seconds`: little-endian f32, one for each id. All count
    in the minute of `at_seconds` (Unix time)."""

    service: str
    at_seconds: float
    series: list[Series]
    series_ids: bytes
    seconds: bytes


def encoded(
    service: str, at_seconds: float, keys: Iterable[Key], series_ids: "array[int]", seconds: "array[float]"
) -> bytes:
    """A batch of samples: `series_ids` (H) are indexes into `keys`, with one of `seconds` (f) each."""
    batch = Batch(
        service=service,
        at_seconds=at_seconds,
        series=[series_of(*key) for key in keys],
        series_ids=_little_endian(series_ids),
        seconds=_little_endian(seconds),
    )
    return msgspec.msgpack.encode(batch)


def subject_of(service: str) -> str:
    """Where the samples of a service go."""
    return SUBJECT.format(service=OUTSIDE_OF_TOKENS.sub("-", service))


def series_of(method: str, route: str, status_class: int) -> Series:
    known_method = method if METHOD.fullmatch(method) else OTHER_METHOD
    known_class = status_class if 0 <= status_class <= 5 else 0
    return Series(known_method, route[:ROUTE_CHARACTERS] or "/", known_class)


def _little_endian(column: "array[int] | array[float]") -> bytes:
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()
