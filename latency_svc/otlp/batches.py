"""What was read, as messages of the samples stream."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec
import numpy as np
from msgspec.structs import replace

from belfry_reporter.wire import subject_of
from latency_svc.deltas import Deltas, joined, to_batch
from latency_svc.otlp.deltas import Delta, columns_of, delta_of
from latency_svc.otlp.points import Point
from shared.contracts.latency import SampleBatch, SampleSeries
from shared.jetstream import OutboxMessage

MOST_BYTES = 512 * 1024  # a message; servers take 1 MB by default
DELTAS, SAMPLES = 10_000, 50_000  # a message

encode = msgspec.msgpack.Encoder().encode


class Gains:
    """What histograms gained, by service."""

    def __init__(self) -> None:
        self._services: defaultdict[str, _Service] = defaultdict(_Service)

    def add(self, service: str, series: SampleSeries, point: Point, unit_seconds: float, now: float) -> None:
        """`now` (Unix time): when a point counts that has no time of its own."""
        self._services[service].add(series, delta_of(point, unit_seconds, now))

    def add_columns(self, service: str, series: Sequence[SampleSeries], deltas: Deltas) -> None:
        self._services[service].add_columns(series, deltas)

    def messages(self, request_id: str) -> list[OutboxMessage]:
        """The same ids for the same request: what a client sends again is stored once."""
        bodies = ((name, body) for name, service in self._services.items() for body in service.bodies(name))
        return _messages(request_id, bodies)


class _Service:
    def __init__(self) -> None:
        self._index: dict[SampleSeries, int] = {}
        self._columns: list[Deltas] = []
        self._ids: list[int] = []
        self._single: list[Delta] = []

    def add(self, series: SampleSeries, delta: Delta) -> None:
        self._ids.append(self._index.setdefault(series, len(self._index)))
        self._single.append(delta)

    def add_columns(self, series: Sequence[SampleSeries], deltas: Deltas) -> None:
        index = self._index
        ids = np.array([index.setdefault(each, len(index)) for each in series], np.int64)
        self._columns.append(replace(deltas, series_ids=ids))

    def bodies(self, service: str) -> Iterator[bytes]:
        series, deltas = list(self._index), joined([*self._columns, columns_of(self._ids, self._single)])
        for first in range(0, deltas.size, DELTAS):
            yield from _bucket_bodies(service, series, deltas.part(first, first + DELTAS))


class Samples:
    """Single durations by service and minute."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, int], _Columns] = {}

    def add(self, service: str, at_seconds: int, series: SampleSeries, seconds: float) -> None:
        columns = self._columns.get((service, at_seconds))
        if columns is None:
            columns = self._columns[service, at_seconds] = _Columns()
        columns.add(series, seconds)

    def __len__(self) -> int:
        return sum(len(columns) for columns in self._columns.values())

    def messages(self, request_id: str) -> list[OutboxMessage]:
        """As of Deltas."""
        bodies = (
            (service, body)
            for (service, at_seconds), columns in self._columns.items()
            for body in columns.bodies(service, at_seconds)
        )
        return _messages(request_id, bodies)


class _Columns:
    def __init__(self) -> None:
        self._index: dict[SampleSeries, int] = {}
        self._ids, self._seconds = array("L"), array("d")

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, series: SampleSeries, seconds: float) -> None:
        self._ids.append(self._index.setdefault(series, len(self._index)))
        self._seconds.append(seconds)

    def bodies(self, service: str, at_seconds: int) -> Iterator[bytes]:
        series = list(self._index)
        for start in range(0, len(self._ids), SAMPLES):
            ids = np.array(self._ids[start : start + SAMPLES])
            used, compact = np.unique(ids, return_inverse=True)
            yield encode(
                SampleBatch(
                    service=service,
                    at_seconds=at_seconds,
                    series=[series[i] for i in used],
                    series_ids=compact.astype("<u2").tobytes(),
                    seconds=np.array(self._seconds[start : start + SAMPLES], "<f4").tobytes(),
                )
            )


def _bucket_bodies(service: str, series: Sequence[SampleSeries], deltas: Deltas) -> Iterator[bytes]:
    """One body, or more where that would be too large."""
    body = encode(to_batch(service, series, deltas))
    if len(body) <= MOST_BYTES or deltas.size == 1:
        yield body
        return
    half = deltas.size // 2
    yield from _bucket_bodies(service, series, deltas.part(0, half))
    yield from _bucket_bodies(service, series, deltas.part(half, deltas.size))


def _messages(request_id: str, bodies: Iterable[tuple[str, bytes]]) -> list[OutboxMessage]:
    return [
        OutboxMessage(id=f"{request_id}-{number}", subject=subject_of(service), body=body)
        for number, (service, body) in enumerate(bodies)
    ]


def request_id_of(body: bytes) -> str:
    """SHA-256, because processors have it built in: a third of what others take of a large body."""
    return sha256(body).hexdigest()[:30]
