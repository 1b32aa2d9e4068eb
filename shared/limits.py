"""Single values against their type: is it of the right kind, and within its limits? Messages are for people."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect as types

LEAVES: dict[type[types.Type], tuple[type, str]] = {
    types.BoolType: (bool, "true or false"),
    types.IntType: (int, "a whole number"),
    types.FloatType: (float, "a number"),
    types.StrType: (str, "text"),
    types.BytesType: (bytes, "base64 text"),
    types.DateTimeType: (datetime, "a date and time such as 2026-03-01T12:00:00Z"),
    types.DateType: (date, "a date such as 2026-03-01"),
    types.TimeType: (time, "a time such as 12:00:00"),
    types.TimeDeltaType: (timedelta, "a duration such as PT30S"),
    types.UUIDType: (UUID, "a UUID"),
    types.DecimalType: (Decimal, "a decimal number"),
}
"""What a leaf is read as, and what it is called."""

BOUNDS: tuple[tuple[str, Callable[[Any, Any], bool], str], ...] = (
    ("gt", lambda value, limit: value > limit, "must be more than {}"),
    ("ge", lambda value, limit: value >= limit, "must be at least {}"),
    ("lt", lambda value, limit: value < limit, "must be less than {}"),
    ("le", lambda value, limit: value <= limit, "must be at most {}"),
    ("multiple_of", lambda value, step: not value % step, "must be a multiple of {}"),
)

WITH_ZONE = "must name its time zone, for example 2026-03-01T12:00:00Z"
WITHOUT_ZONE = "must not name a time zone"


def broken_limits(raw: Any, node: Any, description: str | None) -> Iterator[str]:
    """What is wrong with a leaf: its kind, or else each limit it breaks. `description` says better than a pattern
    what a text must be."""
    base, words = LEAVES[type(node)]
    try:
        value: Any = msgspec.convert(raw, base)
    except msgspec.ValidationError:
        yield f"must be {words}"
        return
    for name, holds, message in BOUNDS:
        limit = getattr(node, name, None)
        if limit is not None and not holds(value, limit):
            yield message.format(limit)
    if getattr(node, "tz", None) is not None and (value.tzinfo is not None) != node.tz:
        yield WITH_ZONE if node.tz else WITHOUT_ZONE
    if isinstance(node, types.StrType | types.BytesType):
        yield from broken_length(len(value), node, "character")
    pattern = getattr(node, "pattern", None)
    if pattern and not re.search(pattern, value):
        yield f"must be {description}" if description else f"must match {pattern}"


def broken_length(length: int, node: Any, unit: str) -> Iterator[str]:
    """What is wrong with how many characters, items or entries there are."""
    least, most = node.min_length, node.max_length
    if least is not None and length < least:
        yield "must not be empty" if least == 1 else f"must have at least {counted(least, unit)}"
    if most is not None and length > most:
        yield f"must have at most {counted(most, unit)}"


def counted(count: int, unit: str) -> str:
    """`1 item`, `3 entries`, `3 days`."""
    plural = unit[:-1] + "ies" if unit.endswith("y") and unit[-2:-1] not in "aeou" else unit + "s"
    return f"{count} {unit if count == 1 else plural}"
