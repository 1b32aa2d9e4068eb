"""Rules as they are shown: the worst of their alerts, in words. Pure, from the engine as it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, structs

from alert_svc.alert_rules import is_bad
from alert_svc.book import Alert
from alert_svc.catalogue import unit_of
from alert_svc.drafts import moment
from alert_svc.engine import Engine
from alert_svc.semantics import Names, rule_warnings
from alert_svc.state import Feed
from alert_svc.store.rules import StoredRule
from alert_svc.wording import BEYOND, clock, condition, duration, shown
from shared.contracts.alerts.rules import AlertRule, AlertRuleSpec, AlertState, RuleState

ORDER: tuple[RuleState, ...] = ("firing", "recovering", "pending", "no_data", "resolved", "inactive", "paused")


class Around(Struct, frozen=True, kw_only=True):
    """What the store knows of rules: their open incidents and when they last fired."""

    open_incidents: Mapping[str, Sequence[str]] = {}
    last_fired_at: Mapping[str, datetime] = {}
    names: Names = Names()
    evaluated_at: datetime | None = None


class Seen(Struct, frozen=True):
    """One alert as it is shown."""

    alert: Alert
    state: AlertState
    value: float | None
    feed: Feed


def shown_rule(rule: StoredRule, engine: Engine, around: Around, now: float) -> AlertRule:
    seen = [_seen(alert, engine, now) for alert in engine.book.of_rule(rule.id)] if rule.spec.enabled else []
    worst = min(seen, key=lambda each: (ORDER.index(each.state), _badness(rule.spec, each.value)), default=None)
    state: RuleState = "paused" if not rule.spec.enabled else worst.state if worst else "no_data"
    unit = unit_of(rule.spec.metric, around.names.metrics.get(rule.spec.metric, ""))
    pending_until = None
    if worst is not None and worst.state == "pending":
        pending_until = moment(worst.alert.memory.since + rule.spec.duration)
    spec = structs.asdict(rule.spec) | {"id": rule.id, "version": rule.version}
    counted = [each.state for each in seen]
    return AlertRule(
        **spec,
        state=state,
        unit=unit,
        since=_since(rule, worst),
        value=worst.value if worst else None,
        reason=_reason(rule, worst, len(seen), unit, now),
        pending_until=pending_until,
        series=len(seen),
        firing=counted.count("firing") + counted.count("recovering"),
        pending=counted.count("pending"),
        no_data_series=counted.count("no_data"),
        open_incidents=list(around.open_incidents.get(rule.id, ())),
        last_fired_at=around.last_fired_at.get(rule.id),
        evaluated_at=around.evaluated_at if rule.spec.enabled else None,
        warnings=rule_warnings(rule.spec, around.names, len(seen)) if rule.spec.enabled else [],
        source=rule.source,
        created_by=rule.created_by,
        created_at=rule.created_at,
        updated_by=rule.updated_by,
        updated_at=rule.updated_at,
    )


def in_order(rules: Sequence[AlertRule]) -> list[AlertRule]:
    """Firing, pending, without data, fine, paused; then by name."""
    return sorted(rules, key=lambda each: (ORDER.index(each.state), each.name.casefold(), each.id))


def _seen(alert: Alert, engine: Engine, now: float) -> Seen:
    """Its state; no data also where the last state is kept."""
    value = float(engine.store.value[alert.row])
    feed = engine.book.columns.feed(alert.place, now)
    is_silent = now > feed.fresh_until and alert.memory.state in ("inactive", "resolved")
    return Seen(alert, "no_data" if is_silent else alert.memory.state, value if value == value else None, feed)


def _badness(spec: AlertRuleSpec, value: float | None) -> float:
    """Smaller is worse."""
    if value is None:
        return float("inf")
    return value if spec.operator in ("<", "<=") else -value


def _since(rule: StoredRule, worst: Seen | None) -> datetime | None:
    if worst is None or not rule.spec.enabled:
        return rule.updated_at
    since = worst.feed.fresh_until if worst.state == "no_data" else worst.alert.memory.since
    return moment(since) if abs(since) < float("inf") else rule.updated_at


def _reason(rule: StoredRule, worst: Seen | None, series: int, unit: str, now: float) -> str:
    spec = rule.spec
    if not spec.enabled:
        return f"Paused by {rule.updated_by}"
    if worst is None:
        return "No series matches"
    value = shown(worst.value, unit, spec.metric)
    match worst.state:
        case "firing":
            return f"{value}, {condition(spec, unit)}"
        case "recovering":
            return f"{value}, recovering for {duration(max(0, now - worst.alert.memory.since))}"
        case "pending":
            gone, line = duration(max(0, now - worst.alert.memory.since)), shown(spec.threshold, unit, spec.metric)
            return f"{value}, {BEYOND[spec.operator]} {line} for {gone} of {duration(spec.duration)}"
        case "no_data":
            kept = ", the last state is kept" if spec.no_data == "keep" else ""
            return f"No data since {clock(worst.feed.last_at)}{kept}"
    line = shown(spec.threshold, unit, spec.metric)
    bad = worst.value is not None and is_bad("inactive", worst.alert.rule.terms, worst.value)
    return f"{value}, {'' if bad else 'not '}{BEYOND[spec.operator]} {line}"
