"""Escalation policies: who is told next, and when, while nobody acknowledges."""

from typing import Annotated

from msgspec import Meta, Struct

from shared.contracts.alerts.rules import AlertName, Note, RuleSource, Version
from shared.contracts.wire import Id

Delay = Annotated[float, Meta(ge=0, le=86_400)]


class EscalationStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tell these channels `delay_seconds` after the step before (after the alert fired, for the first)."""

    channels: Annotated[list[Id], Meta(min_length=1, max_length=20)]
    delay_seconds: Delay = 0.0
    name: Annotated[str, Meta(max_length=100)] = ""


class EscalationPolicySpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps, one after the other, until somebody acknowledges or the alert resolves; then again `repeats` times, each
    time `repeat_delay_seconds` after the last step. An edit does not change an escalation that runs."""

    name: AlertName
    steps: Annotated[list[EscalationStep], Meta(min_length=1, max_length=20)]
    repeats: Annotated[int, Meta(ge=0, le=100)] = 0
    repeat_delay_seconds: Annotated[float, Meta(ge=60, le=86_400)] = 600.0
    id: Id | None = None
    note: Note = ""
    version: Version | None = None


class EscalationPolicy(Struct, frozen=True, kw_only=True):
    """`used_by`: the rules that name it; `running`: open incidents that escalate by it, each by its own copy."""

    id: str
    name: str
    steps: list[EscalationStep]
    repeats: int
    repeat_delay_seconds: float
    note: str
    version: int
    source: RuleSource
    used_by: list[str]
    running: list[str]


class EscalationPolicies(Struct, frozen=True, kw_only=True):
    policies: list[EscalationPolicy]
