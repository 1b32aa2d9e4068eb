"""The status machine by table: what a row of outcomes makes of a service, and when it is said to have begun."""

from datetime import datetime, timedelta

import msgspec
import pytest

from health_svc.health_check import (
    Observation,
    ServiceState,
    Transition,
    combine,
    displayed,
    heartbeat_result,
    known_until,
    lapse,
    observe,
    stale_after_seconds,
)
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import Overlay, Result, Status
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


# --- silence, pause, maintenance ----------------------------------------------------------------------------------


def test_a_silence_is_recorded_as_unknown_from_when_the_last_result_went_stale() -> None:
    """Trap: the monitor's own outage counted as the service's up or down time."""
    states, transitions = replay([*every("pp"), *every("p", start=T0 + timedelta(hours=1))], NORMAL)
    stale_at = T0 + STEP + timedelta(seconds=STALE_SECONDS)
    back_at = T0 + timedelta(hours=1)
    assert [(t.from_status, t.to_status, t.started_at) for t in transitions] == [
        ("unknown", "healthy", T0),
        ("healthy", "unknown", stale_at),
        ("unknown", "healthy", back_at),
    ]
    assert transitions[1].confirmed_at == back_at
    assert states[-1].since == back_at


def test_a_run_does_not_reach_across_a_silence() -> None:
    states, _ = replay([*every("pff"), *every("ef", start=T0 + timedelta(hours=1))], NORMAL)
    assert [state.status for state in states[-2:]] == ["unknown", "down"]
    assert states[-1].since == T0 + timedelta(hours=1) + STEP


def test_errors_alone_become_unknown_once_the_last_measured_result_is_stale() -> None:
    """Trap: shown healthy for hours because the prober keeps running and measures nothing."""
    assert statuses("peeee") == "hhhuu"
    assert statuses("feee") == "dddu"


def test_just_in_time_is_not_a_silence() -> None:
    exactly = T0 + timedelta(seconds=STALE_SECONDS)
    assert len(replay([*every("p"), Seen("pass", exactly)], NORMAL)[1]) == 1
    assert len(replay([*every("p"), Seen("pass", exactly + timedelta(microseconds=1))], NORMAL)[1]) == 3


def test_a_run_does_not_reach_across_the_start_or_the_end_of_maintenance() -> None:
    planned = [Seen(seen.result, seen.at, in_maintenance=2 <= i < 5) for i, seen in enumerate(every("pffffffff"))]
    states, transitions = replay(planned, NORMAL)
    assert "".join(LETTERS[state.status] for state in states) == "hhhhddddd"
    assert transitions[-1].started_at == T0 + 2 * STEP
    ends_early = [Seen(seen.result, seen.at, in_maintenance=i < 3) for i, seen in enumerate(every("pffff"))]
    assert [state.status for state in replay(ends_early, NORMAL)[0]] == ["healthy"] * 5


def test_planned_work_does_not_count_as_flapping() -> None:
    planned = [Seen(seen.result, seen.at, in_maintenance=True) for seen in every("pf" * 15)]
    assert replay(planned, NORMAL)[0][-1].changes.count == 0
    assert replay(every("pf" * 15), NORMAL)[0][-1].flapping


def test_a_pause_lapses_at_once_and_the_next_outcome_decides_at_once() -> None:
    state = replay(every("ppf"), NORMAL)[0][-1]
    paused_at = T0 + 3 * STEP
    state, transitions = lapse(state, paused_at, paused_at, "Paused")
    assert [(t.from_status, t.to_status, t.started_at) for t in transitions] == [("healthy", "unknown", paused_at)]
    assert lapse(state, paused_at, paused_at, "Paused") == (state, [])
    state, transitions = step_once(state, Seen("fail", T0 + timedelta(days=1)), NORMAL)
    assert [(t.from_status, t.to_status) for t in transitions] == [("unknown", "down")]


# --- how old may a result be? -------------------------------------------------------------------------------------


def test_a_result_is_stale_after_two_intervals_one_timeout_and_a_margin() -> None:
    assert stale_after_seconds(30, 5) == 70
    assert stale_after_seconds(1, 0.5) == 7.5


@pytest.mark.parametrize(
    ("age_seconds", "status", "overlays"),
    [
        (0, "healthy", []),
        (70, "healthy", []),
        (70.1, "healthy", ["stale"]),
        (90, "healthy", ["stale"]),
        (90.1, "unknown", ["stale"]),
        (86_400, "unknown", ["stale"]),
    ],
)
def test_nothing_is_shown_healthy_for_long_without_results(
    age_seconds: float, status: Status, overlays: list[Overlay]
) -> None:
    """Trap: a board that stays green while nothing is measured any more."""
    state = replay(every("p"), NORMAL)[0][-1]
    now = T0 + timedelta(seconds=age_seconds)
    assert displayed(state, now, interval_seconds=30, timeout_seconds=5) == (status, overlays)


def test_with_short_intervals_stale_still_comes_before_unknown() -> None:
    state = replay(every("p"), NORMAL)[0][-1]
    after_four = T0 + timedelta(seconds=8)
    assert displayed(state, after_four, interval_seconds=2, timeout_seconds=2) == ("healthy", [])
    assert displayed(state, T0 + timedelta(seconds=12), interval_seconds=2, timeout_seconds=2) == ("unknown", ["stale"])


def test_runs_that_measure_nothing_do_not_keep_a_status_fresh() -> None:
    state = replay(every("pe"), NORMAL)[0][-1]
    assert known_until(state, STALE_SECONDS) == T0 + timedelta(seconds=STALE_SECONDS)
    assert displayed(state, T0 + timedelta(seconds=71), interval_seconds=30, timeout_seconds=5)[1] == ["stale"]


def test_overlays_never_overwrite_the_status_but_a_pause_hides_it() -> None:
    flapping = replay(every("pf" * 15 + "pp"), NORMAL)[0][-1]
    now = T0 + 32 * STEP
    assert displayed(flapping, now, interval_seconds=30, timeout_seconds=5, in_maintenance=True) == (
        "healthy",
        ["maintenance", "flapping"],
    )
    later = now + timedelta(days=1)
    assert displayed(flapping, later, interval_seconds=30, timeout_seconds=5, paused=True) == ("unknown", ["paused"])


def test_a_service_that_was_never_measured_is_unknown_and_not_stale() -> None:
    assert displayed(ServiceState(), T0, interval_seconds=30, timeout_seconds=5) == ("unknown", [])
    assert known_until(ServiceState(), STALE_SECONDS) is None


@pytest.mark.parametrize(
    ("last_beat_at", "expected"),
    [
        (None, "error"),
        (T0, "pass"),
        (T0 - timedelta(seconds=60), "pass"),
        (T0 - timedelta(seconds=60.001), "warn"),
        (T0 - timedelta(seconds=90), "warn"),
        (T0 - timedelta(seconds=90.001), "fail"),
        (T0 + timedelta(seconds=5), "pass"),
    ],
)
def test_a_heartbeat_is_in_time_then_late_then_failed(last_beat_at: datetime | None, expected: Result) -> None:
    assert heartbeat_result(last_beat_at, T0, interval_seconds=60, grace_seconds=30) == expected


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
