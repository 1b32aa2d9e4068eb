"""How long to wait before a child that ended is started again."""

from msgspec import Struct

FIRST_SECONDS, LONGEST_SECONDS = 0.5, 30.0
STEADY_SECONDS = 60.0  # who lived this long has nothing to answer for


class Backoff(Struct, frozen=True):
    """The wait before the next start."""

    seconds: float = FIRST_SECONDS


def after_end(backoff: Backoff, lived_seconds: float) -> tuple[float, Backoff]:
    """The wait now, and the backoff for the next end: doubled, and forgotten after a long life."""
    wait = FIRST_SECONDS if lived_seconds >= STEADY_SECONDS else backoff.seconds
    return wait, Backoff(min(wait * 2, LONGEST_SECONDS))
