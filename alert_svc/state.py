"""What the state machine of an alert knows: the terms of its rule, its memory, and how its series is fed."""

import math
from typing import Literal

import numpy as np
from msgspec import Struct

from shared.contracts.alerts.rules import AlertRuleSpec, AlertState, NoDataPolicy, Operator

ChangeKind = Literal[
    "pending", "cleared", "fired", "raised", "recovering", "fired_again", "resolved", "forgotten", "no_data", "data"
]  # fmt: skip
Cause = Literal["value", "time", "no_data", "missing_series"]
"""What led to a change: a value, time that passed, or that no values came."""

FRESH_SECONDS = 150.0
FRESH_INTERVALS = 3.0
MISSING_SECONDS = 900.0  # a series that is silent for so long, while others of its metric speak, is gone
RESOLVED_SECONDS = 900.0  # for so long an alert is shown as resolved

ACTIVE = ("firing", "recovering")
PASSIVE = ("inactive", "resolved", "no_data")


class Terms(Struct, frozen=True, kw_only=True):
    """When a rule fires and when it is well again. Thresholds are 32-bit numbers, as values are; durations seconds."""

    operator: Operator
    threshold: float
    recovery_threshold: float
    critical_threshold: float | None
    duration: float
    keep_firing_for: float
    no_data: NoDataPolicy
    min_samples: int


class Feed(Struct, frozen=True):
    """How a series is fed: its last value that counts was taken at `last_at`, is good for `fresh_seconds`, and some
    series of its metric had a value at `alive_at`. Times are epochs in seconds."""

    last_at: float
    fresh_seconds: float
    alive_at: float = -math.inf

    @property
    def fresh_until(self) -> float:
        return self.last_at + self.fresh_seconds


class Memory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where one series of a rule is. `since`: of the state; `at`: of the last change of anything here, so that what is
    older is left out; `value_at`: of the last value known then; `started_at`: of the first breach of what pends or
    fires; `critical_since`: the value has been beyond the critical threshold since then; `is_critical`: for so long
    that it counts."""

    state: AlertState = "inactive"
    since: float = -math.inf
    at: float = -math.inf
    value_at: float | None = None
    started_at: float | None = None
    fired_at: float | None = None
    critical_since: float | None = None
    is_critical: bool = False

    @property
    def known_at(self) -> float:
        """When its series had a value last, as far as is known from here alone."""
        return self.at if self.value_at is None else self.value_at


class Change(Struct, frozen=True):
    """One change of an alert, dated at the moment that led to it."""

    kind: ChangeKind
    from_state: AlertState
    to_state: AlertState
    at: float
    cause: Cause


Stepped = tuple[Memory, tuple[Change, ...]]


def terms_of(spec: AlertRuleSpec) -> Terms:
    recovery = spec.threshold if spec.recovery_threshold is None else spec.recovery_threshold
    critical = spec.critical_threshold
    return Terms(
        operator=spec.operator,
        threshold=single(spec.threshold),
        recovery_threshold=single(recovery),
        critical_threshold=None if critical is None else single(critical),
        duration=spec.duration,
        keep_firing_for=spec.keep_firing_for_seconds,
        no_data=spec.no_data,
        min_samples=spec.min_samples,
    )


def single(value: float) -> float:
    """The nearest 32-bit number, which is what series keep."""
    with np.errstate(over="ignore"):
        return float(np.float32(value))


def fresh_seconds(interval_seconds: float) -> float:
    """For how long a value is good, when one comes every `interval_seconds`."""
    return max(FRESH_SECONDS, FRESH_INTERVALS * interval_seconds)
