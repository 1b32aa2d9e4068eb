"""The status machine by table: what a row of outcomes makes of a service, and when it is said to have begun."""

from datetime import datetime, timedelta

import msgspec
import pytest

from health_svc.health_check import (
    Observation,
    ServiceState,
    Transition,
    combine,
    observe,
)
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import Result, Status
from tests.backend.health_svc.replay import LETTERS, STALE_SECONDS, STEP, T0, Seen, Thresholds, every, replay, step_once

NORMAL = Thresholds()


def statuses(outcomes: str, thresholds: Thresholds = NORMAL) -> str:
    return "".join(LETTERS[state.status] for state in replay(every(outcomes), thresholds)[0])


# --- thresholds ---------------------------------------------------------------------------------------------------

THREE_TO_WORSEN_TWO_TO_IMPROVE = [
    ("p", "h"), ("w", "g"), ("f", "d"), ("e", "u"),  # the first sample decides at once
    ("eep", "uuh"),
    ("pf", "hh"), ("pff", "hhh"), ("pfff", "hhhd"), ("pffff", "hhhdd"),
    ("pffpff", "hhhhhh"), ("pffpfff", "hhhhhhd"),  # a pass in between starts the count again
    ("pfeff", "hhhhd"), ("pffe", "hhhh"), ("pffef", "hhhhd"),  # what was not measured is neutral
    ("pww", "hhh"), ("pwww", "hhhg"), ("pwfw", "hhhg"),  # worse counts for the milder change too
    ("pwff", "hhhg"), ("pwfff", "hhhgd"), ("pffw", "hhhg"), ("pfffw", "hhhdd"),
    ("pwwwfff", "hhhgggd"), ("pwwwff", "hhhggg"),
    ("fp", "dd"), ("fpp", "ddh"), ("fpfp", "dddd"), ("fpfpp", "ddddh"), ("fpep", "dddh"),
    ("fww", "ddg"), ("fwp", "ddg"), ("fpw", "ddg"), ("fpwp", "ddgg"), ("fpwpp", "ddggh"), ("fwpp", "ddgh"),
    ("wpp", "ggh"), ("wfff", "gggd"), ("wffp", "gggg"),
]  # fmt: skip


@pytest.mark.parametrize(("outcomes", "expected"), THREE_TO_WORSEN_TWO_TO_IMPROVE)
def test_three_failures_worsen_and_two_successes_improve(outcomes: str, expected: str) -> None:
    assert statuses(outcomes) == expected


@pytest.mark.parametrize(
    ("failure", "success", "outcomes", "expected"),
    [
        (1, 1, "pfpfwp", "hdhdgh"),
        (1, 3, "pfpppp", "hdddhh"),
        (2, 1, "pfpffp", "hhhhdh"),
        (5, 5, "pffffpfffff", "hhhhhhhhhhd"),
        (20, 1, "p" + "f" * 20, "h" * 20 + "d"),
    ],
)
def test_thresholds_are_each_services_own(failure: int, success: int, outcomes: str, expected: str) -> None:
    assert statuses(outcomes, Thresholds(failure, success)) == expected


def test_one_bad_sample_does_not_flip_the_status() -> None:
    """Trap: a status that flips on a single sample, with thresholds only for the alerts."""
    assert statuses("ppfpp") == "hhhhh"


def test_recovery_needs_its_threshold_too() -> None:
    """Trap: retries on the failing side only, and a recovery on the first success."""
    assert statuses("fpf") == "ddd"


def test_a_pending_failure_is_not_down() -> None:
    """Trap: a pending failure that already counts as down."""
    states, transitions = replay(every("pff"), NORMAL)
    assert (states[-1].status, len(transitions)) == ("healthy", 1)
    assert (states[-1].run_severity, states[-1].run_length, states[-1].run_started_at) == ("degraded", 2, T0 + STEP)


# --- when a change began ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "to_status", "first", "last"),
    [
        ("pfff", "down", 1, 3),
        ("pfeff", "down", 1, 4),
        ("pwff", "degraded", 1, 3),
        ("pwfff", "down", 2, 4),
        ("fpp", "healthy", 1, 2),
        ("fpwpp", "healthy", 3, 4),
        ("w", "degraded", 0, 0),
    ],
)
def test_a_change_is_dated_at_the_first_outcome_of_its_run(
    outcomes: str, to_status: Status, first: int, last: int
) -> None:
    transition = replay(every(outcomes), NORMAL)[1][-1]
    assert transition.to_status == to_status
    assert (transition.started_at, transition.confirmed_at) == (T0 + first * STEP, T0 + last * STEP)


def test_the_state_keeps_since_and_the_newest_reason_that_agrees() -> None:
    states, _ = replay(every("pffff"), NORMAL)
    assert states[-1].since == T0 + STEP
    assert states[-1].reason == "fail at 12:02:00"
    assert replay(every("pf"), NORMAL)[0][-1].reason == "pass at 12:00:00"


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ("pfff", "fail at 12:01:30"),
        ("pfwf", "warn at 12:01:00"),
        ("fwp", "warn at 12:00:30"),
        ("fpp", "pass at 12:01:00"),
    ],
)
def test_a_change_is_explained_by_the_outcome_that_is_just_as_bad(outcomes: str, reason: str) -> None:
    """A degraded service never says "all checks pass", nor why something worse happened once."""
    states, transitions = replay(every(outcomes), NORMAL)
    assert states[-1].reason == transitions[-1].reason == reason


# --- what is refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late_by", [timedelta(0), timedelta(microseconds=1), STEP, timedelta(days=1)])
def test_an_older_or_repeated_outcome_is_refused(late_by: timedelta) -> None:
    """Trap: an old answer that arrives late and overrules a newer one."""
    state = replay(every("ppp"), NORMAL)[0][-1]
    same, transitions = step_once(state, Seen("fail", T0 + 2 * STEP - late_by), NORMAL)
    assert same is state
    assert transitions == []


def seen_at(state: ServiceState, at: datetime, now: datetime | None) -> tuple[ServiceState, list[Transition]]:
    """One failure, where one is enough."""
    failure = Observation(result="fail", at=at)
    return observe(state, failure, failure_threshold=1, success_threshold=1, stale_after_seconds=STALE_SECONDS, now=now)


def test_a_last_outcome_from_the_future_is_overruled() -> None:
    """Trap: after a clock was set back, results are refused until it has caught up."""
    state = replay(every("p", start=T0 + timedelta(days=1)), NORMAL)[0][-1]
    assert seen_at(state, T0, now=None)[0] is state
    overruled, transitions = seen_at(state, T0, now=T0 + timedelta(seconds=1))
    assert (overruled.status, overruled.since, overruled.last_run_at) == ("down", T0, T0)
    assert [(t.to_status, t.started_at) for t in transitions] == [("down", T0)]


def test_clocks_that_differ_a_little_do_not_overrule_each_other() -> None:
    state = replay(every("p", start=T0 + timedelta(seconds=60)), NORMAL)[0][-1]
    assert seen_at(state, T0, now=T0)[0] is state
    assert seen_at(state, T0, now=T0 - timedelta(seconds=1))[0] is not state


# --- what is remembered -------------------------------------------------------------------------------------------


def test_the_last_thirty_results_are_kept_oldest_first() -> None:
    state = replay(every("f" * 5 + "p" * 28 + "we"), NORMAL)[0][-1]
    assert state.recent == ["pass"] * 28 + ["warn", "error"]
    assert (state.last_result, state.last_run_at, state.last_measured_at) == ("error", T0 + 34 * STEP, T0 + 33 * STEP)


def test_the_state_survives_storage_and_unknown_fields() -> None:
    """Trap: counters kept in memory only, lost by a restart in the middle of a run."""
    state = replay(every("pff"), NORMAL)[0][-1]
    raw = msgspec.to_builtins(state) | {"from_a_later_version": 1}
    stored = msgspec.json.decode(msgspec.json.encode(raw), type=ServiceState)
    assert stored == state
    assert step_once(stored, Seen("fail", T0 + 3 * STEP), NORMAL)[0].status == "down"
    assert msgspec.json.decode(b"{}", type=ServiceState) == ServiceState()


# --- what one run says --------------------------------------------------------------------------------------------


def outcome(
    component: str, result: Result, *, critical: bool = False, children: list[ComponentOutcome] | None = None
) -> ComponentOutcome:
    return ComponentOutcome(
        component=component,
        kind="http",
        result=result,
        reason=f"{component} says {result}",
        duration_ms=1,
        critical=critical,
        children=children or [],
    )


COMBINED: list[tuple[str, list[ComponentOutcome], Result, Status | None, list[str]]] = [
    ("one passes", [outcome("a", "pass")], "pass", "healthy", []),
    ("one warns", [outcome("a", "warn")], "warn", "degraded", ["a"]),
    ("one fails", [outcome("a", "fail")], "fail", "down", ["a"]),
    ("one was not measured", [outcome("a", "error")], "error", None, []),
    ("some fail", [outcome("a", "pass"), outcome("b", "fail")], "warn", "degraded", ["b"]),
    ("all fail", [outcome("a", "fail"), outcome("b", "fail")], "fail", "down", ["a", "b"]),
    ("critical fails", [outcome("a", "pass"), outcome("b", "fail", critical=True)], "fail", "down", ["b"]),
    ("critical warns", [outcome("a", "pass"), outcome("b", "warn", critical=True)], "warn", "degraded", ["b"]),
    ("one warns, one fails", [outcome("a", "warn"), outcome("b", "fail")], "warn", "degraded", ["a", "b"]),
    ("errors are neutral to pass", [outcome("a", "pass"), outcome("b", "error")], "pass", "healthy", []),
    ("errors are neutral to fail", [outcome("a", "fail"), outcome("b", "error")], "fail", "down", ["a"]),
    ("critical error", [outcome("a", "pass"), outcome("b", "error", critical=True)], "pass", "healthy", []),
    ("all errors", [outcome("a", "error"), outcome("b", "error")], "error", None, []),
    ("a part fails", [outcome("a", "pass", children=[outcome("db", "fail")])], "warn", "degraded", ["a.db"]),
    ("a part of a failing one", [outcome("a", "fail", children=[outcome("db", "fail")])], "fail", "down", ["a.db"]),
    ("nothing", [], "error", None, []),
]


@pytest.mark.parametrize(("title", "components", "result", "status", "affected"), COMBINED)
def test_partial_failures_are_degraded_and_name_their_components(
    title: str, components: list[ComponentOutcome], result: Result, status: Status | None, affected: list[str]
) -> None:
    """R2.1.3: some checks failing is degraded with the affected components; all, or a critical one, is down."""
    found = combine(components)
    assert (found[0], found[1], found[3]) == (result, status, affected), title


def test_the_reason_names_what_is_at_fault_failing_first() -> None:
    assert combine([outcome("a", "warn"), outcome("b", "fail"), outcome("c", "pass")])[2] == (
        "b: b says fail; a: a says warn"
    )
    assert combine([outcome("a", "fail")])[2] == "a says fail"
    assert combine([outcome("a", "pass", children=[outcome("db", "fail")])])[2] == "db: db says fail"
    assert combine([outcome("a", "pass"), outcome("b", "pass")])[2] == "All 2 checks pass"
    assert combine([outcome("a", "pass"), outcome("b", "error")])[2] == "1 of 2 checks pass, 1 could not be measured"


def test_a_degraded_service_keeps_naming_the_components_that_fail_now() -> None:
    """R2.1.3: the affected components follow the latest run while the status holds."""
    state = ServiceState()
    for i, affected in enumerate([["db"], ["db", "cache"], ["cache"]]):
        seen = Observation(result="warn", at=T0 + i * STEP, affected=affected)
        state, _ = observe(state, seen, failure_threshold=3, success_threshold=2, stale_after_seconds=STALE_SECONDS)
    assert (state.status, state.affected, state.since) == ("degraded", ["cache"], T0)
