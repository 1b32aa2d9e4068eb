"""When nobody is told, who is told next, and what holds an incident back: pure functions of the time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alert_svc.causes import affected_by, root_causes
from alert_svc.escalation import Escalation, begun, is_due, progress, stepped, stopped
from alert_svc.matching import matches_all
from alert_svc.quiet import muted_until
from alert_svc.surroundings import AWAIT_ROOT, RELEASE, Quiet, RootIncident, Subject, Surroundings, hold_of
from shared.contracts.alerts.policies import EscalationPolicySpec, EscalationStep
from shared.contracts.alerts.quiet import MuteTimingSpec, TimeSpan
from shared.contracts.alerts.rules import Matcher

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
NIGHT = MuteTimingSpec(
    name="At night",
    time_zone="Europe/Berlin",
    spans=[TimeSpan(from_time="22:00", until="07:00", days=["mon", "tue", "wed", "thu", "fri"])],
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-23T20:59", None),  # Monday, 21:59 in Berlin
        ("2026-11-23T21:00", "2026-11-24T06:00"),
        ("2026-11-24T05:59", "2026-11-24T06:00"),
        ("2026-11-24T06:00", None),
        ("2026-11-28T05:00", "2026-11-28T06:00"),  # Saturday morning belongs to Friday's night
        ("2026-11-28T22:00", None),
        ("2026-03-28T02:00", "2026-03-28T06:00"),  # Saturday before the clocks go forward
        ("2026-07-01T20:00", "2026-07-02T05:00"),  # summer time
    ],
)
def test_a_mute_timing_follows_the_clock_of_its_zone(at: str, until: str | None) -> None:
    assert muted_until(NIGHT, utc(at)) == (utc(until) if until else None)


def test_spans_that_follow_each_other_are_one_and_months_and_days_are_counted() -> None:
    always = MuteTimingSpec(name="x", spans=[TimeSpan(from_time="00:00", until="12:00"), TimeSpan(from_time="12:00")])
    assert (muted_until(always, NOW) or NOW) - NOW > timedelta(days=30)
    last_day = MuteTimingSpec(name="x", spans=[TimeSpan(days_of_month=[-1], months=[11, 2])])
    assert muted_until(last_day, utc("2026-11-30T12:00")) == utc("2026-12-01T00:00")
    assert muted_until(last_day, utc("2028-02-29T12:00")) == utc("2028-03-01T00:00")
    assert muted_until(last_day, utc("2026-11-29T12:00")) is None
    left_out = MuteTimingSpec(name="x", time_zone="Europe/Berlin", spans=[TimeSpan(from_time="01:30", until="03:30")])
    assert muted_until(left_out, utc("2026-03-29T00:45")) == utc("2026-03-29T01:30")  # two hours that last one
    jump = MuteTimingSpec(name="x", time_zone="Europe/Berlin", spans=[TimeSpan(from_time="02:10", until="02:40")])
    assert muted_until(jump, utc("2026-03-29T01:00")) is None
    assert muted_until(jump, utc("2026-10-25T00:10")) == utc("2026-10-25T01:40")  # 02:10 comes twice


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC")
clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 10, 30, 59]))


@given(
    st.sampled_from(ZONES), clocks, clocks | st.just("24:00"), st.sampled_from([[], ["sat"], ["sun", "mon"]]),
    st.sampled_from(["2026-03-07T12:00", "2026-03-28T18:00", "2026-04-04T03:00", "2026-10-03T03:00",
                     "2026-10-24T12:00", "2026-10-31T18:00", "2026-07-01T00:00"]),
    st.integers(0, 36 * 60),
)  # fmt: skip
@settings(max_examples=400)
def test_a_mute_timing_is_quiet_when_the_clock_on_the_wall_says_so(
    zone: str, start: str, until: str, days: list[Any], night: str, minutes: int
) -> None:
    """Over all changes of the clock: as one who looks at it, but that times that come twice are quiet throughout."""
    span = TimeSpan(from_time=start, until=until, days=days)
    at = utc(night) + timedelta(minutes=minutes)
    wall = at.astimezone(ZoneInfo(zone))
    clock, today = f"{wall:%H:%M}", f"{wall:%a}".lower()
    yesterday = f"{wall - timedelta(days=1):%a}".lower()
    if start < until:
        says = start <= clock < until and (not days or today in days)
    else:
        says = (clock >= start and (not days or today in days)) or (clock < until and (not days or yesterday in days))
    end = muted_until(MuteTimingSpec(name="x", time_zone=zone, spans=[span]), at)

    comes_twice = wall.utcoffset() != wall.replace(fold=1 - wall.fold).utcoffset()
    assert (end is not None) == says or (comes_twice and end is not None)
    assert end is None or end > at


# --- escalation ---------------------------------------------------------------------------------------------------

delays = st.sampled_from([0.0, 1.0, 60.0, 600.0])


@st.composite
def policies(draw: st.DrawFn) -> EscalationPolicySpec:
    steps = draw(st.lists(delays, min_size=1, max_size=4))
    return EscalationPolicySpec(
        name="p",
        steps=[EscalationStep(channels=[f"c{n}"], delay_seconds=delay) for n, delay in enumerate(steps)],
        repeats=draw(st.integers(0, 3)),
        repeat_delay_seconds=draw(st.sampled_from([60.0, 300.0])),
    )


def expected(policy: EscalationPolicySpec) -> list[tuple[float, int, int]]:
    """When each step is due, as one would count it by hand: seconds, step, loop."""
    at, found = 0.0, []
    for loop in range(policy.repeats + 1):
        at += policy.repeat_delay_seconds if loop else 0.0
        for number, step in enumerate(policy.steps):
            at += step.delay_seconds
            found.append((at, number, loop))
    return found


def walk(escalation: Escalation, late: list[float]) -> list[tuple[float, int, int]]:
    """Each step taken `late` seconds after it was due."""
    done = []
    for lateness in late:
        if escalation.next_at is None:
            break
        now = escalation.next_at + timedelta(seconds=lateness)
        assert is_due(escalation, now)
        assert not is_due(escalation, escalation.next_at - timedelta(microseconds=1))
        done.append(((now - NOW).total_seconds(), escalation.next_step, escalation.loop))
        escalation = stepped(escalation, now)
    return done


@given(policies(), st.integers(0, 20))
def test_every_step_is_due_when_its_delay_is_over_in_order_and_no_further(
    policy: EscalationPolicySpec, stop_after: int
) -> None:
    escalation = begun("p", policy, NOW)
    on_time = walk(escalation, [0.0] * 100)
    assert on_time == expected(policy)
    for _ in range(min(stop_after, len(on_time))):
        escalation = stepped(escalation, escalation.next_at or NOW)
    ended = stopped(escalation)
    assert ended.next_at is None
    assert not is_due(ended, NOW + timedelta(days=400))
    assert ended.state == ("ended" if stop_after >= len(on_time) else "stopped")


@given(policies(), st.lists(st.sampled_from([0.0, 2.5, 900.0]), min_size=1, max_size=20))
def test_a_step_that_comes_late_moves_all_that_follow(policy: EscalationPolicySpec, late: list[float]) -> None:
    """After an outage steps do not come all at once: the delay of each counts from the one before."""
    done = walk(begun("p", policy, NOW), late)
    shift, want = 0.0, []
    for (at, step, loop), lateness in zip(expected(policy), late, strict=False):
        shift += lateness
        want.append((at + shift, step, loop))
    assert done == want


def test_an_edit_does_not_change_what_runs() -> None:
    policy = EscalationPolicySpec(name="p", steps=[EscalationStep(channels=["a"], delay_seconds=5)])
    running = begun("p", policy, NOW)
    assert (running.steps, progress(running, is_held=True).state) == (policy.steps, "held")
    assert progress(stepped(running, NOW), is_held=False).next_step is None


# --- holds --------------------------------------------------------------------------------------------------------


def subject(service: str = "shop", fired_at: datetime = NOW) -> Subject:
    return Subject("slow", {"service": service}, service, ["night"], fired_at)


def silence(ends_in: int, **labels: str) -> Quiet:
    matches = matches_all([Matcher(label=name, value=value) for name, value in labels.items()])
    return Quiet(f"s{ends_in}", frozenset({"slow"}), matches, NOW, NOW + timedelta(seconds=ends_in))


def test_silences_and_maintenance_hold_until_the_last_of_them_ends() -> None:
    around = Surroundings(
        silences=[silence(60, service="shop"), silence(90, service="shop"), silence(900, service="x")]
    )
    hold = hold_of(subject(), around, {}, NOW)
    assert hold is not None
    assert (hold.reason, hold.by, hold.until) == ("silenced", "s90", NOW + timedelta(seconds=90))
    assert hold_of(subject(), around, {}, NOW + timedelta(seconds=90)) is None
    maintained = Surroundings(maintenance_until={"shop": NOW + timedelta(hours=1)})
    assert (hold_of(subject(), maintained, {}, NOW) or hold).reason == "maintenance"
    muted = Surroundings(mute_timings={"night": MuteTimingSpec(name="x", spans=[TimeSpan()])})
    assert (hold_of(subject(), muted, {}, NOW) or hold).reason == "muted"


def test_a_dependent_waits_for_its_root_cause_and_has_time_to_recover_after_it() -> None:
    around = Surroundings(needs={"shop": ["db"]}, statuses={"db": "down"})
    waiting = hold_of(subject(), around, {}, NOW)
    assert waiting is not None
    assert (waiting.reason, waiting.by, waiting.until) == ("awaiting_root", "db", NOW + AWAIT_ROOT)
    assert hold_of(subject(), around, {}, NOW + AWAIT_ROOT) is None
    running = hold_of(subject(), around, {"db": RootIncident(7, None)}, NOW)
    assert running is not None
    assert (running.reason, running.by, running.until) == ("suppressed", "7", None)
    well_again = Surroundings()
    ended = {"": RootIncident(7, NOW)}
    after = hold_of(subject(), well_again, ended, NOW + timedelta(seconds=1))
    assert after is not None
    assert (after.reason, after.until) == ("suppressed", NOW + RELEASE)
    assert hold_of(subject(), well_again, ended, NOW + RELEASE) is None


@pytest.mark.parametrize(
    ("down", "service", "causes"),
    [
        (["db"], "edge", ["db"]),  # through shop, which is well itself
        (["db", "shop"], "edge", ["db"]),
        (["shop"], "edge", ["shop"]),
        (["db", "cache"], "shop", ["cache", "db"]),
        (["edge"], "shop", []),
        (["a", "b"], "a", []),  # a circle is nobody's cause within itself
        (["a", "b"], "c", ["a", "b"]),
        (["a", "b", "db"], "c", ["db"]),
    ],
)
def test_the_root_causes_of_a_service_are_what_fails_at_the_end_of_what_it_needs(
    down: list[str], service: str, causes: list[str]
) -> None:
    needs = {"edge": ["shop"], "shop": ["db", "cache"], "a": ["b"], "b": ["a", "db"], "c": ["a"]}
    statuses = dict.fromkeys(("edge", "shop", "db", "cache", "a", "b", "c"), "healthy") | dict.fromkeys(down, "down")
    assert root_causes(service, needs, statuses) == causes
    for cause in causes:
        assert service in affected_by(cause, needs, statuses)
