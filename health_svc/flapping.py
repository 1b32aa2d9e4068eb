"""Flapping: does a service change its mind too often to be believed?

The rule is Icinga's. Twenty slots hold whether each measured result differed from the one before it. A newer change
weighs more: the oldest slot 0.8, the newest 1.18. The weighted share of changes is the score; flapping starts above
30 % and ends at 25 %, so it does not flap itself.
"""

from msgspec import Struct

from shared.contracts.health.services import Result

SLOTS = 20
STARTS_ABOVE_PCT = 30.0
ENDS_AT_PCT = 25.0

_NEWEST_WEIGHT = 59  # tenths of a percent that a change adds; one less for each slot of age
_ALL_SLOTS = (1 << SLOTS) - 1


class Changes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last twenty slots, bit 0 the newest, and the last measured result."""

    bits: int = 0
    last: Result | None = None

    @property
    def count(self) -> int:
        return self.bits.bit_count()


def recorded(changes: Changes, result: Result) -> Changes:
    """Changes after one more result. `error` measured nothing and takes no slot; a first result changes nothing."""
    if result == "error":
        return changes
    changed = changes.last is not None and changes.last != result
    return Changes(bits=(changes.bits << 1 | changed) & _ALL_SLOTS, last=result)


def interrupted(changes: Changes) -> Changes:
    """Changes across a silence: what lies on its two sides is not compared."""
    return Changes(bits=changes.bits)


def score_pct(changes: Changes) -> float:
    """The weighted share of changes, 0 to 99 %."""
    return sum(_NEWEST_WEIGHT - age for age in range(SLOTS) if changes.bits >> age & 1) / 10


def is_flapping(changes: Changes, was_flapping: bool) -> bool:
    """Is the service flapping now? Depends on whether it already was."""
    return score_pct(changes) > (ENDS_AT_PCT if was_flapping else STARTS_ABOVE_PCT)
