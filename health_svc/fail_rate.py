"""The share of failed runs in the last hour, remembered in twelve slots of five minutes: nothing is counted again."""

from datetime import datetime

from msgspec import Struct

from shared.contracts.health.services import Result

SLOTS = 12
SLOT_SECONDS = 300


class Tally(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Runs that measured and those of them that failed, by slot, the newest first. `slot` numbers the newest."""

    slot: int = 0
    runs: list[int] = []
    failed: list[int] = []


def tallied(tally: Tally, result: Result, at: datetime) -> Tally:
    """The tally after one more run. `error` measured nothing and does not count."""
    if result == "error":
        return tally
    now = _at(tally, at)
    return Tally(
        slot=now.slot,
        runs=[now.runs[0] + 1, *now.runs[1:]],
        failed=[now.failed[0] + (result == "fail"), *now.failed[1:]],
    )


def fail_rate_pct(tally: Tally, at: datetime) -> float | None:
    """0 to 100; null when nothing was measured in the last hour."""
    now = _at(tally, at)
    runs = sum(now.runs)
    return 100 * sum(now.failed) / runs if runs else None


def _at(tally: Tally, at: datetime) -> Tally:
    """The slots as they stand then: new ones are empty, old ones are gone. A clock may run a little ahead; slots from
    farther in the future were a wrong clock's."""
    slot = int(at.timestamp()) // SLOT_SECONDS
    passed = slot - tally.slot
    if passed in (0, -1):
        return tally
    new = [0] * (min(passed, SLOTS) if passed > 0 else SLOTS)
    return Tally(slot=slot, runs=[*new, *tally.runs][:SLOTS], failed=[*new, *tally.failed][:SLOTS])
