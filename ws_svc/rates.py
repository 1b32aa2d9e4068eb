"""What one node counted, over its restarts, and how much that is per second."""

from collections import deque
from typing import NamedTuple

COUNTERS = ("opened", "closed", "received", "sent", "failed", "dropped", "conflated", "slow_closed")
"""Each is `<name>_total` in what a node says."""

WINDOWS_SECONDS = (1, 10, 60)
SILENT_SECONDS = 5.0  # longer, and a node is missing: five times it had nothing to say
EARLY_SECONDS = 0.5  # by which a sample may come too soon to stand for a window
SAME_START_SECONDS = 0.5  # by which a node may mistake when it started
KEPT_SECONDS = WINDOWS_SECONDS[-1] + SILENT_SECONDS

Counts = tuple[float, ...]
"""One number for each of COUNTERS."""

ZERO: Counts = (0.0,) * len(COUNTERS)


class Sample(NamedTuple):
    """What was counted until a moment, an epoch in seconds."""

    at: float
    counts: Counts


class Stretch(NamedTuple):
    """From one sample of a node to its next."""

    earlier: Sample
    later: Sample


class Meter:
    """The counts of one node. A process that starts anew counts from zero, which is known by its `started_at`."""

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque()
        self._started_at = float("-inf")
        self._before = ZERO  # what the processes before this one counted

    @property
    def counts(self) -> Counts:
        return self._samples[-1].counts if self._samples else ZERO

    def add(self, at: float, started_at: float, counts: Counts) -> Stretch | None:
        """Take what the node says; returns the stretch since its last word or its start, None when that is not known.
        What comes too late, or from a process that has a successor, is left out."""
        newest = self._samples[-1] if self._samples else None
        if started_at < self._started_at - SAME_START_SECONDS or (newest is not None and at <= newest.at):
            return None
        if started_at > self._started_at + SAME_START_SECONDS:
            self._started_at, self._before = started_at, self.counts
            if (newest is None or newest.at < started_at) and at - KEPT_SECONDS < started_at < at:
                newest = Sample(started_at, self._before)
                self._samples.append(newest)
        sample = Sample(at, total([self._before, counts]))
        self._samples.append(sample)
        while self._samples[0].at < at - KEPT_SECONDS - SILENT_SECONDS:
            self._samples.popleft()
        return None if newest is None else Stretch(newest, sample)

    def per_second(self, window_seconds: float) -> Counts | None:
        """Until the last word; None while less than the window is known."""
        newest = self._samples[-1]
        start = newest.at - window_seconds + EARLY_SECONDS
        earlier = next((sample for sample in reversed(self._samples) if sample.at <= start), None)
        if earlier is None or newest.at - earlier.at > window_seconds + SILENT_SECONDS:
            return None
        return per_second(Stretch(earlier, newest))


def per_second(stretch: Stretch) -> Counts:
    earlier, later = stretch
    seconds = later.at - earlier.at
    return tuple(max(0.0, b - a) / seconds for a, b in zip(earlier.counts, later.counts, strict=True))


def total(many: list[Counts]) -> Counts:
    return tuple(map(sum, zip(ZERO, *many, strict=True)))
