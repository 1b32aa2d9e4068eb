"""What was read, as messages of the samples stream."""

from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b

import msgspec
import numpy as np

from belfry_reporter.core import subject_of
from latency_svc.otlp.deltas import delta_of
from latency_svc.otlp.points import Point
from shared.contracts.latency import BucketBatch, BucketDelta, SampleBatch, SampleSeries
from shared.jetstream import OutboxMessage

MOST_BYTES = 512 * 1024  # a message; servers take 1 MB by default
DELTAS, SAMPLES = 1_000, 50_000  # a message

encode = msgspec.msgpack.Encoder().encode


class Deltas:
    """Histogram deltas by service."""

    def __init__(self) -> None:
        self._chunks: dict[str, list[_Chunk]] = {}

    def add(self, service: str, series: SampleSeries, point: Point, unit_seconds: float, now: float) -> None:
        """`now` (Unix time): when a point counts that has no time of its own."""
        chunks = self._chunks.get(service)
        if chunks is None:
            chunks = self._chunks[service] = [_Chunk()]
        elif len(chunks[-1].deltas) >= DELTAS:
            chunks.append(_Chunk())
        chunks[-1].add(series, point, unit_seconds, now)

    def messages(self, request_id: str) -> list[OutboxMessage]:
        """The same ids for the same request: what a client sends again is stored once."""
        bodies = (
            (service, body)
            for service, chunks in self._chunks.items()
            for chunk in chunks
            for body in _bucket_bodies(service, list(chunk.index), chunk.deltas)
        )
        return _messages(request_id, bodies)


class _Chunk:
    """What goes into one message."""

    def __init__(self) -> None:
        self.index: dict[SampleSeries, int] = {}
        self.deltas: list[BucketDelta] = []

    def add(self, series: SampleSeries, point: Point, unit_seconds: float, now: float) -> None:
        place = self.index.setdefault(series, len(self.index))
        self.deltas.append(delta_of(place, point, unit_seconds, now))


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


def _bucket_bodies(service: str, series: list[SampleSeries], deltas: list[BucketDelta]) -> Iterator[bytes]:
    """One body, or more where that would be too large."""
    body = encode(BucketBatch(service=service, series=series, deltas=deltas))
    if len(body) <= MOST_BYTES or len(deltas) == 1:
        yield body
        return
    half = len(deltas) // 2
    yield from _bucket_bodies(service, series, deltas[:half])
    yield from _bucket_bodies(service, series, deltas[half:])


def _messages(request_id: str, bodies: Iterable[tuple[str, bytes]]) -> list[OutboxMessage]:
    return [
        OutboxMessage(id=f"{request_id}-{number}", subject=subject_of(service), body=body)
        for number, (service, body) in enumerate(bodies)
    ]


def request_id_of(body: bytes) -> str:
    return blake2b(body, digest_size=15).hexdigest()
