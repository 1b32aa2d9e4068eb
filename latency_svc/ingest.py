"""Messages of the stream into the open minutes: many at once, each duration either counted or dropped for a reason."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol, get_args

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from latency_svc import grid, latency_tracker
from latency_svc.deltas import Deltas, Flags, Ints, from_batch, joined
from latency_svc.latency_tracker import (
    MINUTE_SECONDS,
    Minutes,
    minute_of,
    refused_deltas,
    refused_durations,
    refused_time,
)
from latency_svc.roster import Roster
from shared.contracts.latency import BucketBatch, SampleBatch, SampleSeries

Reason = latency_tracker.Reason | Literal["wrong_subject"]
REASONS: tuple[Reason, ...] = (*get_args(latency_tracker.Reason), "wrong_subject")
ERROR_CLASS = 5
PORTION_BUCKETS = 50_000
OUTSIDE_OF_TOKENS = re.compile(r"[^A-Za-z0-9_-]")

_decode = msgspec.msgpack.Decoder(SampleBatch | BucketBatch).decode


class Arrival(Protocol):
    """A message of the stream; `stored_at` is when the stream received it, in epoch seconds."""

    subject: str
    data: bytes
    stored_at: float


class Tally(Struct):
    """What became of messages: durations counted, and those that were not by minute, service and reason."""

    counted: int = 0
    dropped: Counter[tuple[int, str, str]] = msgspec.field(default_factory=Counter)

    def drop(self, arrival: Arrival, service: str, reason: Reason, count: int = 1) -> None:
        self.dropped[minute_of(arrival.stored_at), service, reason] += count


class Samples(Struct, frozen=True):
    slots: Ints
    seconds: grid.Seconds
    errors: Flags


class Gains(Struct, frozen=True):
    slots: Ints
    errors: Flags
    deltas: Deltas


class Gathered(Struct):
    """By minute, what is to be counted in one call each."""

    samples: defaultdict[int, list[Samples]] = msgspec.field(default_factory=lambda: defaultdict(list))
    gains: defaultdict[int, list[Gains]] = msgspec.field(default_factory=lambda: defaultdict(list))


def count(arrivals: Iterable[Arrival], roster: Roster, minutes: Minutes) -> Tally:
    """Count all that counts. Nothing in a message makes this fail."""
    tally, gathered = Tally(), Gathered()
    for arrival in arrivals:
        batch = _read(arrival, roster, tally)
        if isinstance(batch, SampleBatch):
            _gather_samples(arrival, batch, roster, tally, gathered)
        elif batch is not None:
            _gather_deltas(arrival, batch, roster, tally, gathered)
    for minute, samples in gathered.samples.items():
        tally.counted += _count_samples(minute, samples, minutes)
    for minute, gains in gathered.gains.items():
        tally.counted += sum(_count_gains(minute, some, minutes) for some in _portions(gains))
    return tally


def _count_samples(minute: int, samples: Sequence[Samples], minutes: Minutes) -> int:
    slots, seconds, errors = (_column(samples, name) for name in ("slots", "seconds", "errors"))
    minutes.add(minute, slots, seconds, errors)
    return slots.size


def _count_gains(minute: int, gains: Sequence[Gains], minutes: Minutes) -> int:
    deltas = joined([each.deltas for each in gains])
    minutes.add_deltas(minute, _column(gains, "slots"), _column(gains, "errors"), deltas)
    return int(deltas.requests.sum())


def _column(parts: Sequence[Samples | Gains], name: str) -> NDArray[Any]:
    return np.concatenate([getattr(part, name) for part in parts])


def _portions(gains: Iterable[Gains]) -> Iterator[list[Gains]]:
    """So many at a time that what is made of their buckets stays small."""
    portion, buckets = list[Gains](), 0
    for each in gains:
        portion.append(each)
        buckets += each.deltas.counts.size
        if buckets >= PORTION_BUCKETS:
            yield portion
            portion, buckets = [], 0
    if portion:
        yield portion


def _read(arrival: Arrival, roster: Roster, tally: Tally) -> SampleBatch | BucketBatch | None:
    """The batch; None for one that cannot be read, or that speaks for another service than its subject."""
    sender = arrival.subject.rsplit(".", 1)[1]
    try:
        batch: SampleBatch | BucketBatch = _decode(arrival.data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        tally.drop(arrival, roster.service(sender), "rubbish")
        return None
    if not batch.service or token_of(batch.service) != sender:
        tally.drop(arrival, roster.service(sender), "wrong_subject")
        return None
    return batch


def _gather_samples(arrival: Arrival, batch: SampleBatch, roster: Roster, tally: Tally, gathered: Gathered) -> None:
    service = roster.service(batch.service)
    size = len(batch.seconds) // 4
    if len(batch.seconds) != size * 4 or len(batch.series_ids) != size * 2:
        return tally.drop(arrival, service, "rubbish", max(1, size))
    ids, seconds = np.frombuffer(batch.series_ids, "<u2"), np.frombuffer(batch.seconds, "<f4")
    if size and int(ids.max()) >= len(batch.series):
        return tally.drop(arrival, service, "rubbish", size)
    if reason := refused_time(batch.at_seconds, arrival.stored_at):
        return tally.drop(arrival, service, reason, size)
    if not ((seconds >= 0) & (seconds <= grid.LONGEST_SECONDS)).all():
        counts, refused = refused_durations(seconds)
        for reason, number in refused.items():
            tally.drop(arrival, service, reason, number)
        ids, seconds = ids[counts], seconds[counts]
    if seconds.size:
        slots, errors = roster.slots(service, batch.series), _errors(batch.series)
        gathered.samples[minute_of(batch.at_seconds)].append(Samples(slots[ids], seconds, errors[ids]))


def _gather_deltas(arrival: Arrival, batch: BucketBatch, roster: Roster, tally: Tally, gathered: Gathered) -> None:
    service, deltas = roster.service(batch.service), from_batch(batch)
    if deltas is None:
        return tally.drop(arrival, service, "rubbish", max(1, len(batch.series_ids) // 2))
    counts, refused = refused_deltas(deltas, len(batch.series), arrival.stored_at)
    for reason, number in refused.items():
        tally.drop(arrival, service, reason, number)
    good = deltas.chosen(counts)
    if not good.size:
        return
    slots, errors = roster.slots(service, batch.series), _errors(batch.series)
    minutes = np.floor(good.at_seconds / MINUTE_SECONDS).astype(np.int64) * MINUTE_SECONDS
    for minute in np.unique(minutes).tolist():
        part = good.chosen(minutes == minute)
        gathered.gains[minute].append(Gains(slots[part.series_ids], errors[part.series_ids], part))


def _errors(series: Sequence[SampleSeries]) -> Flags:
    return np.array([each.status_class == ERROR_CLASS for each in series], np.bool_)


def token_of(service: str) -> str:
    """The name of a service as one token of a subject."""
    return OUTSIDE_OF_TOKENS.sub("-", service)
