"""Why did a rule (not) fire? The last values of its series, compared as evaluation does, and what they led to. Pure."""

from bisect import bisect_right
from collections.abc import Sequence
from heapq import nlargest

from alert_svc.alert_rules import breaches
from alert_svc.book import Alert
from alert_svc.catalogue import unit_of
from alert_svc.drafts import moment
from alert_svc.engine import Engine
from alert_svc.store.alerts import Passed
from alert_svc.store.rules import StoredRule
from alert_svc.wording import BEYOND, shown, title_of
from shared.contracts.alerts.rules import AlertRuleSpec, AlertState, Evaluation

MOST_SERIES = 20


def last(engine: Engine, rule: StoredRule, past: Sequence[Passed], limit: int) -> list[Evaluation]:
    """Newest first: of the series that had a value last, those that are not inactive before all others."""
    alerts = engine.book.of_rule(rule.id)
    chosen = nlargest(
        MOST_SERIES, alerts, key=lambda each: (each.memory.state != "inactive", engine.store.at[each.row])
    )
    found = [each for alert in chosen for each in _of_series(engine, rule.spec, alert, past)]
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]


def _of_series(engine: Engine, spec: AlertRuleSpec, alert: Alert, past: Sequence[Passed]) -> list[Evaluation]:
    store = engine.store
    info = store.info(alert.row)
    unit = unit_of(info.metric, info.unit)
    counts = dict(store.recent(info.count_row)) if info.count_row >= 0 else {}
    changes = [change for change in past if change.series == info.key]
    times = [change.at.timestamp() for change in changes]
    found = []
    for at, value in store.recent(alert.row):
        count = counts.get(at)
        outcome, reason = _outcome(spec, value, count, unit)
        place = bisect_right(times, at + 0.001)
        state: AlertState = changes[place - 1].to_state if place else "inactive"
        found.append(
            Evaluation(
                at=moment(at),
                title=title_of(info.labels, spec.metric),
                labels=info.labels,
                value=value,
                count=count,
                outcome=outcome,  # type: ignore[arg-type]
                state=state,
                reason=reason,
            )
        )
    return found


def _outcome(spec: AlertRuleSpec, value: float, count: float | None, unit: str) -> tuple[str, str]:
    now, beyond = shown(value, unit, spec.metric), BEYOND[spec.operator]
    line = shown(spec.threshold, unit, spec.metric)
    if count is not None and count < spec.min_samples:
        return "too_few", f"{count:g} samples, {spec.min_samples} are needed"
    if breaches(spec.operator, value, spec.threshold):
        return "breach", f"{now} is {beyond} {line}"
    recovery = spec.recovery_threshold
    if recovery is not None and breaches(spec.operator, value, recovery):
        return "between", f"{now} is not {beyond} {line}, but {beyond} {shown(recovery, unit)}"
    return "ok", f"{now} is not {beyond} {line}"
