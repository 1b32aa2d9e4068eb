"""Every change of the chain, and what keeps one from being saved."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from shared.contracts.pipeline.chain import Chain
from shared.contracts.pipeline.constraints import Violation
from shared.contracts.pipeline.document import Settings
from shared.contracts.wire import FieldError

Comment = Annotated[str, Meta(max_length=300)]


ChangeKind = Literal["moved", "enabled", "disabled", "settings", "added", "removed"]


RevisionKind = Literal["initial", "order", "step", "rollback", "return"]
"""What made a revision. `return`: a risky one was applied and not confirmed, so the one before came back."""


class Change(Struct, frozen=True, kw_only=True):
    """What a revision did to one step. `before` and `after`: its place from 1 when it moved, else the settings that
    differ."""

    step: str
    kind: ChangeKind
    before: Any = None
    after: Any = None


class Revision(Struct, frozen=True, kw_only=True):
    """A saved chain. `running_on`: the gateways that run it. `changes`: against the one before it."""

    revision: int
    kind: RevisionKind
    saved_by: str
    saved_at: datetime
    comment: str
    latest: bool
    running_on: list[str]
    changes: list[Change]


class Revisions(Struct, frozen=True, kw_only=True):
    """Newest first."""

    revisions: list[Revision]
    next_cursor: str | None


class RevisionDiff(Struct, frozen=True, kw_only=True):
    """What leads from one revision to another: of the steps that moved only those that had to."""

    from_revision: int
    to_revision: int
    from_order: list[str]
    to_order: list[str]
    changes: list[Change]


class Validation(Struct, frozen=True, kw_only=True):
    """Could it be saved? `errors`: bad settings by field, `<step>.<setting>`. `risky`: applied without a restart it has
    to be confirmed. `chain`: what would be saved, null when it is not valid."""

    valid: bool
    risky: bool
    violations: list[Violation]
    errors: list[FieldError]
    changes: list[Change]
    chain: Chain | None


class OrderConflict(Struct, frozen=True, kw_only=True):
    """Members of the 409 to an order made from an older revision. `merged_order`: the moves of both, null when they
    cannot be joined; `merge_violations`: what would keep it from being saved."""

    current_revision: int
    current_order: list[str]
    base_revision: int
    base_order: list[str]
    changed_by: str
    changed_at: datetime
    comment: str
    merged_order: list[str] | None
    merge_violations: list[Violation]


class StepConflict(Struct, frozen=True, kw_only=True):
    """Members of the 409 to a change of a step made from an older version of it."""

    current_revision: int
    current_version: int
    current_enabled: bool
    current_settings: Settings
    changed_by: str
    changed_at: datetime
    comment: str
