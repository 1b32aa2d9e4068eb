"""The timeline of a service: what it was at every moment, without gaps and without overlaps."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

SpanState = Literal["healthy", "degraded", "down", "maintenance", "unknown"]
Window = tuple[datetime, datetime]

_BADNESS: dict[SpanState, int] = {"healthy": 0, "degraded": 1, "down": 2}


class Span(Struct, frozen=True):
    """A state from `from_at` up to, not including, `to_at`."""

    status: SpanState
    from_at: datetime
    to_at: datetime


def timeline(spans: Iterable[Span], maintenance: Iterable[Window], from_at: datetime, to_at: datetime) -> list[Span]:
    """Spans that cover the window exactly once, in order, neighbours of different states.

    A span ends no later than the next one begins; where there is none, nothing is known. Maintenance covers all."""
    if to_at <= from_at:
        return []
    known = _laid_over([Span("unknown", from_at, to_at)], in_sequence(spans))
    return joined(_laid_over(list(known), _united(maintenance)))


def in_sequence(spans: Iterable[Span]) -> list[Span]:
    """By start, each cut where the next one begins, those of the same state that touch as one."""
    ordered = sorted(spans, key=lambda span: span.from_at)
    cut = [replace(span, to_at=min(span.to_at, after.from_at)) for span, after in pairwise(ordered)]
    return joined(span for span in [*cut, *ordered[-1:]] if span.from_at < span.to_at)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of the same state that touch, as one."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].status == span.status and found[-1].to_at == span.from_at:
            found[-1] = replace(found[-1], to_at=span.to_at)
        else:
            found.append(span)
    return found


def without_short_faults(spans: Iterable[Span], shorter_than_seconds: float) -> list[Span]:
    """The spans in sequence, where a short fault between two spans of one better state counts as that state."""
    line = in_sequence(spans)
    limit = timedelta(seconds=shorter_than_seconds)
    inner = [
        replace(fault, status=before.status) if _is_blip(before, fault, after, limit) else fault
        for before, fault, after in zip(line, line[1:], line[2:], strict=False)
    ]
    return joined([*line[:1], *inner, *line[1:][-1:]])


def _is_blip(before: Span, fault: Span, after: Span, limit: timedelta) -> bool:
    return (
        fault.to_at - fault.from_at < limit
        and before.status == after.status
        and before.to_at == fault.from_at
        and fault.to_at == after.from_at
        and _BADNESS.get(fault.status, 0) > _BADNESS.get(before.status, 2)
    )


def _united(windows: Iterable[Window]) -> list[Span]:
    """Windows as maintenance spans, overlapping ones as one."""
    united: list[Span] = []
    for start, end in sorted(windows):
        if united and start <= united[-1].to_at:
            united[-1] = replace(united[-1], to_at=max(end, united[-1].to_at))
        elif start < end:
            united.append(Span("maintenance", start, end))
    return united


def _laid_over(base: Sequence[Span], top: Sequence[Span]) -> Iterator[Span]:
    """The base, covered by `top` where that reaches into it; both in order and without overlaps."""
    next_top = 0
    for span in base:
        at = span.from_at
        while next_top < len(top) and top[next_top].from_at < span.to_at:
            cover = top[next_top]
            start, end = max(cover.from_at, at), min(cover.to_at, span.to_at)
            if start < end:
                if at < start:
                    yield Span(span.status, at, start)
                yield Span(cover.status, start, end)
                at = end
            if cover.to_at > span.to_at:
                break  # it reaches into the next span too
            next_top += 1
        if at < span.to_at:
            yield Span(span.status, at, span.to_at)
