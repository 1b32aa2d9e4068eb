"""Escalation: an incident's own copy of a policy, and how far it has come. Everything is a pure function."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from shared.contracts.alerts.incidents import EscalationProgress
from shared.contracts.alerts.policies import EscalationPolicySpec, EscalationStep

State = Literal["running", "held", "stopped", "ended"]


class Escalation(Struct, frozen=True, kw_only=True):
    """`next_step` is due at `next_at`, as long as it runs; `told_at` of each step done in this loop."""

    policy_id: str
    name: str
    steps: list[EscalationStep]
    repeats: int
    repeat_delay_seconds: float
    told_at: list[datetime | None]
    next_at: datetime | None
    next_step: int = 0
    loop: int = 0
    state: State = "running"


def begun(policy_id: str, policy: EscalationPolicySpec, at: datetime) -> Escalation:
    return Escalation(
        policy_id=policy_id,
        name=policy.name,
        steps=policy.steps,
        repeats=policy.repeats,
        repeat_delay_seconds=policy.repeat_delay_seconds,
        told_at=[None] * len(policy.steps),
        next_at=at + _seconds(policy.steps[0].delay_seconds),
    )


def restarted(escalation: Escalation, now: datetime) -> Escalation:
    """As if it began now."""
    return replace(escalation, next_at=now + _seconds(escalation.steps[0].delay_seconds))


def is_due(escalation: Escalation, now: datetime) -> bool:
    return escalation.state == "running" and escalation.next_at is not None and escalation.next_at <= now


def stepped(escalation: Escalation, now: datetime) -> Escalation:
    """After its next step was done at `now`: the delays of what follows count from here."""
    step = escalation.next_step
    told_at = [*escalation.told_at[:step], now, *escalation.told_at[step + 1 :]]
    if step + 1 < len(escalation.steps):
        next_at = now + _seconds(escalation.steps[step + 1].delay_seconds)
        return replace(escalation, told_at=told_at, next_step=step + 1, next_at=next_at)
    if escalation.loop < escalation.repeats:
        wait_seconds = escalation.repeat_delay_seconds + escalation.steps[0].delay_seconds
        return replace(
            escalation, told_at=told_at, next_step=0, loop=escalation.loop + 1, next_at=now + _seconds(wait_seconds)
        )
    return replace(escalation, told_at=told_at, next_at=None, state="ended")


def stopped(escalation: Escalation) -> Escalation:
    """Somebody acknowledged, or it is over. One that has ended stays so."""
    if escalation.state == "ended":
        return escalation
    return replace(escalation, next_at=None, state="stopped")


def progress(escalation: Escalation, is_held: bool) -> EscalationProgress:
    """As it is shown."""
    goes_on = escalation.state == "running"
    return EscalationProgress(
        policy_id=escalation.policy_id,
        name=escalation.name,
        steps=escalation.steps,
        repeats=escalation.repeats,
        next_step=escalation.next_step if goes_on else None,
        loop=escalation.loop,
        next_at=escalation.next_at,
        told_at=escalation.told_at,
        state="held" if goes_on and is_held else escalation.state,
    )


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
