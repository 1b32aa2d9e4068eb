"""Timers are JetStream's: a stored schedule puts a due message on the bus at the right times, for ever."""

from datetime import UTC, datetime
from zlib import crc32

from msgspec import Struct

TIMERS_STREAM = "BELFRY_TIMERS"

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
DUE_TTL = "24h"  # a due message that nobody took, of a timer that is gone, does not stay for ever


class Timer(Struct, frozen=True):
    """Due every `every_seconds` (at least 1), in a phase of its own. Setting it again replaces it."""

    domain: str
    id: str
    every_seconds: float

    @property
    def subject(self) -> str:
        """Where the schedule is kept; purging it ends the timer."""
        return f"belfry.schedule.{self.domain}.{self.id}"

    @property
    def target(self) -> str:
        """Where the due messages come."""
        return f"belfry.due.{self.domain}.{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Nats-Schedule": schedule(self.id, self.every_seconds),
            "Nats-Schedule-Target": self.target,
            "Nats-Schedule-TTL": DUE_TTL,
        }


class Alarm(Struct, frozen=True):
    """Due once, at a moment (with a time zone); one that is past is due now. Setting it again replaces it."""

    domain: str
    id: str
    at: datetime

    @property
    def subject(self) -> str:
        return f"belfry.schedule.{self.domain}.{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Nats-Schedule": f"@at {self.at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}",
            "Nats-Schedule-Target": f"belfry.due.{self.domain}.{self.id}",
            "Nats-Schedule-TTL": DUE_TTL,
        }


def schedule(id: str, every_seconds: float) -> str:
    """JetStream's schedule expression. An interval that divides a minute, an hour or a day becomes a cron expression
    with an offset hashed from the id, so that phases spread and outlive restarts; any other one an `@every`."""
    every = round(every_seconds)
    if every != every_seconds or every < 1:
        return f"@every {every_seconds:g}s"
    offset = crc32(id.encode()) % every
    if MINUTE % every == 0:
        return f"{_steps(offset, every, 59)} * * * * *"
    if every % MINUTE == 0 and HOUR % every == 0:
        return f"{offset % 60} {_steps(offset // MINUTE, every // MINUTE, 59)} * * * *"
    if every % HOUR == 0 and DAY % every == 0:
        return f"{offset % 60} {offset // MINUTE % 60} {_steps(offset // HOUR, every // HOUR, 23)} * * *"
    return f"@every {every}s"


def _steps(first: int, step: int, last: int) -> str:
    """One field of a cron expression: `first` and every `step` after it, up to `last`."""
    return str(first) if first + step > last else f"{first}-{last}/{step}"
