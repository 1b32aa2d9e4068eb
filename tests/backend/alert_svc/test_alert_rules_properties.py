"""The state machine against a naive model, live evaluation against preview, ticks at any moments."""

from typing import Any, get_args

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from alert_svc.alert_rules import advance, take
from alert_svc.book import watched
from alert_svc.engine import Engine
from alert_svc.replay import Track, alive_times, replay, track_of
from alert_svc.series import MINUTE, Sample, key_of
from alert_svc.state import Feed, Memory, Terms, single
from shared.contracts.alerts.rules import AlertRuleSpec, Operator
from tests.backend.alert_svc.naive import Naive

FRESH = 150
LEVELS = [single(value) for value in (0.0, 0.1, 5.0, 7.5, 10.0, 20.0)]
values = st.sampled_from(LEVELS)


@st.composite
def specs(draw: st.DrawFn) -> AlertRuleSpec:
    operator = draw(st.sampled_from(get_args(Operator)))
    ordered = operator in (">", ">=", "<", "<=")
    sign = 1 if operator.startswith(">") else -1
    return AlertRuleSpec(
        name="a rule",
        metric="queue.depth",
        operator=operator,
        threshold=draw(st.sampled_from([0.1, 5.0, 7.5])),
        duration=draw(st.sampled_from([0, 30, 60, 90, 300])),
        recovery_threshold=draw(st.sampled_from([None, 7.5 - 2.5 * sign])) if ordered else None,
        critical_threshold=draw(st.sampled_from([None, 7.5 + 2.5 * sign])) if ordered else None,
        keep_firing_for_seconds=draw(st.sampled_from([0, 60, 200])),
        no_data=draw(st.sampled_from(["keep", "alert", "ok", "no_data"])),
    )


def counting(spec: AlertRuleSpec, min_samples: int) -> AlertRuleSpec:
    return replace(spec, min_samples=min_samples)


gaps = st.sampled_from([1, 10, 29, 30, 60, 60, 60, 149, 150, 151, 400, 900, 1100])
histories = st.lists(st.tuples(gaps, values), min_size=1, max_size=25)


def timed(history: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Values with their moments, from second 1 on."""
    at, found = 0, []
    for gap, value in history:
        at += gap
        found.append((at, value))
    return found


def run(terms: Terms, samples: list[tuple[int, float]], ticks: set[int], until: int) -> list[tuple[float, str]]:
    """Live: values as they come, and the time looked at besides. Some other series has a value every minute."""
    memory, last_at = Memory(at=0.0), np.inf
    found: list[tuple[float, str]] = []
    by_time = dict(samples)
    for now in sorted(by_time.keys() | ticks | {until}):
        feed = Feed(last_at, FRESH, float((now - 1) // MINUTE * MINUTE))
        if now in by_time:
            memory, changes = take(memory, terms, feed, now, by_time[now])
            last_at = now
        else:
            memory, changes = advance(memory, terms, feed, now)
        found += [(change.at, change.kind) for change in changes]
    return found


BECOMES_CRITICAL_THEN_SILENT = AlertRuleSpec(
    name="a rule",
    metric="queue.depth",
    operator=">",
    threshold=0.1,
    critical_threshold=10.0,
    duration=300,
    no_data="alert",
)


@given(specs(), histories)
@example(BECOMES_CRITICAL_THEN_SILENT, [(1, 5.0), (1, 20.0)])
def test_the_machine_does_what_a_naive_one_does_that_looks_every_second(
    spec: AlertRuleSpec, history: list[tuple[int, float]]
) -> None:
    engine_terms = watched("r", 1, 0, spec).terms
    samples = timed(history)
    until = samples[-1][0] + 1300
    naive = Naive(engine_terms, FRESH)
    by_time = dict(samples)
    for now in range(until):
        naive.second(now, by_time.get(now), (now - 1) // MINUTE * MINUTE if now else None)

    found = run(engine_terms, samples, set(), until)

    assert [(at, kind) for at, kind in found if at < until] == naive.changes


@given(specs(), histories, st.sets(st.integers(1, 5000), max_size=30))
def test_it_makes_no_difference_when_the_clock_is_looked_at(
    spec: AlertRuleSpec, history: list[tuple[int, float]], ticks: set[int]
) -> None:
    terms = watched("r", 1, 0, spec).terms
    samples = timed(history)
    until = samples[-1][0] + 1300

    assert run(terms, samples, {tick for tick in ticks if tick < until}, until) == run(terms, samples, set(), until)


@given(
    st.lists(st.builds(counting, specs(), st.sampled_from([0, 0, 100])), min_size=1, max_size=4),
    st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([0, 1, 1, 1, 2, 3, 17]), values, st.sampled_from([5.0, 100.0])),
        min_size=1,
        max_size=40,
    ),
    st.sets(st.integers(1, 2400), max_size=20),
)
@settings(max_examples=150)
def test_live_evaluation_does_what_the_preview_says(
    rules: list[AlertRuleSpec], history: list[tuple[int, int, float, float]], ticks: set[int]
) -> None:
    """F2.5.5: on the same data, with one value a minute, rule by rule and series by series: the preview, which goes
    through stored points, and the live engine, which hears values and looks at the clock at any moments, agree."""
    engine = Engine()
    for number, spec in enumerate(rules):
        engine.book.add_rule(watched(f"r{number}", 1, 0, spec))
    live: dict[tuple[str, str], list[Any]] = {}
    minute = 1
    heard: set[tuple[int, int]] = set()
    events: list[tuple[float, Any]] = [(float(tick), None) for tick in ticks]
    for series, gap, value, count in history:
        minute += gap
        if (series, minute) not in heard:
            heard.add((series, minute))
            labels = {"queue": str(series)}
            events.append((float(minute * MINUTE), Sample("queue.depth", labels, minute * MINUTE, value, count)))
    until = float((minute + 40) * MINUTE)
    for at, sample in sorted((event for event in events if event[0] < until), key=lambda event: event[0]):
        moved = engine.hear([sample]) if sample is not None else engine.pass_time(at)
        note(engine, live, moved)
    note(engine, live, engine.pass_time(until))

    store = engine.store
    rows = store.by_metric["queue.depth"]
    for rule in engine.book.rules.values():
        for row in rows:
            points = store.points(row)
            alive = alive_times(points[0], store.alive(rows))
            counts = store.points(store.info(row).count_row)[1]
            track = track_of(points, counts, rule.terms, float(store.fresh_seconds[row]), alive)
            previewed = replay(rule.terms, track, 0, until)
            assert live.get((rule.id, store.info(row).key), []) == previewed


def note(engine: Engine, found: dict[tuple[str, str], list[Any]], moved: Any) -> None:
    for each in moved:
        found.setdefault((each.alert.rule.id, engine.store.info(each.alert.row).key), []).extend(each.changes)


@given(specs(), st.lists(st.tuples(st.integers(1, 20), values), min_size=1, max_size=60))
def test_a_track_keeps_each_minutes_last_value_and_the_one_farthest_from_it(
    spec: AlertRuleSpec, history: list[tuple[int, float]]
) -> None:
    engine = Engine()
    samples = timed(history)
    engine.hear([Sample("queue.depth", {}, at, value) for at, value in samples])
    row = engine.store.row_of("queue.depth", key_of({}))
    assert row is not None

    track = track_of(engine.store.points(row), None, watched("r", 1, 0, spec).terms, FRESH, np.array([]))

    by_minute: dict[int, list[float]] = {}
    for at, value in samples:
        by_minute.setdefault(at // MINUTE, []).append(value)
    got: dict[int, list[float]] = {}
    for at_, value in zip(track.at, track.values, strict=True):
        got.setdefault(int(at_) // MINUTE, []).append(value)
    assert got.keys() == by_minute.keys()
    for minute, members in by_minute.items():
        assert got[minute][-1] == members[-1]
        assert abs(got[minute][0] - members[-1]) <= max(abs(each - members[-1]) for each in members)
        assert set(got[minute]) <= set(members)
    assert Track(track.at, track.values, FRESH, track.alive_at).at == sorted(set(track.at))
