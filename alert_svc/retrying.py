"""What becomes of a message after an attempt. Pure: time and chance are arguments."""

from datetime import datetime, timedelta

from msgspec import Struct

from alert_svc.senders.outgoing import Receipt, SendFault
from shared.contracts.alerts.deliveries import DeliveryState, SendError

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 300.0
LEAST_SHARE = 0.25
ASK_AFTER = timedelta(seconds=5)


class Outcome(Struct, frozen=True, kw_only=True):
    """To be recorded, if `attempt` is still the last one. `next_at`: when it is tried again, or, once it is sent, when
    the provider is asked whether it arrived."""

    id: str
    attempt: int
    state: DeliveryState
    at: datetime
    detail: str
    next_at: datetime | None = None
    provider_id: str | None = None
    error: SendError | None = None
    done: tuple[str, ...] = ()


def accepted(id: str, attempt: int, receipt: Receipt, now: datetime) -> Outcome:
    """Over; except that some providers are asked later whether it arrived."""
    return Outcome(
        id=id,
        attempt=attempt,
        state="sent" if receipt.awaits_word else "accepted",
        at=now,
        detail=receipt.detail,
        next_at=now + ASK_AFTER if receipt.awaits_word else None,
        provider_id=receipt.provider_id,
    )


def dropped(id: str, attempt: int, why: str, now: datetime) -> Outcome:
    return Outcome(id=id, attempt=attempt, state="dropped", at=now, detail=why)


def after(id: str, attempt: int, fault: SendFault, give_up_at: datetime, now: datetime, chance: float) -> Outcome:
    """`chance`: 0 to 1. What is not for good is tried until `give_up_at`, later and later."""
    error = fault.error
    next_at = now + timedelta(seconds=wait_seconds(attempt, fault.retry_after_seconds, chance))
    if error.is_permanent or next_at > give_up_at:
        detail = error.detail if error.is_permanent else f"Given up after {attempt} attempts: {error.detail}"
        return Outcome(id=id, attempt=attempt, state="failed", at=now, detail=detail, error=error, done=fault.done)
    return Outcome(
        id=id, attempt=attempt, state="retrying", at=now, detail=error.detail, next_at=next_at, error=error,
        done=fault.done,
    )  # fmt: skip


def wait_seconds(attempt: int, retry_after: float | None, chance: float) -> float:
    """Twice as long after each attempt, up to five minutes, of which chance takes up to three quarters: what failed
    together does not come again together. Never sooner than the provider asks, and soon after that."""
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempt - 1, 20))
    own: float = longest * (LEAST_SHARE + (1 - LEAST_SHARE) * chance)
    return own if retry_after is None else retry_after + min(own, 1.0)
