"""Self times of steps: what gateways measured, merged exactly and put into figures; and which gateways there are."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_svc.costs import avg_ms, middleware_stats, stats_of, steps_avg_ms, total
from pipeline_svc.fleet import Fleet
from shared.contracts.pipeline.document import PipelineNode
from shared.contracts.pipeline.events import NodeAnnounced, PipelineMeasured
from shared.contracts.pipeline.stats import MeasuredStep
from shared.step_times import BUCKETS, ERROR_BOUND_PCT, MIDDLES_MS, buckets_of, quantile_ms

NOW = datetime(2026, 11, 23, 14, 8, 20, tzinfo=UTC)
DURATIONS = st.lists(st.floats(1e-9, 200), min_size=1, max_size=200)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def step(id: str, seconds: Sequence[float], answered: int = 0) -> MeasuredStep:
    counts = np.bincount(buckets_of(np.array(seconds, float)), minlength=BUCKETS) if len(seconds) else np.zeros(0)
    return MeasuredStep(
        id=id, calls=len(seconds), answered=answered, errors=0, sum_ms=sum(seconds) * 1000, offset=0,
        counts=[int(count) for count in counts],
    )  # fmt: skip


def span(node: str, requests: int, sum_ms: float, *steps: MeasuredStep, until: float = 0) -> PipelineMeasured:
    return PipelineMeasured(
        node=node, revision=7, from_at=ago(until + 5), to_at=ago(until), requests=requests, sum_ms=sum_ms,
        steps=list(steps),
    )  # fmt: skip


@given(DURATIONS)
def test_a_quantile_is_within_its_bound(seconds: list[float]) -> None:
    """F2.4.4"""
    counts = np.bincount(buckets_of(np.array(seconds)), minlength=BUCKETS)
    for q in (0.5, 0.95, 0.99):
        exact_ms = sorted(seconds)[int(np.ceil(q * len(seconds))) - 1] * 1000
        found = quantile_ms(counts, q)
        assert found is not None
        assert abs(found - exact_ms) <= exact_ms * ERROR_BOUND_PCT / 100 + 1e-12


def test_the_grid_is_as_the_contract_says() -> None:
    """Bucket b begins at 2**(b // 8) * (1 + b % 8 / 8) ns."""
    for bucket in (0, 1, 7, 8, 100, 303):
        lower_ns = 2 ** (bucket // 8) * (1 + bucket % 8 / 8)
        assert buckets_of(np.array([lower_ns * 1e-9 * 1.0001]))[0] == bucket
        assert MIDDLES_MS[bucket] == pytest.approx(lower_ns * 1e-6, rel=0.126)
    assert list(buckets_of(np.array([-1.0, 0.0, 1e9]))) == [0, 0, BUCKETS - 1]
    assert quantile_ms(np.zeros(BUCKETS, np.int64), 0.5) is None


def test_gateways_are_added_up_and_never_averaged() -> None:
    """F2.4.4: one gateway is slow and rare, the other quick and busy."""
    quick = span("gw-0", 900, 900 * 1.0, step("auth", [0.0001] * 900, answered=90), step("handler", [0.0005] * 810))
    slow = span("gw-1", 100, 100 * 10.0, step("auth", [0.002] * 100), step("handler", [0.005] * 100))

    found = middleware_stats(["auth", "cache"], {"gw-0": [quick], "gw-1": [slow], "gw-2": []}, 300, ago(300), NOW)

    auth, cache = found.steps
    assert (found.requests, found.requests_per_second) == (1000, 200.0)
    assert (auth.calls, auth.answered, auth.answered_per_second) == (1000, 90, 18.0)
    assert auth.avg_ms == pytest.approx((900 * 0.1 + 100 * 2) / 1000, abs=1e-4)
    assert auth.p50_ms == pytest.approx(0.1, rel=0.06)
    assert auth.p95_ms == pytest.approx(2, rel=0.06)
    assert auth.share_pct == pytest.approx(100 * 290 / 1900, abs=0.01)
    assert (cache.calls, cache.avg_ms, cache.p99_ms, cache.share_pct) == (0, None, None, None)
    assert found.steps_avg_ms == pytest.approx((1900 - 810 * 0.5 - 100 * 5) / 1000, abs=1e-4)
    assert [node.node for node in found.nodes] == ["gw-0", "gw-1"]
    assert found.nodes[1].steps[0].avg_ms == pytest.approx(2)


def test_nothing_measured_is_nothing_and_not_zero() -> None:
    nothing = total([])
    assert (avg_ms(nothing), steps_avg_ms(nothing)) == (None, None)
    assert stats_of("auth", nothing).avg_ms is None
    outside = MeasuredStep(id="auth", calls=1, answered=0, errors=0, sum_ms=1, offset=BUCKETS + 9, counts=[1])
    assert stats_of("auth", total([span("gw-0", 1, 1, outside)])).p50_ms is None


def node(name: str, revision: int = 7, seen: float = 0) -> PipelineNode:
    return PipelineNode(
        node=name, version="0.1.0", revision=revision, origin="saved", started_at=ago(60), changed_at=ago(60),
        seen_at=ago(seen),
    )  # fmt: skip


async def test_a_gateway_is_there_while_it_says_so() -> None:
    fleet = Fleet()
    fleet.announced(NodeAnnounced(node="gw-1", state=node("gw-1", seen=1e6)), ago(14))
    fleet.announced(NodeAnnounced(node="gw-0", state=node("gw-0")), ago(16))
    fleet.announced(NodeAnnounced(node="gw-2", state=node("gw-2")), ago(1))

    assert [each.node for each in fleet.nodes(NOW)] == ["gw-1", "gw-2"]  # by when it was heard, not by its clock
    assert await fleet.until(lambda: len(fleet.nodes(NOW)) == 2, 5)
    fleet.announced(NodeAnnounced(node="gw-2", state=node("gw-2"), stopped=True), NOW)
    assert [each.node for each in fleet.nodes(NOW)] == ["gw-1"]
    assert not await fleet.until(lambda: False, 0)


def test_measures_are_kept_for_five_minutes() -> None:
    fleet = Fleet()
    for seconds in (310, 200, 5):
        fleet.measured(span("gw-0", 1, 1.0), ago(seconds))
    fleet.announced(NodeAnnounced(node="gw-0", state=node("gw-0")), NOW)

    assert len(fleet.spans(NOW, timedelta(seconds=300))["gw-0"]) == 2
    assert len(fleet.spans(NOW, timedelta(seconds=10))["gw-0"]) == 1
    fleet.announced(NodeAnnounced(node="gw-1", state=node("gw-1")), NOW + timedelta(seconds=400))
    assert fleet.spans(NOW + timedelta(seconds=400), timedelta(seconds=300)) == {}
