"""The fleet second by second, for an hour: whichever node says when what, each message counts in its own second."""

from datetime import UTC, datetime
from math import floor

from shared.contracts.ws.overview import RateHistory, RatePoint
from ws_svc.rates import COUNTERS, SILENT_SECONDS, Stretch, per_second

KEPT_SECONDS = 3_660  # an hour, and what is not settled yet
SETTLED_SECONDS = 1.5  # after its end: then every node has said what was in a second
LONG_WINDOW_SECONDS = 900
LONG_STEP_SECONDS = 5

RECEIVED, SENT, FAILED = (COUNTERS.index(name) for name in ("received", "sent", "failed"))


class Second:
    """What all nodes together said of one second of the clock; `active` at its start."""

    __slots__ = ("active", "at", "failed", "received", "sent")

    def __init__(self, at: int) -> None:
        self.at, self.active = at, 0
        self.received = self.sent = self.failed = 0.0


class Seconds:
    """A ring: a second takes the place of the one an hour before."""

    def __init__(self) -> None:
        self._ring = [Second(-1) for _ in range(KEPT_SECONDS)]

    def add(self, stretch: Stretch, active: int) -> None:
        """Spread what a node counted over the seconds it took. Over a silence nothing is made up: it stays a gap."""
        start, end = stretch.earlier.at, stretch.later.at
        if end - start > SILENT_SECONDS:
            return
        rates = per_second(stretch)
        for at in range(floor(start), floor(end) + 1):
            second, seconds = self._of(at), min(end, at + 1) - max(start, at)
            second.received += rates[RECEIVED] * seconds
            second.sent += rates[SENT] * seconds
            second.failed += rates[FAILED] * seconds
            second.active += active if start < at else 0

    def history(self, now: float, window_seconds: int) -> RateHistory:
        """The last seconds that are settled; of a long window, the means of a few seconds each."""
        step = 1 if window_seconds <= LONG_WINDOW_SECONDS else LONG_STEP_SECONDS
        end = floor(now - SETTLED_SECONDS) // step * step
        return RateHistory(
            points=[self._point(at, step) for at in range(end - window_seconds // step * step, end, step)],
            step_seconds=step,
        )

    def _point(self, start: int, step: int) -> RatePoint:
        known = [second for at in range(start, start + step) if (second := self._ring[at % KEPT_SECONDS]).at == at]
        at, n = datetime.fromtimestamp(start, UTC), len(known)
        if not known:
            return RatePoint(at=at, active=None, msg_in_rate=None, msg_out_rate=None, error_rate=None)
        return RatePoint(
            at=at,
            active=round(sum(second.active for second in known) / n),
            msg_in_rate=round(sum(second.received for second in known) / n, 3),
            msg_out_rate=round(sum(second.sent for second in known) / n, 3),
            error_rate=round(sum(second.failed for second in known) / n, 3),
        )

    def _of(self, at: int) -> Second:
        second = self._ring[at % KEPT_SECONDS]
        if second.at == at:
            return second
        fresh = Second(at)
        if second.at < at:
            self._ring[at % KEPT_SECONDS] = fresh
        return fresh
