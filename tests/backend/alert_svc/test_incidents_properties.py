"""Which incidents follow from the changes of alerts, and who is held back for whom: against models that only count."""

from collections import defaultdict
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from alert_svc.book import watched
from alert_svc.causes import affected_by, root_causes
from alert_svc.drafts import Draft, Group, Open, Stored, moment, plan
from alert_svc.series import key_of
from alert_svc.state import Change, Memory
from shared.contracts.alerts.rules import AlertRuleSpec

RULE = watched(
    "slow", 1, 0, AlertRuleSpec(name="Slow", metric="queue.depth", operator=">", threshold=1, group_by=["service"])
)
SERIES = [{"service": f"s{n // 3}", "queue": f"q{n}"} for n in range(6)]  # two groups of three

# Which series turns from well to bad, or back, how long after the one before, and whether a batch ends there.
turns = st.lists(st.tuples(st.integers(0, 5), st.sampled_from([1, 5]), st.booleans()), max_size=40)


class Incident(Struct):
    """An incident as a store would have it."""

    group: Group
    fired_at: float
    members: dict[str, dict[str, str]]
    resolved_at: float | None = None


class Shelf:
    """Incidents, and to which of them each series belongs."""

    def __init__(self) -> None:
        self.incidents: list[Incident] = []

    def open(self) -> dict[Group, Open]:
        return {
            each.group: Open(number, "warning", "", moment(each.fired_at), dict(each.members))
            for number, each in enumerate(self.incidents)
            if each.resolved_at is None
        }

    def write(self, drafts: list[Draft]) -> None:
        for draft in drafts:
            if draft.known is None:
                self.incidents.append(Incident(draft.group, draft.fired_at.timestamp(), {}))
            incident = self.incidents[-1 if draft.known is None else draft.known.id]
            incident.members = {series: dict(labels) for series, labels in draft.members.items()}
            incident.resolved_at = draft.resolved_at.timestamp() if draft.resolved_at else None


def stored(changes: dict[int, list[Change]]) -> list[Stored]:
    return [
        Stored(
            rule=RULE, series=key_of(SERIES[number]), labels=SERIES[number], unit="", seq=0,
            memory=Memory(state=found[-1].to_state, since=found[-1].at, at=found[-1].at, started_at=found[-1].at),
            changes=[(change, 5.0) for change in found],
        )
        for number, found in changes.items()
    ]  # fmt: skip


def change_of(is_bad: bool, at: float) -> Change:
    """Fires at once, resolves at once."""
    if is_bad:
        return Change("fired", "inactive", "firing", at, "value")
    return Change("resolved", "firing", "resolved", at, "value")


@given(turns)
def test_a_group_is_one_incident_from_its_first_alert_to_its_last(history: list[tuple[int, int, bool]]) -> None:
    """However the changes are cut into batches: what was bad in a group, without a break, is one incident."""
    shelf, bad, batch = Shelf(), set[int](), defaultdict[int, list[Change]](list)
    spans: dict[str, list[list[float]]] = defaultdict(list)
    times = accumulate((gap for _, gap, _ in history), initial=100.0)
    for (number, _, ends), at in zip(history, list(times)[1:], strict=True):
        group = SERIES[number]["service"]
        before = any(SERIES[each]["service"] == group for each in bad)
        bad ^= {number}
        after = any(SERIES[each]["service"] == group for each in bad)
        if not before:
            spans[group].append([at])
        if not after:
            spans[group][-1].append(at)
        batch[number].append(change_of(number in bad, at))
        if ends:
            shelf.write(plan(stored(batch), shelf.open())[0])
            batch.clear()
    shelf.write(plan(stored(batch), shelf.open())[0])

    found: dict[str, list[list[float]]] = defaultdict(list)
    for incident in shelf.incidents:
        span = [incident.fired_at] if incident.resolved_at is None else [incident.fired_at, incident.resolved_at]
        found[incident.group.key.split('"')[3]].append(span)
    assert {group: sorted(each) for group, each in found.items()} == {
        group: sorted(each) for group, each in spans.items()
    }
    open_members = {series for each in shelf.incidents if each.resolved_at is None for series in each.members}
    assert open_members == {key_of(SERIES[number]) for number in bad}


services = st.sampled_from([f"s{n}" for n in range(6)])
graphs = st.dictionaries(services, st.lists(services, max_size=3), max_size=6)
failing = st.sets(services, max_size=6)


def reached(service: str, needs: dict[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(needs.get(service, []))
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += needs.get(each, [])
    return found


@given(graphs, failing)
def test_somebody_is_told_whatever_fails_and_whoever_needs_whom(needs: dict[str, list[str]], down: set[str]) -> None:
    """Who is held back is held back for a service that fails and is not held back itself, circles or not."""
    statuses = dict.fromkeys(down, "down")
    for service in sorted(down):
        causes = root_causes(service, needs, statuses)
        for cause in causes:
            assert cause in reached(service, needs) & down
            assert root_causes(cause, needs, statuses) == []
            if service in needs:
                assert service in affected_by(cause, needs, statuses)
        if not causes:  # everything that fails beneath it needs it as well
            assert all(service in reached(each, needs) for each in reached(service, needs) & down - {service})
    assert not down or any(not root_causes(service, needs, statuses) for service in down)
