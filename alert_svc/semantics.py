"""What a rule may say and yet cannot mean: every mistake at once, and what is allowed but looks wrong. Pure."""

import difflib
from collections.abc import Collection, Iterator
from zoneinfo import available_timezones

from msgspec import Struct

from alert_svc.catalogue import CATALOGUE, OURS, Known, unit_of
from alert_svc.matching import matches_all
from alert_svc.wording import duration, shown
from shared.contracts.alerts.policies import EscalationPolicySpec
from shared.contracts.alerts.quiet import MuteTimingSpec
from shared.contracts.alerts.rules import AlertRuleSpec, Matcher
from shared.contracts.wire import FieldError
from shared.patterns import PatternError

UPWARD, DOWNWARD = (">", ">="), ("<", "<=")
Errors = Iterator[FieldError]


class Names(Struct, frozen=True, kw_only=True):
    """What a rule may name. `metrics`: those that anyone has measured within 48 hours, with their units."""

    channels: Collection[str] = ()
    policies: Collection[str] = ()
    mute_timings: Collection[str] = ()
    metrics: dict[str, str] = {}


def rule_errors(spec: AlertRuleSpec, names: Names) -> list[FieldError]:
    return [
        *_metric_errors(spec, names),
        *_line_errors(spec, unit_of(spec.metric, names.metrics.get(spec.metric, ""))),
        *_sample_errors(spec),
        *matcher_errors("selector", spec.selector),
        *_unknown("channels", spec.channels, names.channels, "channel"),
        *_unknown("mute_timings", spec.mute_timings, names.mute_timings, "mute timing"),
        *_unknown_policy(spec, names),
    ]


def rule_warnings(spec: AlertRuleSpec, names: Names, matched: int) -> list[FieldError]:
    """Allowed, and yet it looks wrong. `matched`: how many series the rule watches."""
    known = CATALOGUE.get(spec.metric)
    return [*_silent_warnings(spec, names, matched), *_value_warnings(spec, known), *_label_warnings(spec, known)]


def policy_errors(policy: EscalationPolicySpec, channels: Collection[str]) -> list[FieldError]:
    return [
        error
        for number, step in enumerate(policy.steps)
        for error in _unknown(f"steps[{number}].channels", step.channels, channels, "channel")
    ]


def timing_errors(timing: MuteTimingSpec) -> list[FieldError]:
    errors = [
        FieldError(f"spans[{number}].days_of_month[{place}]", "must be 1 to 31, or -1 to -31 from the month's end")
        for number, span in enumerate(timing.spans)
        for place, day in enumerate(span.days_of_month)
        if day == 0
    ]
    if timing.time_zone not in available_timezones():
        close = difflib.get_close_matches(timing.time_zone, available_timezones(), n=1)
        hint = f". Did you mean {close[0]}?" if close else ", for example Europe/Berlin"
        errors.append(FieldError("time_zone", f"is not a time zone{hint}", close[0] if close else None))
    return errors


def matcher_errors(field: str, matchers: Collection[Matcher]) -> Errors:
    for number, matcher in enumerate(matchers):
        try:
            matches_all([matcher])
        except PatternError as error:
            yield FieldError(f"{field}[{number}].value", f"is not a pattern: {error}")


def _metric_errors(spec: AlertRuleSpec, names: Names) -> Errors:
    if spec.metric.startswith(OURS) and spec.metric not in CATALOGUE:
        close = difflib.get_close_matches(spec.metric, [*CATALOGUE, *names.metrics], n=1, cutoff=0.4)
        hint = f". Did you mean {close[0]}?" if close else ""
        yield FieldError("metric", f"Belfry has no metric {spec.metric}{hint}", close[0] if close else None)


def _line_errors(spec: AlertRuleSpec, unit: str) -> Errors:
    """Recovery on the good side of the threshold, critical on the bad one."""
    threshold = shown(spec.threshold, unit, spec.metric)
    if spec.operator not in UPWARD + DOWNWARD:
        for field in ("recovery_threshold", "critical_threshold"):
            if getattr(spec, field) is not None:
                yield FieldError(field, f"means nothing with {spec.operator}; leave it out")
        return
    is_upward = spec.operator in UPWARD
    fires, recovers, factor = ("above", "below", 0.8) if is_upward else ("below", "above", 1.25)
    recovery, critical = spec.recovery_threshold, spec.critical_threshold
    if recovery is not None and (recovery > spec.threshold if is_upward else recovery < spec.threshold):
        message = f"must be {recovers} {threshold}, because the rule fires {fires} it"
        yield FieldError("recovery_threshold", message, round(spec.threshold * factor, 6))
    if critical is not None and (critical < spec.threshold if is_upward else critical > spec.threshold):
        yield FieldError("critical_threshold", f"must be {fires} {threshold}, from where on the rule fires")


def _sample_errors(spec: AlertRuleSpec) -> Errors:
    known = CATALOGUE.get(spec.metric)
    if spec.min_samples and known is not None and not known.is_counted:
        yield FieldError("min_samples", f"values of {spec.metric} are not measured from samples; use 0", 0)


def _unknown(field: str, given: Collection[str], there: Collection[str], what: str) -> Errors:
    for number, name in enumerate(given):
        if name not in there:
            yield FieldError(f"{field}[{number}]", f"there is no {what} {name}")


def _unknown_policy(spec: AlertRuleSpec, names: Names) -> Errors:
    if spec.escalation_policy is not None and spec.escalation_policy not in names.policies:
        yield FieldError("escalation_policy", f"there is no policy {spec.escalation_policy}")


def _silent_warnings(spec: AlertRuleSpec, names: Names, matched: int) -> Errors:
    if matched:
        return
    if spec.metric not in names.metrics:
        close = difflib.get_close_matches(spec.metric, names.metrics, n=1)
        hint = f". Did you mean {close[0]}?" if close else ""
        yield FieldError("metric", f"nobody has measured {spec.metric} within the last 48 h{hint}")
    elif spec.selector:
        yield FieldError("selector", f"matches no series of {spec.metric}")


def _value_warnings(spec: AlertRuleSpec, known: Known | None) -> Errors:
    if known is None:
        return
    if known.unit == "%" and not 0 <= spec.threshold <= 100:
        yield FieldError("threshold", "is not a percentage from 0 to 100")
    if known.levels and spec.threshold not in known.levels.values():
        words = ", ".join(f"{word} is {level:g}" for word, level in known.levels.items())
        yield FieldError("threshold", f"is no status: {words}")
    if 0 < spec.duration < known.interval_seconds:
        every = duration(known.interval_seconds)
        yield FieldError("duration", f"is shorter than the time between two values, which is about {every}")


def _label_warnings(spec: AlertRuleSpec, known: Known | None) -> Errors:
    for number, matcher in enumerate(spec.selector):
        if known is not None and matcher.label not in known.labels:
            labels = ", ".join(known.labels)
            yield FieldError(f"selector[{number}].label", f"{spec.metric} has no label {matcher.label}, but {labels}")
