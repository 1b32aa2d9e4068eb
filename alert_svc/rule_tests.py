"""Unit tests of rules: given series, and what rules are to say at some moments. Pure.

The engine of live evaluation goes through the series as if they were heard, one value after the other.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from alert_svc.board import ORDER
from alert_svc.book import Alert, watched
from alert_svc.catalogue import unit_of
from alert_svc.engine import Engine
from alert_svc.matching import matches_all
from alert_svc.series import Sample
from alert_svc.wording import duration, shown, title_of
from shared.contracts.alerts.metrics import LabelName, LabelValue, MetricName
from shared.contracts.alerts.rules import AlertName, AlertRuleSpec, AlertState, Matcher, Severity
from shared.contracts.wire import FieldError, Id

START = 1_000_000_020.0  # the first moment of every test, a whole minute
LONGEST = 10_000  # values of one series

Values = Annotated[str, Meta(min_length=1, max_length=10_000)]
Seconds = Annotated[float, Meta(ge=0, le=31_536_000)]

_DIGITS = r"[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]{1,2})?"
_NUMBER = re.compile(rf"-?{_DIGITS}")
_REPEATED = re.compile(rf"(?P<first>-?{_DIGITS})(?P<step>[+-]{_DIGITS})?x(?P<times>[0-9]{{1,9}})")
_MISSING = re.compile(r"_(?:x(?P<times>[0-9]{1,9}))?")


class GivenSeries(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value each `interval_seconds`: numbers, `_` for none, `5x3` for 5 and three times 5 more, `0+10x4` for 0, 10,
    20, 30, 40, `_x3` for three that are missing. `counts`: from how many samples each value was measured, in the same
    notation."""

    metric: MetricName
    values: Values
    labels: dict[LabelName, LabelValue] = {}
    counts: Values | None = None


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule is to say at a moment: of the series with these labels, or the worst of all its series."""

    at_seconds: Seconds
    rule: Id
    state: AlertState
    labels: dict[LabelName, LabelValue] = {}
    severity: Severity | None = None


class RuleTest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`interval_seconds`: between the values of each series, which begin at 0 s."""

    name: AlertName
    series: Annotated[list[GivenSeries], Meta(max_length=1000)]
    expect: Annotated[list[Expected], Meta(min_length=1, max_length=1000)]
    interval_seconds: Annotated[float, Meta(gt=0, le=86_400)] = 60.0


def mistakes_of(test: RuleTest, rules: Sequence[AlertRuleSpec]) -> list[FieldError]:
    """What a test cannot mean."""
    known = {rule.id for rule in rules}
    errors = [
        FieldError(f"expect[{number}].rule", f"there is no rule {each.rule} in this file")
        for number, each in enumerate(test.expect)
        if each.rule not in known
    ]
    for number, series in enumerate(test.series):
        for field in ("values", "counts"):
            try:
                notation = getattr(series, field)
                _ = notation and values_of(notation)
            except ValueError as error:
                errors.append(FieldError(f"series[{number}].{field}", str(error)))
    return errors


def failures(test: RuleTest, rules: Sequence[AlertRuleSpec]) -> list[tuple[int, str]]:
    """The place of each expectation that was not met, and what was found instead."""
    engine = Engine()
    for rule in rules:
        engine.book.add_rule(watched(rule.id or "", 1, 0.0, rule))
    waiting = sorted((sample for series in test.series for sample in _samples(series, test.interval_seconds)), key=_at)
    found: list[tuple[int, str]] = []
    for number, each in sorted(enumerate(test.expect), key=lambda pair: pair[1].at_seconds):
        now = START + each.at_seconds
        while waiting and waiting[0].at <= now:
            engine.hear([waiting.pop(0)])
        engine.pass_time(math.nextafter(now, math.inf))
        if wrong := _wrong(engine, each, now):
            found.append((number, f"after {duration(each.at_seconds)}: {wrong}"))
    return sorted(found)


def values_of(notation: str) -> list[float | None]:
    """Raises ValueError."""
    found: list[float | None] = []
    for word in notation.split():
        found += _values(word)
        if len(found) > LONGEST:
            raise ValueError(f"is longer than {LONGEST} values")
    return found


def _values(word: str) -> list[float | None]:
    if missing := _MISSING.fullmatch(word):
        return [None] * min(int(missing["times"] or 1), LONGEST + 1)
    if repeated := _REPEATED.fullmatch(word):
        first, step = float(repeated["first"]), float(repeated["step"] or 0)
        return [first + step * number for number in range(min(int(repeated["times"]), LONGEST) + 1)]
    if not _NUMBER.fullmatch(word):
        raise ValueError(f"{word} is neither a number nor one of _, _x3, 5x3, 0+10x4")
    return [float(word)]


def _samples(series: GivenSeries, every: float) -> Iterator[Sample]:
    values = values_of(series.values)
    counts = values_of(series.counts) if series.counts else []
    for number, value in enumerate(values):
        count = counts[min(number, len(counts) - 1)] if counts else None
        if value is not None:
            yield Sample(series.metric, series.labels, START + number * every, value, count, every)


def _wrong(engine: Engine, expected: Expected, now: float) -> str:
    of_these = matches_all([Matcher(label=label, value=value) for label, value in expected.labels.items()])
    alerts = [alert for alert in engine.book.of_rule(expected.rule) if of_these(engine.store.info(alert.row).labels)]
    worst = min(alerts, key=lambda alert: ORDER.index(alert.memory.state), default=None)
    if worst is None:
        return "" if expected.state == "inactive" and not expected.labels else f"no series of {expected.rule} is there"
    severity = "critical" if worst.memory.is_critical else worst.rule.spec.severity
    if worst.memory.state == expected.state and expected.severity in (None, severity):
        return ""
    wanted = " ".join(each for each in (expected.state, expected.severity) if each)
    return f"{expected.rule} is {worst.memory.state} ({severity}), expected {wanted}; {_said(engine, worst, now)}"


def _said(engine: Engine, alert: Alert, now: float) -> str:
    """`POST /checkout: 520 ms, 60 s old`."""
    info = engine.store.info(alert.row)
    value, age = float(engine.store.value[alert.row]), now - float(engine.store.at[alert.row])
    text = shown(value, unit_of(info.metric, info.unit), info.metric)
    return f"{title_of(info.labels, info.metric)}: {text}, {duration(age)} old"


def _at(sample: Sample) -> float:
    return sample.at
