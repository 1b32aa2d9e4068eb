"""Cumulative points become deltas: each is compared with the last one of its series."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from latency_svc.latency_tracker import LATE_SECONDS
from latency_svc.otlp.metrics import Reading
from latency_svc.otlp.points import NANOSECONDS, Point, since


class Advance(Struct):
    """`deltas`: what each reading added. `points`: where each series stands now, to be saved with them."""

    deltas: list[tuple[Reading, Point]]
    points: dict[bytes, Point]
    baselines: int = 0
    duplicates: int = 0


def advance(readings: Iterable[Reading], known: Mapping[bytes, Point], now: float) -> Advance:
    """A series met for the first time counts from its beginning when that is not longer ago than late points are
    taken, else from now on. A point that is not newer than the last one was counted already. `now`: Unix time."""
    found = Advance([], {})
    for reading in readings:
        point = reading.point
        before = found.points.get(reading.key) or known.get(reading.key)
        if before is not None and point.at_ns <= before.at_ns:
            found.duplicates += 1
            continue
        found.points[reading.key] = point
        delta = _delta(before, point, now)
        if delta is None:
            found.baselines += 1
        elif delta.count:
            found.deltas.append((reading, delta))
    return found


def _delta(before: Point | None, point: Point, now: float) -> Point | None:
    if before is None:
        is_young = bool(point.start_ns) and now - point.start_ns / NANOSECONDS <= LATE_SECONDS
        return point if is_young else None
    return since(before, point) or point  # no continuation: the client began anew
