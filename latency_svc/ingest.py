"""Messages of the stream into the open minutes: many at once, each duration either counted or dropped for a reason."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from typing import Literal, Protocol

import msgspec
import numpy as np
from msgspec import Struct

from latency_svc import grid, latency_tracker
from latency_svc.latency_tracker import Minutes, minute_of, refused_delta, refused_durations, refused_time
from latency_svc.open_minute import Deltas, Flags, Ints
from latency_svc.roster import EndpointKey, Roster
from shared.contracts.latency import UNMATCHED_ROUTE, BucketBatch, BucketDelta, SampleBatch, SampleSeries

Reason = latency_tracker.Reason | Literal["rubbish", "wrong_subject"]
METHOD = re.compile(r"[A-Z_]{1,16}")
OTHER_METHOD = "_OTHER"
MOST_NAME, MOST_ROUTE = 100, 500  # characters; an index of PostgreSQL takes no more
ERROR_CLASS = 5
NOT_A_TIME: tuple[Reason | None, float] = ("not_finite", 0.0)  # NaN, which no table finds
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


class Gathered(Struct):
    """By minute, what is to be counted in one call each."""

    samples: defaultdict[int, list[Samples]] = msgspec.field(default_factory=lambda: defaultdict(list))
    deltas: defaultdict[int, list[tuple[int, bool, BucketDelta]]] = msgspec.field(
        default_factory=lambda: defaultdict(list)
    )


def count(arrivals: Iterable[Arrival], roster: Roster, minutes: Minutes) -> Tally:
    """Count all that counts. Nothing in a message makes this fail."""
    tally, gathered = Tally(), Gathered()
    for arrival in arrivals:
        batch = _read(arrival, tally)
        if isinstance(batch, SampleBatch):
            _gather_samples(arrival, batch, roster, tally, gathered)
        elif batch is not None:
            _gather_deltas(arrival, batch, roster, tally, gathered)
    for minute, parts in gathered.samples.items():
        together = [np.concatenate([getattr(part, name) for part in parts]) for name in ("slots", "seconds", "errors")]
        minutes.add(minute, *together)
        tally.counted += together[0].size
    for minute, found in gathered.deltas.items():
        columns = columns_of(found)
        minutes.add_deltas(minute, columns)
        tally.counted += int(columns.counts.sum() + columns.zero_counts.sum())
    return tally


def _read(arrival: Arrival, tally: Tally) -> SampleBatch | BucketBatch | None:
    """The batch; None for one that cannot be read, or that speaks for another service than its subject."""
    sender = arrival.subject.rsplit(".", 1)[1]
    try:
        batch: SampleBatch | BucketBatch = _decode(arrival.data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        tally.drop(arrival, sender, "rubbish")
        return None
    if not batch.service or token_of(batch.service) != sender:
        tally.drop(arrival, sender, "wrong_subject")
        return None
    return batch


def _gather_samples(arrival: Arrival, batch: SampleBatch, roster: Roster, tally: Tally, gathered: Gathered) -> None:
    service = text(batch.service, MOST_NAME)
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
        slots, errors = _series_table(service, batch.series, roster)
        gathered.samples[minute_of(batch.at_seconds)].append(Samples(slots[ids], seconds, errors[ids]))


def _gather_deltas(arrival: Arrival, batch: BucketBatch, roster: Roster, tally: Tally, gathered: Gathered) -> None:
    service = text(batch.service, MOST_NAME)
    slots, errors = _series_table(service, batch.series, roster)
    places = list(zip(slots.tolist(), errors.tolist(), strict=True))
    times = {at: (refused_time(at, arrival.stored_at), at) for at in {delta.at_seconds for delta in batch.deltas}}
    for delta in batch.deltas:
        refused, at = times.get(delta.at_seconds, NOT_A_TIME)
        reason = refused or refused_delta(delta) if 0 <= delta.series < len(places) else "rubbish"
        if reason is None:
            gathered.deltas[minute_of(at)].append((*places[delta.series], delta))
        else:
            tally.drop(arrival, service, reason, max(1, delta.zero_count + sum(delta.counts)))


def _series_table(service: str, series: list[SampleSeries], roster: Roster) -> tuple[Ints, Flags]:
    """Slot and error flag of each series of a batch."""
    slots = np.fromiter((roster.slot(key_of(service, s.method, s.route)) for s in series), np.int64, len(series))
    errors = np.fromiter((s.status_class == ERROR_CLASS for s in series), np.bool_, len(series))
    return slots, errors


@lru_cache(65_536)
def key_of(service: str, method: str, route: str) -> EndpointKey:
    """The endpoint of what a client wrote: an unknown method is one series, and so is no route."""
    known = method if METHOD.fullmatch(method) else OTHER_METHOD
    return EndpointKey(service, known, text(route, MOST_ROUTE) or UNMATCHED_ROUTE)


def token_of(service: str) -> str:
    """The name of a service as one token of a subject."""
    return OUTSIDE_OF_TOKENS.sub("-", service)


def text(given: str, most: int) -> str:
    """What PostgreSQL can keep of a text."""
    return given[:most].replace("\0", "\ufffd")


def columns_of(found: list[tuple[int, bool, BucketDelta]]) -> Deltas:
    deltas = [delta for _, _, delta in found]
    size = len(deltas)
    lengths = np.fromiter((len(d.counts) for d in deltas), np.int64, size)
    return Deltas(
        slots=np.fromiter((slot for slot, _, _ in found), np.int64, size),
        errors=np.fromiter((error for _, error, _ in found), np.bool_, size),
        scales=np.fromiter((d.scale for d in deltas), np.int64, size),
        offsets=np.fromiter((d.offset for d in deltas), np.int64, size),
        lengths=lengths,
        counts=np.fromiter(chain.from_iterable(d.counts for d in deltas), np.int64, int(lengths.sum())),
        zero_counts=np.fromiter((d.zero_count for d in deltas), np.int64, size),
        sums=np.fromiter((d.sum_seconds for d in deltas), np.float64, size),
        lows=np.fromiter((np.nan if d.min_seconds is None else d.min_seconds for d in deltas), np.float64, size),
        highs=np.fromiter((np.nan if d.max_seconds is None else d.max_seconds for d in deltas), np.float64, size),
        error_pcts=np.fromiter((d.error_pct for d in deltas), np.float64, size),
    )
