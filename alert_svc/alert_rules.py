"""The state machine of an alert: from the values of one series to pending, firing and resolved.

Everything here is a pure function of its arguments, and the same for live evaluation and for preview. Between values
time passes by `advance`: whatever the moments at which it is asked, the changes and their times are the same.
"""

import math
import operator as compare
from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from alert_svc.state import (
    ACTIVE,
    MISSING_SECONDS,
    PASSIVE,
    RESOLVED_SECONDS,
    Cause,
    Change,
    ChangeKind,
    Feed,
    Memory,
    Stepped,
    Terms,
)
from shared.contracts.alerts.rules import AlertState, Operator

__all__ = ["advance", "breaches", "dismiss", "is_bad", "observe", "take"]

COMPARE: Mapping[Operator, Callable[[float, float], bool]] = {
    ">": compare.gt, ">=": compare.ge, "<": compare.lt, "<=": compare.le, "==": compare.eq, "!=": compare.ne,
}  # fmt: skip


def breaches(operator: Operator, value: float, threshold: float) -> bool:
    return COMPARE[operator](value, threshold)


def take(memory: Memory, terms: Terms, feed: Feed, at: float, value: float) -> Stepped:
    """The memory after a value taken at `at`, and the changes on the way, oldest first. `feed` is as it was before."""
    before, passed = advance(memory, terms, feed, at)
    after, changed = observe(before, terms, at, value)
    return (after if after is before else replace(after, value_at=at)), passed + changed


def observe(memory: Memory, terms: Terms, at: float, value: float) -> Stepped:
    """One value. What is older than the last change is left out: the very same memory comes back."""
    if at < memory.at:
        return memory, ()
    if is_bad(memory.state, terms, value):
        is_critical = terms.critical_threshold is not None and breaches(terms.operator, value, terms.critical_threshold)
        return _worse(memory, terms, at, "value", is_critical)
    return _better(memory, terms, at, "value")


def is_bad(state: AlertState, terms: Terms, value: float) -> bool:
    """What fires must come back beyond the recovery threshold; anything else only beyond the threshold."""
    return breaches(terms.operator, value, terms.recovery_threshold if state in ACTIVE else terms.threshold)


def advance(memory: Memory, terms: Terms, feed: Feed, until: float) -> Stepped:
    """What time alone leads to before `until`: durations that are over, and values that did not come."""
    changes: tuple[Change, ...] = ()
    while due := min(_dues(memory, terms, feed, until), key=lambda each: each[0], default=None):
        memory, more = due[1](memory, terms, due[0])
        changes += more
    if changes and math.isfinite(feed.last_at):
        memory = replace(memory, value_at=feed.last_at)
    return memory, changes


def dismiss(memory: Memory, at: float) -> Stepped:
    """Somebody ended it by hand, or its rule: resolved now; a value that is still bad begins anew."""
    if memory.state not in (*ACTIVE, "pending"):
        return memory, ()
    if memory.state == "pending":
        return _to(memory, "inactive", "cleared", max(at, memory.at), "time")
    return _to(memory, "resolved", "resolved", max(at, memory.at), "time")


# --- what time leads to -------------------------------------------------------------------------------------------

Due = tuple[float, Callable[[Memory, Terms, float], Stepped]]


def _dues(memory: Memory, terms: Terms, feed: Feed, until: float) -> Iterator[Due]:
    """Everything that is due before `until`; what is due first is done first."""
    for at, handle in (*_timers(memory, terms, feed), *_silences(memory, terms, feed)):
        if at < until:
            yield at, handle


def _timers(memory: Memory, terms: Terms, feed: Feed) -> Iterator[Due]:
    """A duration counts only as far as values are fresh, unless their absence means the same."""
    if memory.state == "pending":
        at = memory.since + terms.duration
        if at <= feed.fresh_until or terms.no_data == "alert":
            yield at, _fire
    elif memory.state == "recovering":
        at = memory.since + terms.keep_firing_for
        if at <= feed.fresh_until or terms.no_data == "ok":
            yield at, _resolve
    elif memory.state == "resolved":
        yield memory.since + RESOLVED_SECONDS, _forget
    elif memory.state == "firing" and memory.critical_since is not None and not memory.is_critical:
        at = memory.critical_since + terms.duration
        if at <= feed.fresh_until or terms.no_data == "alert":
            yield max(at, memory.at), _raise


def _silences(memory: Memory, terms: Terms, feed: Feed) -> Iterator[Due]:
    """No value has come for too long: what the rule's policy makes of that."""
    at = max(feed.fresh_until, memory.at)
    if memory.state == "pending" and terms.no_data in ("keep", "ok"):
        yield at, _clear
    if memory.state == "firing" and terms.no_data == "ok":
        yield at, _recover
    if memory.state in ("inactive", "resolved", "recovering") and terms.no_data == "alert":
        yield at, _miss
    if memory.state in ("inactive", "pending", "resolved") and terms.no_data == "no_data":
        yield at, _show_no_data
    if memory.state in ACTIVE and terms.no_data in ("keep", "no_data"):
        at = max(feed.last_at + max(MISSING_SECONDS, feed.fresh_seconds), memory.at)
        if feed.alive_at >= at:
            yield at, _end_missing


def _fire(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _fired(memory, terms, at, "time")


def _resolve(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _to(memory, "resolved", "resolved", at, "time")


def _forget(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _to(memory, "inactive", "forgotten", at, "time")


def _raise(memory: Memory, terms: Terms, at: float) -> Stepped:
    raised = replace(memory, is_critical=True, at=at)
    return raised, (Change("raised", memory.state, memory.state, at, "time"),)


def _clear(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _to(memory, "inactive", "cleared", at, "no_data")


def _recover(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _better(memory, terms, at, "no_data")


def _miss(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _worse(memory, terms, at, "no_data", is_critical=False)


def _show_no_data(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _to(memory, "no_data", "no_data", at, "no_data")


def _end_missing(memory: Memory, terms: Terms, at: float) -> Stepped:
    return _to(memory, "resolved", "resolved", at, "missing_series")


# --- what a value leads to ----------------------------------------------------------------------------------------


def _worse(memory: Memory, terms: Terms, at: float, cause: Cause, is_critical: bool) -> Stepped:
    if memory.state in PASSIVE:
        started = replace(memory, started_at=at, fired_at=None, is_critical=False, critical_since=None)
        started = _critical(started, at, is_critical)
        if terms.duration <= 0:
            return _fired(started, terms, at, cause)
        return _to(started, "pending", "pending", at, cause)
    memory = _critical(memory, at, is_critical)
    if memory.state == "pending" and at - memory.since >= terms.duration:
        return _fired(memory, terms, at, cause)
    if memory.state == "recovering":
        return _to(memory, "firing", "fired_again", at, cause)
    if memory.state == "firing" and not memory.is_critical and _long_critical(memory, terms, at):
        return _raise(memory, terms, at)
    return memory, ()


def _better(memory: Memory, terms: Terms, at: float, cause: Cause) -> Stepped:
    memory = _critical(memory, at, False)
    if memory.state == "pending":
        return _to(memory, "inactive", "cleared", at, cause)
    if memory.state == "no_data":
        return _to(memory, "inactive", "data", at, cause)
    if memory.state == "firing" and terms.keep_firing_for > 0:
        return _to(memory, "recovering", "recovering", at, cause)
    if memory.state == "firing" or (memory.state == "recovering" and at - memory.since >= terms.keep_firing_for):
        return _to(memory, "resolved", "resolved", at, cause)
    return memory, ()


def _critical(memory: Memory, at: float, is_critical: bool) -> Memory:
    """Remembers since when the value is beyond the critical threshold."""
    if is_critical == (memory.critical_since is not None):
        return memory
    return replace(memory, critical_since=at if is_critical else None, at=at)


def _long_critical(memory: Memory, terms: Terms, at: float) -> bool:
    return memory.critical_since is not None and at - memory.critical_since >= terms.duration


def _fired(memory: Memory, terms: Terms, at: float, cause: Cause) -> Stepped:
    fired = replace(memory, fired_at=at, is_critical=_long_critical(memory, terms, at))
    return _to(fired, "firing", "fired", at, cause)


def _to(memory: Memory, state: AlertState, kind: ChangeKind, at: float, cause: Cause) -> Stepped:
    change = Change(kind, memory.state, state, at, cause)
    return replace(memory, state=state, since=at, at=at), (change,)
