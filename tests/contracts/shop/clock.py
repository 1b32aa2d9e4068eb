"""The moment at which the shop is seen."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 14, 8, 20, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def today(clock: str) -> datetime:
    """`14:02:08` of the day the shop is seen on."""
    return datetime.combine(NOW.date(), datetime.strptime(clock, "%H:%M:%S").time(), UTC)
