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
    """Moments are seconds of any one clock."""

    def __init__(self, error_pct: float, min_requests: int, window_seconds: float, open_seconds: float) -> None:
        self._error_pct, self._min_requests = error_pct, min_requests
        self._slice_seconds, self._open_seconds = window_seconds / SLICES, open_seconds
        self._slices: deque[Slice] = deque(maxlen=SLICES)
        self._open_until: float | None = None
        self._trying = False

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
        return 0.0

    def ended(self, failed: bool, now: float) -> None:
        """A request that went on has ended."""
        if self._open_until is not None:
            self._trying = False
            self._open_until = now + self._open_seconds if failed else None
            self._slices.clear()
            return
        self._count(failed, now)
        requests, failures = sum(s.requests for s in self._slices), sum(s.failed for s in self._slices)
        if failed and requests >= self._min_requests and failures * 100 >= requests * self._error_pct:
            self._open_until = now + self._open_seconds

    def _count(self, failed: bool, now: float) -> None:
        number = int(now / self._slice_seconds)
        if not self._slices or self._slices[-1].number != number:
            while self._slices and self._slices[0].number <= number - SLICES:
                self._slices.popleft()
            self._slices.append(Slice(number))
        self._slices[-1].requests += 1
        self._slices[-1].failed += failed
