"""All rules and the alerts of each: one alert for each series that a rule matches."""

import numpy as np
from msgspec import Struct

from alert_svc.columns import Columns
from alert_svc.matching import Matches, matches_all
from alert_svc.minutes import Rows
from alert_svc.series import SeriesStore
from alert_svc.state import ACTIVE, Memory, Terms, terms_of
from shared.contracts.alerts.rules import AlertRuleSpec


class Rule(Struct, frozen=True):
    """A rule that is watched since an epoch in seconds, ready to be compared."""

    id: str
    version: int
    since: float
    spec: AlertRuleSpec
    terms: Terms
    matches: Matches


def watched(rule_id: str, version: int, since: float, spec: AlertRuleSpec) -> Rule:
    """Raises PatternError for a selector that cannot be read."""
    return Rule(rule_id, version, since, spec, terms_of(spec), matches_all(spec.selector))


Watched = tuple[str, tuple[str, str] | None]
"""Where a rule is looked for: the series of a metric, or of those the ones with a label's value."""


def watched_by(spec: AlertRuleSpec) -> Watched:
    """By the first label that must have a value, so that few series are compared with the whole selector."""
    labels = ((each.label, each.value) for each in spec.selector if each.match == "=" and each.value)
    return spec.metric, next(labels, None)


class Alert(Struct):
    """One series of a rule: where it is in the columns, what its state machine remembers, and how often that was
    stored."""

    rule: Rule
    row: int
    place: int
    memory: Memory = Memory()
    seq: int = 0


class Book:
    """Finds alerts by rule, by series, and by place."""

    def __init__(self, store: SeriesStore) -> None:
        self.store = store
        self.columns = Columns(store)
        self.rules: dict[str, Rule] = {}
        self._alerts: dict[int, Alert] = {}
        self._watching: dict[Watched, set[str]] = {}
        self._rows_with: dict[Watched, set[int]] = {}
        self._of_rule: dict[str, dict[int, Alert]] = {}
        self._of_row: dict[int, list[int]] = {}

    def add_rule(self, rule: Rule) -> None:
        """Watch it. A former version is forgotten with all its alerts."""
        self.remove_rule(rule.id)
        self.rules[rule.id] = rule
        self._of_rule[rule.id] = {}
        of = watched_by(rule.spec)
        self._watching.setdefault(of, set()).add(rule.id)
        for row in self._rows_with.get(of, ()):
            self._pair(rule, row)

    def remove_rule(self, rule_id: str) -> None:
        rule = self.rules.pop(rule_id, None)
        if rule is not None:
            self._watching[watched_by(rule.spec)].discard(rule_id)
            for alert in self._of_rule.pop(rule_id).values():
                self._of_row[alert.row].remove(alert.place)
                self._release(alert)

    def add_series(self, row: int) -> None:
        for of in self._in(row):
            self._rows_with.setdefault(of, set()).add(row)
            for rule_id in self._watching.get(of, ()):
                self._pair(self.rules[rule_id], row)

    def remove_series(self, row: int) -> None:
        for of in self._in(row):
            self._rows_with[of].discard(row)
            if not self._rows_with[of]:
                del self._rows_with[of]
        for place in self._of_row.pop(row, []):
            alert = self._alerts[place]
            del self._of_rule[alert.rule.id][row]
            self._release(alert)

    def count_by(self, row: int, count_row: int) -> None:
        self.columns.count_by(np.array(self._of_row.get(row, []), np.int64), count_row)

    def is_active(self, row: int) -> bool:
        """Does anything of a series fire, or is about to?"""
        return any(self._alerts[place].memory.state in (*ACTIVE, "pending") for place in self._of_row.get(row, ()))

    def remember(self, alert: Alert, memory: Memory, seq: int) -> None:
        alert.memory, alert.seq = memory, seq
        self.columns.remember(alert.place, memory, alert.rule.terms)

    def find(self, rule_id: str, row: int) -> Alert | None:
        return self._of_rule.get(rule_id, {}).get(row)

    def at(self, place: int) -> Alert:
        return self._alerts[place]

    def of_rule(self, rule_id: str) -> list[Alert]:
        return list(self._of_rule.get(rule_id, {}).values())

    def touched(self, rows: Rows) -> Rows:
        """The places of all alerts of these series."""
        of_row = self._of_row
        return np.array([place for row in rows.tolist() for place in of_row.get(row, ())], np.int64)

    def _in(self, row: int) -> list[Watched]:
        info = self.store.info(row)
        return [(info.metric, None), *((info.metric, label) for label in info.labels.items())]

    def _pair(self, rule: Rule, row: int) -> None:
        if not rule.matches(self.store.info(row).labels):
            return
        alert = Alert(rule, row, self.columns.place(rule.terms, row))
        self._alerts[alert.place] = self._of_rule[rule.id][row] = alert
        self._of_row.setdefault(row, []).append(alert.place)
        self.remember(alert, Memory(at=rule.since), 0)

    def _release(self, alert: Alert) -> None:
        del self._alerts[alert.place]
        self.columns.release(alert.place)
