"""Which chains there may be: where a step may stand, what it needs, and where else it could go."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pipeline_svc.differences import moved
from pipeline_svc.document import Catalogue, Step, order_of
from shared.contracts.catalogue import Interceptor
from shared.contracts.pipeline.constraints import Constraint, Violation

WORDS = {"before": "not after", "after": "not before", "requires": "not without"}


class Broken(Struct, frozen=True):
    """A constraint of `step` that does not hold for `other`."""

    step: str
    other: str
    constraint: Constraint


def violations(steps: Sequence[Step], catalogue: Catalogue, before: Sequence[str] | None = None) -> list[Violation]:
    """Every rule that does not hold; none means that gateways can run it. `before`: the order it was made from, to tell
    which step of two was moved."""
    locked = [_locked(step.id) for step in steps if not step.enabled and _is_locked(step.id, catalogue)]
    return locked + [_violation(broken, steps, catalogue, before) for broken in _broken(steps, catalogue)]


def wrong_members(order: Sequence[str], known: Sequence[str]) -> list[Violation]:
    """What keeps an order from naming every step once."""
    twice = [id for place, id in enumerate(order) if id in order[:place]]
    found = [(id, f"{id} is named more than once") for id in dict.fromkeys(twice)]
    found += [(id, f"There is no step {id}") for id in dict.fromkeys(order) if id not in known]
    found += [(id, f"{id} is missing: send all steps, also those that are off") for id in known if id not in order]
    return [Violation(rule="permutation", step=id, other=None, message=message) for id, message in found]


def risky(before: Sequence[Step], after: Sequence[Step], catalogue: Catalogue) -> bool:
    """May people be kept out who were not before? That is: a step that refuses is new, or refuses by other rules."""
    ran = {step.id: step.settings for step in before if step.enabled}
    return any(
        step.enabled and step.id in catalogue and catalogue[step.id].risky and ran.get(step.id) != step.settings
        for step in after
    )


def _broken(steps: Sequence[Step], catalogue: Catalogue) -> Iterator[Broken]:
    places = {step.id: place for place, step in enumerate(steps)}
    on = {step.id for step in steps if step.enabled}
    for step in steps:
        for constraint in _constraints(catalogue.get(step.id), step.settings):
            for other in constraint.others:
                if other in places and not _holds(constraint, step.id, other, places, on):
                    yield Broken(step.id, other, constraint)


def _constraints(interceptor: Interceptor | None, settings: Mapping[str, Any]) -> list[Constraint]:
    """Those that apply with these settings."""
    if interceptor is None:
        return []
    return [c for c in interceptor.constraints if c.when is None or settings.get(c.when.setting) in c.when.values]


def _holds(constraint: Constraint, step: str, other: str, places: Mapping[str, int], on: set[str]) -> bool:
    if constraint.kind == "requires":
        return step not in on or other in on
    return (places[step] < places[other]) == (constraint.kind == "before")


def _is_locked(id: str, catalogue: Catalogue) -> bool:
    return id in catalogue and catalogue[id].locked


def _locked(id: str) -> Violation:
    return Violation(rule="locked", step=id, other=None, message=f"{id} is always on")


def _violation(broken: Broken, steps: Sequence[Step], catalogue: Catalogue, before: Sequence[str] | None) -> Violation:
    kind, reason = broken.constraint.kind, broken.constraint.reason
    mover = broken.step
    place, order = None, None
    if kind != "requires":
        mover = _mover(broken, order_of(steps), catalogue, before)
        place, order = nearest(steps, mover, catalogue)
    return Violation(
        rule=f"{broken.step}_{kind}_{broken.other}",
        step=mover,
        other=broken.other if mover == broken.step else broken.step,
        message=f"{broken.step} {WORDS[kind]} {broken.other}: {reason[0].lower()}{reason[1:]}",
        nearest_place=place,
        nearest_order=order,
    )


def _mover(broken: Broken, order: Sequence[str], catalogue: Catalogue, before: Sequence[str] | None) -> str:
    """Of the two that cannot stand so, the one that was moved there; else the one that is not locked."""
    pair = (broken.step, broken.other)
    candidates = [id for id in pair if not _is_locked(id, catalogue)] or [broken.step]
    if before is not None and set(before) == set(order):
        were = set(moved(before, order))
        candidates = [id for id in candidates if id in were] or candidates
    return candidates[0]


def nearest(steps: Sequence[Step], id: str, catalogue: Catalogue) -> tuple[int | None, list[str] | None]:
    """The place from 1 closest to where the step stands at which it breaks no rule, and the order with it there."""
    here = order_of(steps).index(id)
    rest = [step for step in steps if step.id != id]
    for place in sorted(range(len(steps)), key=lambda place: (abs(place - here), place)):
        candidate = [*rest[:place], steps[here], *rest[place:]]
        if not any(id in (b.step, b.other) for b in _broken(candidate, catalogue) if b.constraint.kind != "requires"):
            return place + 1, order_of(candidate)
    return None, None
