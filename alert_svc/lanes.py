"""How much may be sent to each channel now, so that none that hangs or fails is in the way of another. Pure."""

from msgspec import Struct

from alert_svc.senders.table import LIMITS, Limit
from shared.contracts.alerts.deliveries import ChannelKind

FIRST_WIDTH = 32


class Lane(Struct):
    """One channel. `width`: how many messages may be under way: one more with each that gets through, and one after one
    that did not. So whoever hangs holds few of them, and whoever is quick soon has many."""

    limit: Limit
    width: int
    tokens: float
    filled_at: float
    busy: int = 0
    paused_until: float = 0.0

    def fill(self, now: float) -> None:
        self.tokens = min(self.limit.burst, self.tokens + (now - self.filled_at) * self.limit.per_second)
        self.filled_at = now

    def places(self, now: float) -> int:
        """How many messages may be started."""
        self.fill(now)
        if now < self.paused_until:
            return 0
        return max(0, min(self.width - self.busy, int(self.tokens)))

    def is_idle(self, now: float) -> bool:
        self.fill(now)
        is_well = self.width >= first_width(self.limit)
        return is_well and not self.busy and now >= self.paused_until and self.tokens >= self.limit.burst


def first_width(limit: Limit) -> int:
    """Of a channel that nothing was sent to lately."""
    return min(limit.width, limit.burst, FIRST_WIDTH)


class Lanes:
    """By channel. `now` is any clock that never goes back, in seconds."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}

    @property
    def busy(self) -> int:
        return sum(lane.busy for lane in self._lanes.values())

    def places(self, now: float) -> dict[str, int]:
        """Of the channels that may take less than a new one."""
        self._lanes = {id: lane for id, lane in self._lanes.items() if not lane.is_idle(now)}
        return {id: lane.places(now) for id, lane in self._lanes.items()}

    def enter(self, channel_id: str, kind: ChannelKind, now: float) -> None:
        lane = self._lanes.get(channel_id)
        if lane is None:
            limit = LIMITS[kind]
            lane = self._lanes[channel_id] = Lane(limit, first_width(limit), limit.burst, now)
        lane.busy += 1
        lane.tokens -= 1

    def leave(self, channel_id: str, now: float, *, is_well: bool, pause_seconds: float = 0.0) -> None:
        """`pause_seconds`: how long the provider wants to be left alone."""
        lane = self._lanes[channel_id]
        lane.busy -= 1
        lane.width = min(lane.limit.width, lane.width + 1) if is_well else 1
        lane.paused_until = max(lane.paused_until, now + pause_seconds if pause_seconds else 0.0)

    def wait_seconds(self, most: float) -> float:
        """Until a lane that is empty of tokens has one again."""
        waits = [(1 - lane.tokens) / lane.limit.per_second for lane in self._lanes.values() if lane.tokens < 1]
        return min([most, *waits])


WIDTHS: dict[ChannelKind, int] = {kind: first_width(limit) for kind, limit in LIMITS.items()}
