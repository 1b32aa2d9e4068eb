"""One service's circuit: closed while it answers, open for a while when it does not, then tried by one request."""

from collections import deque

from msgspec import Struct

SLICES = 10


class Slice(Struct):
    """A tenth of the window."""

    number: int
    requests: int = 0
    failed: int = 0


class Breaker:
    """Moments are seconds of any one clock. `period` grows whenever the circuit opens, closes or is tried: who went on
    in an earlier one says nothing about this one."""

    def __init__(self, error_pct: float, min_requests: int, window_seconds: float, open_seconds: float) -> None:
        self._error_pct, self._min_requests = error_pct, min_requests
        self._slice_seconds, self._open_seconds = window_seconds / SLICES, open_seconds
        self._slices: deque[Slice] = deque(maxlen=SLICES)
        self._open_until: float | None = None
        self._trying = False
        self.period = 0

    def refuses_for(self, now: float) -> float:
        """Seconds until it may be tried; 0: go on. After the open time one request goes on, and the others wait for
        what becomes of it."""
        if self._open_until is None:
            return 0.0
        if now < self._open_until:
            return self._open_until - now
        if self._trying:
            return 1.0
        self._trying = True
        self.period += 1
        return 0.0

    def ended(self, period: int, failed: bool, now: float) -> None:
        """A request that went on in `period` has ended."""
        if period != self.period:
            return
        if self._trying:
            self._turn(now + self._open_seconds if failed else None)
            return
        self._count(failed, now)
        if failed and self._too_many_failed():
            self._turn(now + self._open_seconds)

    def _too_many_failed(self) -> bool:
        requests, failures = sum(s.requests for s in self._slices), sum(s.failed for s in self._slices)
        return requests >= self._min_requests and failures * 100 >= requests * self._error_pct

    def _turn(self, open_until: float | None) -> None:
        self._open_until, self._trying = open_until, False
        self._slices.clear()
        self.period += 1

    def _count(self, failed: bool, now: float) -> None:
        number = int(now / self._slice_seconds)
        if not self._slices or self._slices[-1].number != number:
            while self._slices and self._slices[0].number <= number - SLICES:
                self._slices.popleft()
            self._slices.append(Slice(number))
        self._slices[-1].requests += 1
        self._slices[-1].failed += failed
