"""The chain as it is stored: its steps in running order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, json, structs

from shared.contracts.catalogue import Interceptor
from shared.contracts.pipeline.chain import Chain, ChainStep
from shared.contracts.pipeline.revisions import Change, RevisionKind

Catalogue = Mapping[str, Interceptor]


class Step(Struct, frozen=True, kw_only=True):
    """`settings` are complete. `version`: the revision in which it was last switched or set."""

    id: str
    enabled: bool
    settings: dict[str, Any]
    version: int


class Saved(Struct, frozen=True, kw_only=True):
    """A revision."""

    revision: int
    kind: RevisionKind
    steps: list[Step]
    changes: list[Change]
    saved_by: str
    saved_at: datetime
    comment: str


def defaults_of(interceptor: Interceptor) -> dict[str, Any]:
    plain: dict[str, Any] = json.decode(json.encode(interceptor.settings()))
    return plain


def new_step(interceptor: Interceptor, revision: int) -> Step:
    return Step(id=interceptor.id, enabled=interceptor.enabled, settings=defaults_of(interceptor), version=revision)


def initial(catalogue: Catalogue) -> list[Step]:
    """The chain of a new Belfry, revision 1."""
    return [new_step(interceptor, 1) for interceptor in catalogue.values()]


def fitted(steps: Sequence[Step], catalogue: Catalogue, revision: int) -> list[Step]:
    """The stored chain as this release can run it: what it no longer has is off; what is new stands behind the step it
    follows in a new Belfry; settings of an older release are completed, and those it no longer knows are left out."""
    found = [_fitted_step(step, catalogue) for step in steps]
    ids = list(catalogue)
    for id in ids:
        if id not in {step.id for step in found}:
            known = {step.id: place for place, step in enumerate(found, 1)}
            place = next((known[other] for other in reversed(ids[: ids.index(id)]) if other in known), 0)
            found.insert(place, new_step(catalogue[id], revision))
    return found


def _fitted_step(step: Step, catalogue: Catalogue) -> Step:
    interceptor = catalogue.get(step.id)
    if interceptor is None:
        return structs.replace(step, enabled=False)
    defaults = defaults_of(interceptor)
    kept = {name: value for name, value in step.settings.items() if name in defaults}
    return structs.replace(step, enabled=step.enabled or interceptor.locked, settings={**defaults, **kept})


def reordered(steps: Sequence[Step], order: Sequence[str]) -> list[Step]:
    """`order` must name every step once."""
    by_id = {step.id: step for step in steps}
    return [by_id[id] for id in order]


def with_step(
    steps: Sequence[Step], id: str, enabled: bool | None = None, settings: Mapping[str, Any] | None = None
) -> list[Step]:
    """What is None stays; of the settings, those that are given change."""
    return [
        structs.replace(
            step,
            enabled=step.enabled if enabled is None else enabled,
            settings={**step.settings, **(settings or {})},
        )
        if step.id == id
        else step
        for step in steps
    ]


def stamped(before: Sequence[Step], after: Sequence[Step], revision: int) -> list[Step]:
    """The steps of `after` with their versions: those that differ from before were changed in `revision`."""
    known = {step.id: step for step in before}
    return [_stamped(known.get(step.id), step, revision) for step in after]


def _stamped(before: Step | None, after: Step, revision: int) -> Step:
    same = before is not None and (before.enabled, before.settings) == (after.enabled, after.settings)
    return structs.replace(after, version=before.version if same and before else revision)


def order_of(steps: Sequence[Step]) -> list[str]:
    return [step.id for step in steps]


def chain_of(revision: int, steps: Sequence[Step]) -> Chain:
    """As gateways build it."""
    return Chain(
        revision=revision, steps=[ChainStep(id=step.id, enabled=step.enabled, settings=step.settings) for step in steps]
    )
