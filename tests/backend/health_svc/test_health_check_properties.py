"""What holds of the status machine for every row of outcomes."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from health_svc.health_check import ServiceState, Transition
from health_svc.state import RANK, SEVERITY_OF, Severity
from health_svc.uptime import summarise
from shared.contracts.health.services import Result, Status
from tests.backend.health_svc.replay import T0, Seen, Thresholds, replay, spans_of, step_once

GAPS_SECONDS = [0.5, 5.0, 30.0, 30.0, 30.0, 69.0, 70.0, 71.0, 600.0]

thresholds = st.builds(Thresholds, st.integers(1, 5), st.integers(1, 4))
RESULTS: list[Result] = ["pass", "pass", "warn", "fail", "fail", "error"]
results = st.sampled_from(RESULTS)


@st.composite
def rows(draw: st.DrawFn, gaps_seconds: Sequence[float] = GAPS_SECONDS, maintenance: bool = True) -> list[Seen]:
    """Outcomes in order, some in maintenance, some after a silence."""
    at, seen = T0, []
    steps = st.tuples(results, st.sampled_from(gaps_seconds), st.integers(0, 9))
    planned = False
    for result, gap_seconds, toggle in draw(st.lists(steps, max_size=60)):
        at += timedelta(seconds=gap_seconds)
        planned = planned ^ (maintenance and toggle == 0)
        seen.append(Seen(result, at, planned))
    return seen


def naive(outcomes: Sequence[Seen], limits: Thresholds) -> list[tuple[Status, Status, object, object]]:
    """The rules as one would say them, with the whole row at hand: (from, to, started, confirmed) of each change."""
    status: Status = "unknown"
    tail: list[Seen] = []
    changes: list[tuple[Status, Status, object, object]] = []
    measured_at = None
    planned = False
    for seen in outcomes:
        stale_at = measured_at + timedelta(seconds=limits.stale_after_seconds) if measured_at else None
        if stale_at and seen.at > stale_at:
            tail = []
            if status != "unknown":
                changes.append((status, "unknown", stale_at, seen.at))
                status = "unknown"
        if seen.in_maintenance != planned:
            planned, tail = seen.in_maintenance, []
        severity = SEVERITY_OF[seen.result]
        if severity is None:
            continue
        measured_at = seen.at
        tail.append(seen)
        to, first = _wanted(status, severity, tail, limits)
        if to != status:
            changes.append((status, to, first.at, seen.at))
            status = to
    return changes


def _wanted(status: Status, severity: Severity, tail: list[Seen], limits: Thresholds) -> tuple[Status, Seen]:
    if status == "unknown":
        return severity, tail[-1]
    farthest_first: list[Severity] = ["down", "healthy", "degraded"]
    for target in farthest_first:
        run = _run(tail, RANK[target], worse=RANK[target] > RANK[status])
        if len(run) >= (limits.failure if RANK[target] > RANK[status] else limits.success) and target != status:
            return target, run[0]
    return status, tail[-1]


def _run(tail: list[Seen], rank: int, worse: bool) -> list[Seen]:
    """The end of the tail in which every outcome has this rank or one beyond it."""
    run: list[Seen] = []
    for seen in reversed(tail):
        if rank_of(seen) != rank and (rank_of(seen) > rank) != worse:
            break
        run.insert(0, seen)
    return run


def rank_of(seen: Seen) -> int:
    severity = SEVERITY_OF[seen.result]
    assert severity is not None
    return RANK[severity]


@given(rows(), thresholds)
def test_it_agrees_with_the_naive_model(outcomes: list[Seen], limits: Thresholds) -> None:
    _, transitions = replay(outcomes, limits)
    assert [(t.from_status, t.to_status, t.started_at, t.confirmed_at) for t in transitions] == naive(outcomes, limits)


@given(rows(), thresholds, st.data())
def test_repeats_and_stale_outcomes_change_nothing(
    outcomes: list[Seen], limits: Thresholds, data: st.DataObject
) -> None:
    """Delivered twice, or again much later: the state and the changes are those of each outcome once, in order."""
    delivered: list[Seen] = []
    for i, seen in enumerate(outcomes):
        delivered.append(seen)
        delivered += data.draw(st.lists(st.sampled_from(outcomes[: i + 1]), max_size=2))
    states, transitions = replay(delivered, limits)
    once, once_transitions = replay(outcomes, limits)
    assert states[-1:] == once[-1:]
    assert transitions == once_transitions


@given(rows(), thresholds)
def test_replay_is_live(outcomes: list[Seen], limits: Thresholds) -> None:
    """A restart after every single outcome changes nothing: all memory is in the stored state."""
    state, transitions = ServiceState(), list[Transition]()
    for seen in outcomes:
        stored = msgspec.json.decode(msgspec.json.encode(state), type=ServiceState)
        state, confirmed = step_once(stored, seen, limits)
        transitions += confirmed
    assert ([state], transitions) == (replay(outcomes, limits)[0][-1:] or [state], replay(outcomes, limits)[1])


@given(rows(), thresholds)
def test_no_change_without_its_threshold(outcomes: list[Seen], limits: Thresholds) -> None:
    """Between known states, enough outcomes of the run all speak for the change or for more, and none against it."""
    for t in replay(outcomes, limits)[1]:
        if "unknown" in (t.from_status, t.to_status):
            continue
        run = [s for s in outcomes if t.started_at <= s.at <= t.confirmed_at and s.result != "error"]
        ranks = [rank_of(s) for s in run]
        worse = RANK[t.to_status] > RANK[t.from_status]
        assert all(rank >= RANK[t.to_status] if worse else rank <= RANK[t.to_status] for rank in ranks)
        assert len(run) >= (limits.failure if worse else limits.success)
        assert len({s.in_maintenance for s in run}) == 1


@given(rows(), thresholds)
def test_changes_are_a_chain_in_time(outcomes: list[Seen], limits: Thresholds) -> None:
    """Each starts from the status the one before led to, after it started, and no later than it is confirmed."""
    states, transitions = replay(outcomes, limits)
    assert all(t.from_status != t.to_status and t.started_at <= t.confirmed_at for t in transitions)
    for before, after in pairwise(transitions):
        assert before.to_status == after.from_status
        assert before.started_at < after.started_at
    if transitions:
        assert transitions[0].from_status == "unknown"
        assert (states[-1].status, states[-1].since) == (transitions[-1].to_status, transitions[-1].started_at)


@given(rows(), thresholds)
def test_the_history_of_a_service_partitions_time(outcomes: list[Seen], limits: Thresholds) -> None:
    """The seconds of all states add up to the window exactly, whatever was measured."""
    _, transitions = replay(outcomes, limits)
    end = (outcomes[-1].at if outcomes else T0) + timedelta(seconds=10)
    start = T0 - timedelta(seconds=1)
    planned = [(a.at, b.at) for a, b in pairwise(outcomes) if a.in_maintenance]
    totals = summarise(spans_of(transitions, end), planned, start, end)
    us = sum(round(value * 1_000_000) for value in msgspec.structs.astuple(totals))
    assert us == (end - start) // timedelta(microseconds=1)


@given(rows(gaps_seconds=[5.0, 30.0], maintenance=False), thresholds)
def test_what_could_not_be_measured_is_neutral(outcomes: list[Seen], limits: Thresholds) -> None:
    """Without the errors, and without a silence, the changes are the same."""
    patient = Thresholds(limits.failure, limits.success, stale_after_seconds=1e6)
    measured = [seen for seen in outcomes if seen.result != "error"]
    with_errors, without = replay(outcomes, patient)[1], replay(measured, patient)[1]
    assert with_errors == without


@given(rows(), thresholds)
def test_pending_runs_are_short_of_their_threshold_and_after_the_last_change(
    outcomes: list[Seen], limits: Thresholds
) -> None:
    for state in replay(outcomes, limits)[0]:
        for run in state.runs:
            worse = RANK[run.severity] > RANK[state.status]
            assert run.severity != state.status
            assert 0 < run.length < (limits.failure if worse else limits.success)
            assert state.since is not None
            assert run.started_at >= state.since


@given(rows(), thresholds, st.integers(0, 4))
def test_more_patience_never_means_more_changes_for_the_worse(
    outcomes: list[Seen], limits: Thresholds, extra: int
) -> None:
    patient = Thresholds(limits.failure + extra, limits.success)
    quick, slow = replay(outcomes, limits)[0], replay(outcomes, patient)[0]
    first = next((i for i, (a, b) in enumerate(zip(quick, slow, strict=True)) if a.status != b.status), None)
    assert first is None or RANK[slow[first].status] < RANK[quick[first].status]
