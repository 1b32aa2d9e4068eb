"""Rounds of loops, queues and durations, as Prometheus sees them."""

import re
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest

from shared.loops import until_it_works
from shared.metrics import QueueMetrics, Watched, round_of
from shared.telemetry import IN_STOCK, SECONDS, observe_many, stock_of_ids


def value(name: str, **labels: Any) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


def test_a_round_counts_when_it_ends_and_says_when_it_went_well() -> None:
    with round_of("bell_rings"):
        assert value("belfry_loop_last_success_timestamp_seconds", loop="bell_rings") is None, "not yet"
    assert value("belfry_loop_rounds_total", loop="bell_rings", outcome="ok") == 1
    assert value("belfry_loop_duration_seconds_count", loop="bell_rings") == 1
    assert (value("belfry_loop_last_success_timestamp_seconds", loop="bell_rings") or 0) > 0
    with pytest.raises(ValueError, match="cracked"), round_of("bell_rings"):
        raise ValueError("cracked")
    assert value("belfry_loop_rounds_total", loop="bell_rings", outcome="failed") == 1
    assert value("belfry_loop_duration_seconds_count", loop="bell_rings") == 1


async def test_what_is_tried_until_it_works_counts_each_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.loops.FIRST_RETRY_SECONDS", 0)
    answers = iter([ValueError("not yet"), None])

    async def work() -> None:
        if error := next(answers):
            raise error

    await until_it_works(work, "bell_is_cast")
    assert value("belfry_loop_rounds_total", loop="bell_is_cast", outcome="failed") == 1
    assert value("belfry_loop_rounds_total", loop="bell_is_cast", outcome="ok") == 1


def test_a_queue_shows_its_depth_its_bound_and_what_it_dropped() -> None:
    waiting = [1, 2, 3]
    queue = Watched(name="bells", depth=lambda: len(waiting), limit=lambda: 4, dropped=lambda: 7)
    text = generate_latest(QueueMetrics("tower", [queue])).decode()
    assert 'belfry_queue_depth{queue="bells",service="tower"} 3.0' in text
    assert 'belfry_queue_limit{queue="bells",service="tower"} 4.0' in text
    assert 'belfry_queue_dropped_total{queue="bells",service="tower"} 7.0' in text


@given(st.lists(st.one_of(st.floats(0, 20), st.sampled_from(SECONDS)), max_size=50))
def test_many_values_at_once_are_as_one_after_the_other(values: list[float]) -> None:
    once, each = (Histogram("seconds", "", registry=CollectorRegistry(), buckets=SECONDS) for _ in range(2))
    observe_many(once, values)
    for value in values:
        each.observe(value)
    buckets, others = (
        {s.labels.get("le", s.name): s.value for m in h.collect() for s in m.samples} for h in (once, each)
    )
    assert buckets == pytest.approx(others)


def test_ids_from_stock_differ_from_each_other() -> None:
    ids = list(islice(stock_of_ids(8), 3 * IN_STOCK))
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[0-9a-f]{16}", id) for id in ids)
