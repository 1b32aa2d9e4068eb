"""Revisions of the chain of the shop's gateways, what lies between two of them, and conflicts over the next."""

from msgspec import structs

from shared.contracts.pipeline.chain import AppliedChain, Chain, ChainStep
from shared.contracts.pipeline.constraints import Violation
from shared.contracts.pipeline.revisions import (
    Change,
    OrderConflict,
    Revision,
    RevisionDiff,
    Revisions,
    StepConflict,
    Validation,
)
from shared.contracts.wire import FieldError
from tests.contracts.shop.clock import ago
from tests.contracts.shop.pipeline import DAY, OFF, ORDER_42, settings_of

CACHE_OFF = Change(step="cache", kind="disabled")


MORE_REQUESTS = Change(step="rate_limit", kind="settings", before={"requests": 300}, after={"requests": 600})


CACHE_MOVED = Change(step="cache", kind="moved", before=16, after=15)


REVISIONS = Revisions(
    revisions=[
        Revision(
            revision=42,
            kind="step",
            saved_by="ana",
            saved_at=ago(120),
            comment="Cache off while the ledger is down",
            latest=True,
            running_on=[],
            changes=[CACHE_OFF],
        ),
        Revision(
            revision=41,
            kind="step",
            saved_by="dana",
            saved_at=ago(3 * DAY),
            comment="Rate limit 300 to 600 a minute",
            latest=False,
            running_on=["gw-0", "gw-1"],
            changes=[MORE_REQUESTS],
        ),
        Revision(
            revision=40,
            kind="order",
            saved_by="ana",
            saved_at=ago(4 * DAY),
            comment="Cache before compression",
            latest=False,
            running_on=[],
            changes=[CACHE_MOVED],
        ),
        Revision(
            revision=39,
            kind="rollback",
            saved_by="token:tok-0011",
            saved_at=ago(7 * DAY),
            comment="Rolled back to 37",
            latest=False,
            running_on=[],
            changes=[Change(step="timeout", kind="settings", before={"seconds": 2.0}, after={"seconds": 10.0})],
        ),
        Revision(
            revision=38,
            kind="return",
            saved_by="dana",
            saved_at=ago(7 * DAY + 60),
            comment="37 came back: 36 was not confirmed in time",
            latest=False,
            running_on=[],
            changes=[],
        ),
    ],
    next_cursor="38",
)


ORDER_39 = [*ORDER_42[:14], "compression", "cache", *ORDER_42[16:]]


DIFF = RevisionDiff(
    from_revision=39,
    to_revision=42,
    from_order=ORDER_39,
    to_order=ORDER_42,
    changes=[CACHE_MOVED, MORE_REQUESTS, CACHE_OFF],
)


NOT_ABOVE_AUTH = Violation(
    rule="rate_limit_after_auth",
    step="rate_limit",
    other="auth",
    message="rate_limit not before auth: it counts by who is signed in, and auth finds that out",
    nearest_place=13,
    nearest_order=ORDER_42,
)


REFUSED = Validation(
    valid=False,
    risky=True,
    violations=[NOT_ABOVE_AUTH],
    errors=[FieldError("rate_limit.burst", "must be at least 60, a tenth of requests")],
    changes=[Change(step="rate_limit", kind="moved", before=14, after=12)],
    chain=None,
)


CHAIN = Chain(revision=42, steps=[ChainStep(id=id, enabled=id not in OFF, settings=settings_of(id)) for id in ORDER_42])


ACCEPTED = structs.replace(
    REFUSED, valid=True, violations=[], errors=[], chain=structs.replace(CHAIN, revision=43), changes=[CACHE_MOVED]
)


APPLIED = AppliedChain(number=7, chain=structs.replace(CHAIN, revision=41))


def _moved(order: list[str], id: str, place: int) -> list[str]:
    rest = [each for each in order if each != id]
    return [*rest[: place - 1], id, *rest[place - 1 :]]


DANAS = _moved(_moved(ORDER_42, "timeout", 8), "in_flight", 9)


CONFLICT = OrderConflict(
    current_revision=43,
    current_order=DANAS,
    base_revision=42,
    base_order=ORDER_42,
    changed_by="dana",
    changed_at=ago(40),
    comment="Reject slow clients earlier",
    merged_order=_moved(_moved(DANAS, "circuit_breaker", 14), "rate_limit", 16),
    merge_violations=[],
)


STEP_CONFLICT = StepConflict(
    current_revision=43,
    current_version=6,
    current_enabled=True,
    current_settings={**settings_of("rate_limit"), "requests": 900, "burst": 90},
    changed_by="dana",
    changed_at=ago(40),
    comment="Sale day",
)
