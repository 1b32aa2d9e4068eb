"""What each step costs: a row of times for each request, counted many at once."""

import math
from array import array
from asyncio import CancelledError
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np
from aiohttp import web
from msgspec import Struct, field
from numpy.typing import NDArray
from prometheus_client import Counter

from shared.contracts.pipeline.events import PipelineMeasured
from shared.contracts.pipeline.stats import MeasuredStep
from shared.problems import ProblemError
from shared.step_times import BUCKETS, Counts, buckets_of

CALLS = Counter("belfry_pipeline_calls_total", "Requests that reached a step of the chain", ["step"])
ANSWERED = Counter("belfry_pipeline_answered_total", "Requests that a step answered or refused by itself", ["step"])
ERRORS = Counter("belfry_pipeline_errors_total", "Exceptions of a step's own", ["step"])
SECONDS = Counter("belfry_pipeline_seconds_total", "Time in a step, without what it waits for further in", ["step"])

Seconds = NDArray[np.float64]

HANDLER = "handler"
COUNT_AT = 1024  # rows: a pause of a millisecond
GONE_WRONG = -math.inf
"""In the place of the step behind, when a step failed before it went on: it did not answer."""


class Sum(Struct):
    calls: int = 0
    answered: int = 0
    errors: int = 0
    seconds: float = 0.0
    counts: Counts = field(default_factory=lambda: np.zeros(BUCKETS, np.int64))


class Rows:
    """The times of requests through one chain. A row has the seconds of each step and of the handler, each with all
    that is behind it, 0 for what was not reached; and at its end the id of the exception that passes by. Of gates and
    observers, `passed` by the request, it has only their own, below 0, until many rows are made whole at once."""

    def __init__(self, meter: "Meter", ids: Sequence[str], passed: Iterable[int]) -> None:
        self._meter, self.ids = meter, (*ids, HANDLER)
        self._empty = [0.0] * (len(self.ids) + 1)
        self._passed = sorted(passed, reverse=True)
        self._waiting = array("d")
        self._count_at = COUNT_AT * len(self._empty)
        self.observers: dict[int, float] = {}
        """By their places: what each took for a request when it last saw some."""

    def new(self) -> list[float]:
        return self._empty.copy()

    def add(self, row: list[float]) -> None:
        self._waiting.fromlist(row)
        if len(self._waiting) >= self._count_at:
            self.count()

    def whole(self, rows: Seconds) -> Seconds:
        """As if gates and observers had run around what is behind them."""
        seconds = rows.reshape(-1, len(self._empty))[:, :-1]
        for place, each in self.observers.items():
            around = seconds[:, :place]
            around += each * (around > 0)
            seconds[:, place] = -each
        for place in self._passed:  # the innermost first
            own, behind = seconds[:, place], seconds[:, place + 1]
            seconds[:, place] = np.where((own <= 0) & (behind > 0), behind - own, own)
        return seconds

    def raised(self, place: int, behind: int, row: list[float], error: BaseException) -> None:
        """The step at `place` raises, `behind` it is the next. Is it its own exception, and no refusal?"""
        if row[-1] == id(error):
            return
        row[-1] = id(error)
        if isinstance(error, ProblemError | web.HTTPException):
            return
        if not isinstance(error, CancelledError):
            self.failed(place)
        if behind > place and row[behind] == 0:
            row[behind] = GONE_WRONG

    def failed(self, place: int) -> None:
        self._meter.failed(self.ids[place])

    def count(self) -> None:
        """Add what waits to the sums of the meter."""
        if self._waiting:
            waiting, self._waiting = self._waiting, array("d")
            self._meter.add(self.ids, self.whole(np.frombuffer(waiting)))


class Meter:
    """Sums since they were taken last, by step, over all chains of a process."""

    def __init__(self) -> None:
        self._rows: dict[tuple[tuple[str, ...], tuple[int, ...]], Rows] = {}
        self._since = datetime.now(UTC)
        self._clear()

    def rows_of(self, ids: tuple[str, ...], passed: tuple[int, ...] = ()) -> Rows:
        """The same rows for chains of the same steps, of which `passed` are gates or observers."""
        return self._rows.setdefault((ids, passed), Rows(self, ids, passed))

    def failed(self, id: str) -> None:
        self._sum_of(id).errors += 1

    def add(self, ids: Sequence[str], seconds: Seconds) -> None:
        """A matrix of rows; its columns are the steps."""
        reached = seconds > 0
        behind = np.hstack([seconds[:, 1:], np.zeros((len(seconds), 1))])
        own = np.where(reached, np.maximum(seconds - np.maximum(behind, 0), 0), 0)
        answered = reached[:, :-1] & (behind[:, :-1] == 0)
        columns = np.arange(len(ids)) * BUCKETS
        counts = np.bincount((buckets_of(own) + columns)[reached], minlength=len(ids) * BUCKETS)
        counts = counts.reshape(len(ids), BUCKETS)
        self._requests += len(seconds)
        self._seconds += float(seconds[:, 0].sum())
        sums = zip(reached.sum(axis=0), [*answered.sum(axis=0), 0], own.sum(axis=0), counts, strict=True)
        for id, (calls, answers, own_seconds, own_counts) in zip(ids, sums, strict=True):
            found = self._sum_of(id)
            found.calls += int(calls)
            found.answered += int(answers)
            found.seconds += float(own_seconds)
            found.counts += own_counts

    def take(self, node: str, revision: int) -> PipelineMeasured:
        """What was measured since the last time, also for Prometheus."""
        for rows in self._rows.values():
            rows.count()
        now, sums = datetime.now(UTC), self._sums
        for id, found in sums.items():
            _expose(id, found)
        taken = PipelineMeasured(
            node=node,
            revision=revision,
            from_at=self._since,
            to_at=now,
            requests=self._requests,
            sum_ms=round(self._seconds * 1000, 6),
            steps=[_measured(id, found) for id, found in sums.items()],
        )
        self._since = now
        self._clear()
        return taken

    def _clear(self) -> None:
        self._sums: dict[str, Sum] = {}
        self._requests, self._seconds = 0, 0.0

    def _sum_of(self, id: str) -> Sum:
        return self._sums.setdefault(id, Sum())


def _measured(id: str, found: Sum) -> MeasuredStep:
    filled = np.flatnonzero(found.counts)
    first, last = (int(filled[0]), int(filled[-1]) + 1) if filled.size else (0, 0)
    return MeasuredStep(
        id=id,
        calls=found.calls,
        answered=found.answered,
        errors=found.errors,
        sum_ms=round(found.seconds * 1000, 6),
        offset=first,
        counts=found.counts[first:last].tolist(),
    )


def _expose(id: str, found: Sum) -> None:
    CALLS.labels(id).inc(found.calls)
    ANSWERED.labels(id).inc(found.answered)
    ERRORS.labels(id).inc(found.errors)
    SECONDS.labels(id).inc(found.seconds)
