"""From changes of alerts to incidents: which are opened, joined, raised and resolved. Everything is pure.

The alerts of one rule whose `group_by` labels agree are one incident. The first that fires opens it, the last that
recovers resolves it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct, field

from alert_svc.book import Rule
from alert_svc.escalation import Escalation
from alert_svc.series import key_of
from alert_svc.state import ACTIVE, Change, Memory
from alert_svc.wording import object_of, reason_of
from shared.contracts.alerts.incidents import EventKind, Hold, ResolveReason
from shared.contracts.alerts.rules import Severity

Labels = Mapping[str, str]


class Group(NamedTuple):
    """What is one incident at a time."""

    rule_id: str
    key: str


class Stored(Struct, frozen=True):
    """An alert whose new memory was stored, with the changes that led to it and the value at each. `series` is the key
    of its series; `hour_ago` a value to compare with."""

    rule: Rule
    series: str
    labels: Labels
    unit: str
    memory: Memory
    seq: int
    changes: Sequence[tuple[Change, float]]
    hour_ago: float | None = None
    resolve_reason: ResolveReason | None = None


class Open(Struct, frozen=True):
    """An incident that is open in the store; `members`: the labels of its active series by their key, as they were
    before."""

    id: int
    severity: Severity
    object: str
    fired_at: datetime
    members: Mapping[str, Labels]
    hold: Hold | None = None
    escalation: Escalation | None = None
    told_more_at: datetime | None = None
    more_due_at: datetime | None = None


class Entry(Struct, frozen=True):
    """A line of an incident's timeline."""

    kind: EventKind
    at: datetime
    text: str
    value: float | None


class Draft(Struct):
    """What is to be written of one incident. `known` is what the store has of it; None for a new one."""

    group: Group
    rule: Rule
    unit: str
    known: Open | None
    labels: Labels
    severity: Severity
    started_at: datetime
    fired_at: datetime
    members: dict[str, Labels]
    value: float | None = None
    hour_ago: float | None = None
    entries: list[Entry] = field(default_factory=list)
    ever: dict[str, Labels] = field(default_factory=dict)
    joined: bool = False
    raised: bool = False
    resolved_at: datetime | None = None
    resolve_reason: ResolveReason | None = None

    @property
    def opened(self) -> bool:
        return self.known is None

    @property
    def object(self) -> str:
        """What it is about; of what has ended, what it was about."""
        members = (self.members or self.ever).values()
        return object_of(group_of(self.rule, self.labels), members, self.rule.spec.name)


def group_of(rule: Rule, labels: Labels) -> dict[str, str]:
    return {name: labels.get(name, "") for name in rule.spec.group_by}


def group_key(rule: Rule, labels: Labels) -> Group:
    return Group(rule.id, key_of(group_of(rule, labels)))


def plan(stored: Sequence[Stored], known: Mapping[Group, Open]) -> tuple[list[Draft], dict[tuple[str, str], Draft]]:
    """What is to be written, and the incident that each active alert (by rule and series) belongs to from now on."""
    drafts: list[Draft] = []
    current: dict[Group, Draft] = {}
    homes: dict[tuple[str, str], Draft] = {}
    happened = [(change, value, each) for each in stored for change, value in each.changes]
    for change, value, each in sorted(happened, key=lambda item: item[0].at):
        group = group_key(each.rule, each.labels)
        draft = current.get(group)
        if draft is None and group in known:
            draft = current[group] = _draft_of(known[group], group, each)
            drafts.append(draft)
        if change.kind == "fired" and (draft is None or draft.resolved_at is not None):
            draft = current[group] = _opened(group, each, change, value)
            drafts.append(draft)
            homes[each.rule.id, each.series] = draft
        elif draft is not None and draft.resolved_at is None:
            _write(draft, each, change, value)
            if change.kind == "fired":
                homes[each.rule.id, each.series] = draft
    return [draft for draft in drafts if draft.entries], homes


def active_members(alerts: Mapping[str, tuple[Memory, Labels]]) -> dict[str, Labels]:
    return {series: labels for series, (memory, labels) in alerts.items() if memory.state in ACTIVE}


def _draft_of(known: Open, group: Group, each: Stored) -> Draft:
    labels = _in_common([*known.members.values(), each.labels])
    return Draft(
        group=group,
        rule=each.rule,
        unit=each.unit,
        known=known,
        labels=labels,
        severity=known.severity,
        started_at=known.fired_at,
        fired_at=known.fired_at,
        members=dict(known.members),
        ever=dict(known.members),
        hour_ago=each.hour_ago,
    )


def _opened(group: Group, each: Stored, change: Change, value: float) -> Draft:
    started = each.memory.started_at if each.memory.started_at is not None else change.at
    spec = each.rule.spec
    draft = Draft(
        group=group,
        rule=each.rule,
        unit=each.unit,
        known=None,
        labels=dict(each.labels),
        severity="critical" if each.memory.is_critical else spec.severity,
        started_at=moment(min(started, change.at)),
        fired_at=moment(change.at),
        members={each.series: each.labels},
        ever={each.series: each.labels},
        value=_known(value),
        hour_ago=each.hour_ago,
    )
    if started < change.at:
        pending = Change("pending", "inactive", "pending", started, "value")
        text = reason_of(spec, pending, value, each.unit) if change.cause != "no_data" else "No data"
        draft.entries.append(Entry("pending", moment(started), text, None))
    draft.entries.append(Entry("fired", moment(change.at), reason_of(spec, change, value, each.unit), _known(value)))
    return draft


def _write(draft: Draft, each: Stored, change: Change, value: float) -> None:
    """One more change of an open incident."""
    text = reason_of(each.rule.spec, change, value, each.unit)
    title = object_of({}, [each.labels], each.rule.spec.name)
    at = moment(change.at)
    match change.kind:
        case "fired":
            draft.members[each.series] = draft.ever[each.series] = each.labels
            draft.labels = _in_common(draft.members.values())
            draft.joined, draft.value = True, _known(value)
            draft.entries.append(Entry("more_firing", at, f"{title} too: {text}", _known(value)))
            if each.memory.is_critical:
                draft.severity, draft.raised = "critical", draft.severity != "critical"
        case "raised" if draft.severity != "critical":
            draft.severity, draft.raised, draft.value = "critical", True, _known(value)
            draft.entries.append(Entry("raised", at, text, _known(value)))
        case "recovering" | "fired_again":
            draft.entries.append(Entry(change.kind, at, text, _known(value)))
        case "resolved":
            draft.members.pop(each.series, None)
            if draft.members:
                draft.entries.append(Entry("some_recovered", at, f"{title} recovered: {text}", _known(value)))
            else:
                draft.resolved_at, draft.resolve_reason = at, each.resolve_reason or _reason(change)
                draft.value = _known(value)
                draft.entries.append(Entry("resolved", at, text, _known(value)))


def _reason(change: Change) -> ResolveReason:
    if change.cause == "missing_series":
        return "missing_series"
    return "no_data" if change.cause == "no_data" else "recovered"


def _in_common(members: Iterable[Labels]) -> dict[str, str]:
    first, *rest = members
    return {name: value for name, value in first.items() if all(each.get(name) == value for each in rest)}


def _known(value: float) -> float | None:
    return value if value == value else None


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
