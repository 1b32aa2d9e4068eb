"""Where a step may stand, and what is wrong with an order."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from shared.contracts.wire import Id

Order = Annotated[list[Id], Meta(min_length=1, max_length=100)]


ConstraintKind = Literal["before", "after", "requires"]


class When(Struct, frozen=True):
    """A constraint that holds only while a setting of the step has one of these values."""

    setting: str
    values: list[str]


class Constraint(Struct, frozen=True, kw_only=True):
    """`before`, `after`: where the step may stand, switched on or off. `requires`: what must be on while it is on.
    `reason`: a sentence for people."""

    kind: ConstraintKind
    others: list[str]
    reason: str
    when: When | None = None


class Violation(Struct, frozen=True, kw_only=True):
    """A rule that does not hold, such as `rate_limit_after_auth`. `rule` may also be `locked`, `permutation` or
    `lock_out`. `nearest_place`: from 1, the closest one to what was asked at which `step` breaks no rule;
    `nearest_order`: the whole order with it there. Both null where moving that step alone does not help."""

    rule: str
    step: str
    other: str | None
    message: str
    nearest_place: int | None = None
    nearest_order: list[str] | None = None
