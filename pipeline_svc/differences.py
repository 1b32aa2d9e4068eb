"""What changed between two chains, and how two changes of one order are joined."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from pipeline_svc.document import Step
from shared.contracts.pipeline.revisions import Change, ChangeKind


def changes(before: Sequence[Step], after: Sequence[Step]) -> list[Change]:
    """What leads from one to the other: steps that had to move, then what became of each step."""
    old, new = {step.id: step for step in before}, {step.id: step for step in after}
    found = [Change(step=id, kind="added") for id in new if id not in old]
    found += [Change(step=id, kind="removed") for id in old if id not in new]
    both = [id for id in old if id in new], [id for id in new if id in old]
    places = {id: place for place, id in enumerate(old, 1)}, {id: place for place, id in enumerate(new, 1)}
    found += [
        Change(step=id, kind="moved", before=places[0][id], after=places[1][id]) for id in moved(both[0], both[1])
    ]
    for id in both[1]:
        found += _of_step(old[id], new[id])
    return found


def _of_step(before: Step, after: Step) -> list[Change]:
    found = []
    if before.enabled != after.enabled:
        kind: ChangeKind = "enabled" if after.enabled else "disabled"
        found.append(Change(step=after.id, kind=kind))
    if before.settings != after.settings:
        was, now = _different(before.settings, after.settings), _different(after.settings, before.settings)
        found.append(Change(step=after.id, kind="settings", before=was, after=now))
    return found


def _different(these: dict[str, Any], those: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in these.items() if name not in those or those[name] != value}


def moved(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """As few as possible that, taken out and put back elsewhere, make `after` of `before`; in the order of `after`."""
    place = {id: number for number, id in enumerate(before)}
    stay = _longest_rising([place[id] for id in after])
    return [id for number, id in enumerate(after) if number not in stay]


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The indexes of a longest rising subsequence."""
    ends: list[int] = []  # the smallest number a rising sequence of each length can end with
    at: list[int] = []  # and its index
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [index]
    found, index = set(), at[-1] if at else -1
    while index >= 0:
        found.add(index)
        index = before[index]
    return found


def merged_order(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> list[str] | None:
    """Their order with my moves: each step I moved goes right behind the one it follows in mine. None when the three
    are not of the same steps."""
    if not set(base) == set(theirs) == set(mine) or len(mine) != len(theirs):
        return None
    mine_moved = moved(base, mine)
    merged = [id for id in theirs if id not in set(mine_moved)]
    for id in mine_moved:
        place = mine.index(id)
        merged.insert(merged.index(mine[place - 1]) + 1 if place else 0, id)
    return merged
