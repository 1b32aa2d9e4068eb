"""Restarts and races, without servers: whoever dies or is late, the changes are those of one who heard all in order."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alert_svc.book import watched
from alert_svc.engine import Engine, Moved
from alert_svc.semantics import Names, rule_errors
from alert_svc.series import MINUTE, Info, Sample, key_of
from alert_svc.state import Memory
from shared.contracts.alerts.rules import AlertRuleSpec
from tests.backend.alert_svc.test_alert_rules_properties import specs, values

LABELS = {"queue": "mail"}
KEY = key_of(LABELS)
METRIC = "queue.depth"
LATE_SECONDS = 10  # a minute is stored so long after its end

Changed = list[tuple[float, str]]
Log = list[tuple[float, str]]

gaps = st.sampled_from([1, 7, 20, 60, 60, 140, 149, 151, 170, 400, 1000])
histories = st.lists(st.tuples(gaps, values), min_size=1, max_size=30)
rules = specs().filter(lambda spec: not rule_errors(spec, Names()))


def samples_of(history: Sequence[tuple[int, float]]) -> list[Sample]:
    at, found = 0.0, []
    for gap, value in history:
        at += gap
        found.append(Sample(METRIC, LABELS, at + 0.125, value))
    return found


def engine_with(spec: AlertRuleSpec) -> Engine:
    engine = Engine()
    engine.book.add_rule(watched("r", 1, 0, spec))
    return engine


def said(moved: Sequence[Moved]) -> Log:
    return [(change.at, change.kind) for each in moved for change, _ in each.changes]


def heard_in_order(spec: AlertRuleSpec, samples: Sequence[Sample], until: float) -> Log:
    engine, found = engine_with(spec), Log()
    for sample in samples:
        found += said(engine.hear([sample]))
    return found + said(engine.pass_time(until))


# --- restarts -----------------------------------------------------------------------------------------------------


def restarted(before: Engine, spec: AlertRuleSpec, now: float) -> tuple[Engine, float]:
    """A process that starts at `now` with what is stored, and from when on it hears again."""
    engine = Engine()
    last = int(now - LATE_SECONDS) // MINUTE - 1
    infos = [info for info in before.store.infos if info is not None]
    for info in infos:
        engine.add_series(Info(info.metric, info.key, info.labels, info.interval_seconds))
    for minute in range(last + 1):
        rows, values_, extreme, at_ms = before.store.minute(minute)
        engine.store.restore(minute, rows, values_, extreme, at_ms)
    engine.book.add_rule(watched("r", 1, 0, spec))
    for alert in before.book.of_rule("r"):
        known = engine.book.find("r", alert.row)
        if known is not None:
            engine.book.remember(known, alert.memory, alert.seq)
    return engine, float((last + 1) * MINUTE)


@given(rules, histories, st.integers(1, 4000))
@settings(max_examples=300)
def test_a_restart_changes_nothing_to_the_second(
    spec: AlertRuleSpec, history: list[tuple[int, float]], dies: int
) -> None:
    """Durations that run, values that do not come: as if the process had never died."""
    samples = samples_of(history)
    until = samples[-1].at + 1300
    dies = min(dies, int(until) - 1)
    one, found = engine_with(spec), Log()
    for sample in [each for each in samples if each.at < dies]:
        found += said(one.hear([sample]))
    found += said(one.pass_time(float(dies)))

    two, since = restarted(one, spec, float(dies))
    for sample in [each for each in samples if each.at >= since]:
        found += said(two.hear([sample]))
    found += said(two.pass_time(until))

    assert found == heard_in_order(spec, samples, until)


# --- races --------------------------------------------------------------------------------------------------------


class Shelf:
    """The store: a memory is replaced only by one that was built on it."""

    def __init__(self) -> None:
        self.memory, self.seq = Memory(at=0.0), 0
        self.log: Log = []

    def save(self, seq: int, moved: Moved) -> bool:
        if seq != self.seq:
            return False
        self.memory, self.seq = moved.after, seq + 1
        self.log += said([moved])
        return True


class Replica:
    """Hears all of the stream, in batches of its own, and stores as the evaluator does."""

    def __init__(self, spec: AlertRuleSpec, stream: Sequence[Sample], shelf: Shelf) -> None:
        self._spec, self._stream, self._shelf = spec, stream, shelf
        self.start()

    def start(self) -> None:
        self.engine, self.place = engine_with(self._spec), 0
        self._reread()

    def hear(self, many: int) -> None:
        batch = self._stream[self.place : self.place + many]
        self.place += len(batch)
        for portion in self.engine.portions(batch):
            self._settle(self.engine.hear(portion))

    def look_at_the_clock(self, until: float) -> None:
        """No further than it has heard."""
        heard = self._stream[self.place].at if self.place < len(self._stream) else until
        self._settle(self.engine.pass_time(min(heard, until)))

    def _settle(self, moved: list[Moved]) -> None:
        while moved:
            together = Moved(
                moved[0].alert, moved[0].before, moved[-1].after, tuple(c for each in moved for c in each.changes)
            )
            if self._shelf.save(together.alert.seq, together):
                together.alert.seq += 1
                return
            moved = self._reread()

    def _reread(self) -> list[Moved]:
        row = self.engine.store.row_of(METRIC, KEY)
        if row is None:
            if self._shelf.seq == 0:
                return []
            row = self.engine.add_series(Info(METRIC, KEY, LABELS, 60.0), self._shelf.memory.known_at)
        alert = self.engine.book.find("r", row)
        assert alert is not None
        self.engine.book.remember(alert, self._shelf.memory, self._shelf.seq)
        return self.engine.look_again([alert])


steps = st.tuples(st.integers(0, 1), st.sampled_from(["hear", "hear", "hear", "clock", "die"]), st.integers(1, 12))


@given(rules, histories, st.lists(steps, max_size=40))
@settings(max_examples=300)
def test_two_replicas_store_what_one_alone_would_have(
    spec: AlertRuleSpec, history: list[tuple[int, float]], schedule: list[tuple[int, str, int]]
) -> None:
    """Each change once, none dropped, whoever hears first, looks at the clock when, or begins anew."""
    samples = samples_of(history)
    until = samples[-1].at + 1300
    shelf = Shelf()
    replicas = [Replica(spec, samples, shelf) for _ in range(2)]
    for number, what, many in schedule:
        replica = replicas[number]
        if what == "hear":
            replica.hear(many)
        elif what == "clock":
            replica.look_at_the_clock(until)
        else:
            replica.start()
    for replica in replicas:
        replica.hear(len(samples))
        replica.look_at_the_clock(until)

    assert shelf.log == heard_in_order(spec, samples, until)
    assert np.isfinite(shelf.memory.at)
