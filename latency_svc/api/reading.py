"""What the endpoints read: histograms of some endpoints, over a window and hour by hour."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from latency_svc.answers import Facts
from latency_svc.folding import Packed, fold
from latency_svc.histogram import Histogram, empty, merge_all
from latency_svc.roster import EndpointKey
from latency_svc.store.histograms import read_packed
from latency_svc.windows import (
    HOUR,
    SHIFTS,
    STRIP_HOURS,
    Span,
    Window,
    compared_with,
    floor,
    spans_of,
    steps_spans,
    strip_beside,
    window_of,
)
from shared.contracts.latency import Comparison
from shared.db import Connection
from shared.problems import invalid_field

Series = dict[tuple[int, datetime], Histogram]


def asked_window(now: datetime, seconds: int, to_at: datetime | None) -> Window:
    """Raises 422 for one that has not begun."""
    window = window_of(now, seconds, to_at)
    if window.from_at >= window.to_at:
        raise invalid_field("to_at", f"lies so far ahead that the window begins only at {window.from_at.isoformat()}")
    return window


async def read_facts(
    conn: Connection, keys: dict[int, EndpointKey], window: Window, compare: Comparison, now: datetime
) -> list[Facts]:
    """Everything about these endpoints, by their ids; in the order of `keys`."""
    ids, strip = list(keys), strip_beside(window, now)
    hours = await read_series(conn, ids, strip, HOUR, now)
    found = _summed(hours, ids) if window == strip else await read_window(conn, ids, window, now)
    before = compared_with(window, compare, now)
    compared = await read_window(conn, ids, before, now) if before else {}
    shifted = await _hours_before(conn, ids, strip, compare) if before else {}
    starts = hours_of_strip(strip)
    return [
        Facts(
            key=key,
            window=found.get(id_) or empty(),
            compared=(compared.get(id_) or empty()) if before else None,
            hours=[hours.get((id_, at)) for at in starts],
            compared_hours=[shifted.get((id_, at - SHIFTS[compare])) for at in starts] if before else None,
        )
        for id_, key in keys.items()
    ]


async def read_window(conn: Connection, ids: Sequence[int], window: Window, now: datetime) -> dict[int, Histogram]:
    """By endpoint; who had no request is not there."""
    rows = await read_packed(conn, spans_of(window, now), ids)
    return await asyncio.to_thread(fold, rows, lambda row: row.endpoint_id)


async def read_series(conn: Connection, ids: Sequence[int], window: Window, step: timedelta, now: datetime) -> Series:
    """By endpoint and start of the step."""
    rows = await read_packed(conn, steps_spans(window, step, now), ids)
    return await _by_step(rows, step)


def hours_of_strip(strip: Window) -> list[datetime]:
    return [strip.from_at + hour * HOUR for hour in range(STRIP_HOURS)]


async def _hours_before(conn: Connection, ids: Sequence[int], strip: Window, compare: Comparison) -> Series:
    """The same hours of the day or the week before, which are whole."""
    from_at = strip.from_at - SHIFTS[compare]
    rows = await read_packed(conn, [Span("1h", from_at, from_at + STRIP_HOURS * HOUR)], ids)
    return await _by_step(rows, HOUR)


async def _by_step(rows: Sequence[Packed], step: timedelta) -> Series:
    starts = {at: floor(at, step) for at in {row.at for row in rows}}
    return await asyncio.to_thread(fold, rows, lambda row: (row.endpoint_id, starts[row.at]))


def _summed(hours: Series, ids: Sequence[int]) -> dict[int, Histogram]:
    by_id: dict[int, list[Histogram]] = {id_: [] for id_ in ids}
    for (id_, _), histogram in hours.items():
        by_id[id_].append(histogram)
    return {id_: merge_all(found) for id_, found in by_id.items() if found}
