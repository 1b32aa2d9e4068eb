"""The status machine when nothing is heard: silence, pause, maintenance, and how old a result may be."""

from datetime import datetime, timedelta

import pytest

from health_svc.health_check import (
    ServiceState,
    displayed,
    heartbeat_result,
    known_until,
    lapse,
    stale_after_seconds,
)
from shared.contracts.health.services import Overlay, Result, Status
from tests.backend.health_svc.replay import LETTERS, STALE_SECONDS, STEP, T0, Seen, Thresholds, every, replay, step_once

NORMAL = Thresholds()


def statuses(outcomes: str, thresholds: Thresholds = NORMAL) -> str:
    return "".join(LETTERS[state.status] for state in replay(every(outcomes), thresholds)[0])


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
