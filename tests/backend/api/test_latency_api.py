"""The latency API as a client sees it: gateway, bus, endpoints and database are real; what was measured is known."""

from datetime import timedelta
from urllib.parse import quote

import pytest

from tests.backend.api.latencies import BOUND, DAY_SECONDS, LATENCY, Latencies, assert_exact, find, key_of, summary
from tests.backend.api.latency_story import (
    COARSE,
    CROWD,
    DAY,
    OLD,
    ORDERS,
    PAY,
    REFUND,
    SEARCH,
    WEEK,
    exact_ms,
)

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


async def test_summary_has_the_percentiles_of_the_busiest_twenty(latencies: Latencies) -> None:
    """F2.2.1, I2.2.1: P50, P95, P99, count and error rate of the top 20 by traffic, within 0.55 % of the exact ones."""
    found = await summary(latencies)

    told = {each.key for each in latencies.told if each.at > latencies.now - timedelta(hours=1)}
    busiest = sorted(told, key=lambda key: -latencies.count(key))[:20]
    assert {key_of(endpoint) for endpoint in found.endpoints} == set(busiest)
    assert (found.total_endpoints, found.total_count) == (len(told), sum(latencies.count(key) for key in told))
    for key in (SEARCH, PAY, ORDERS):
        assert_exact(find(found.endpoints, key), latencies.of(key))
    pay = find(found.endpoints, PAY)
    assert (pay.error_rate_pct, pay.error_bound_pct, pay.state) == (10.0, 0.5416, "ok")
    slowest = max(each.seconds.max() for each in latencies.of(PAY))
    together = sum(each.seconds.sum() for each in latencies.of(PAY))
    assert pay.max_ms == pytest.approx(1000 * slowest, rel=1e-5)
    assert pay.mean_ms == pytest.approx(1000 * together / pay.count, rel=1e-5)


async def test_summary_schema_holds_what_widgets_read(latencies: Latencies) -> None:
    """R2.2.1: `{endpoints: [{path, method, p50, p95, p99, count}]}`."""
    async with latencies.admin.get(f"{LATENCY}/summary") as answer:
        body = await answer.json()

    assert {"path", "method", "p50", "p95", "p99", "count"} <= body["endpoints"][0].keys()
    assert body["thresholds_ms"] == [80.0, 400.0]
    assert answer.headers["ETag"]


@pytest.mark.parametrize("sort", ["p99", "p95", "p50", "count"])
async def test_summary_is_sorted_as_asked(latencies: Latencies, sort: str) -> None:
    """F2.2.5: by P99, P95, P50 or count, the greatest first; those with too little data come last, by count."""
    found = (await summary(latencies, sort=sort)).endpoints

    told = [endpoint for endpoint in found if sort == "count" or endpoint.state == "ok"]
    values, rest = [getattr(endpoint, sort) for endpoint in told], found[len(told) :]
    assert found[: len(told)] == told
    assert values == sorted(values, reverse=True)
    assert [endpoint.count for endpoint in rest] == sorted((e.count for e in rest), reverse=True)
    assert found[0].path == (SEARCH if sort == "count" else PAY).route


async def test_too_few_requests_are_no_percentile(latencies: Latencies) -> None:
    """R2.2.3: P99 takes 100 requests, P95 20 and P50 2; below that there is none, and the state says so."""
    endpoints = (await summary(latencies, limit=200)).endpoints

    refund, crowd = find(endpoints, REFUND), {n: find(endpoints, key) for n, key in enumerate(CROWD)}
    assert (refund.state, refund.count, refund.p99) == ("insufficient_data", 41, None)
    assert refund.p95 == pytest.approx(exact_ms(latencies.of(REFUND), 0.95), rel=BOUND)
    assert (crowd[0].p50, crowd[0].p95) == (None, None)
    assert crowd[0].max_ms is not None
    assert crowd[1].p50 is not None
    assert (crowd[18].p95, crowd[19].p95 is not None) == (None, True)


async def test_nothing_measured_is_an_empty_summary(latencies: Latencies) -> None:
    """R2.2.3: a service without requests has no endpoints, and that is no error."""
    found = await summary(latencies, service="nobody", compare="yesterday")

    assert (found.endpoints, found.total_endpoints, found.total_count) == ([], 0, 0)


async def test_the_listed_endpoints_are_told_as_one(latencies: Latencies) -> None:
    """F2.2.1: their percentiles are those of all their requests together, and of yesterday's."""
    found = await summary(latencies, service="orders", compare="yesterday")
    every = await summary(latencies)

    assert found.compared_together is not None
    for told, back in ((found.together, timedelta(0)), (found.compared_together, DAY)):
        assert told.count == latencies.count(ORDERS, back=back)
        assert told.p99 == pytest.approx(exact_ms(latencies.of(ORDERS, back=back), 0.99), rel=BOUND)
    listed = [each for one in every.endpoints for each in latencies.of(key_of(one))]
    assert every.together.p95 == pytest.approx(exact_ms(listed, 0.95), rel=every.together.error_bound_pct / 100)
    assert (every.together.count, every.compared_together) == (sum(each.seconds.size for each in listed), None)


async def test_endpoints_are_listed_by_name(latencies: Latencies) -> None:
    """Those asked for, busy or not, also without any request in the window; who is not known is left out."""
    names = [f"{key.method} {quote(key.service, safe='')} {key.route}" for key in (REFUND, OLD, CROWD[0])]
    asked = "\n".join([*names, "GET nobody /api/nowhere", ""])
    found = await summary(latencies, endpoints=asked, sort="count")
    own = await summary(latencies, endpoints=asked, service="crowd")

    assert [key_of(one) for one in found.endpoints] == [REFUND, CROWD[0], OLD]
    assert [one.count for one in found.endpoints] == [41, 1, 0]
    assert [key_of(one) for one in own.endpoints] == [CROWD[0]]
    assert (await summary(latencies, endpoints="")).endpoints == []


async def test_a_window_of_the_past_holds_its_hours(latencies: Latencies) -> None:
    """Chosen hours are told as exactly as the last ones; the strip stays, or moves to what lies further back."""
    end = latencies.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    found = await summary(latencies, window_seconds=4 * 3600, to_at=end.isoformat())
    old = await summary(latencies, window_seconds=DAY_SECONDS, to_at=(latencies.now - 2.5 * DAY).isoformat())
    running = await summary(latencies, window_seconds=3600, to_at=(end + timedelta(hours=4)).isoformat())

    told = [t for t in latencies.told if t.key == ORDERS and end - timedelta(hours=4) <= t.at < end]
    assert (found.from_at, found.to_at) == (end - timedelta(hours=4), end)
    assert_exact(find(found.endpoints, ORDERS), told)
    assert find(old.endpoints, OLD).count == 500
    assert (found.hours_from_at, old.hours_from_at) == (end - timedelta(hours=20), old.to_at - DAY)
    assert sum(find(old.endpoints, OLD).count_by_hour) == 500
    assert (running.from_at, running.to_at) == (end + timedelta(hours=3), latencies.now)


async def test_what_was_not_counted_is_told(latencies: Latencies) -> None:
    every, own = await summary(latencies), await summary(latencies, service="search")

    assert (every.dropped_samples, every.overflowed_endpoints) == (10, 12)
    assert (own.dropped_samples, own.overflowed_endpoints) == (10, 0)
    assert [(drop.service, drop.reason, drop.count) for drop in own.drops] == [
        ("search", "late", 8),
        ("search", "negative", 2),
    ]
    assert {drop.last_at for drop in own.drops} == {latencies.now.replace(second=0) - timedelta(minutes=3)}
    assert {endpoint.service for endpoint in own.endpoints} == {"search"}


@pytest.mark.parametrize("seconds", [6 * 3600, DAY_SECONDS, 2 * DAY_SECONDS])
async def test_a_longer_window_is_as_exact(latencies: Latencies, seconds: int) -> None:
    """Hours from roll-ups and the minutes that are not rolled up yet hold each request once."""
    found = await summary(latencies, window_seconds=seconds, sort="count")

    assert found.from_at <= latencies.now - timedelta(seconds=seconds) + timedelta(hours=1)
    assert_exact(find(found.endpoints, PAY), latencies.of(PAY))
    assert_exact(
        find(found.endpoints, ORDERS), [t for t in latencies.told if t.key == ORDERS and t.at >= found.from_at]
    )


async def test_a_month_is_put_together_from_days(latencies: Latencies) -> None:
    found = await summary(latencies, window_seconds=31 * DAY_SECONDS, limit=200)

    assert found.total_count == sum(each.seconds.size for each in latencies.told)
    assert_exact(find(found.endpoints, OLD), latencies.of(OLD, timedelta(days=4)))
    assert_exact(find(found.endpoints, ORDERS), [each for each in latencies.told if each.key == ORDERS])


async def test_summary_compares_with_yesterday(latencies: Latencies) -> None:
    found = await summary(latencies, compare="yesterday", sort="p95")

    orders, pay = find(found.endpoints, ORDERS), find(found.endpoints, PAY)
    before = exact_ms(latencies.of(ORDERS, back=DAY), 0.95)
    assert orders.change_pct == pytest.approx(100 * (exact_ms(latencies.of(ORDERS), 0.95) / before - 1), rel=0.03)
    assert pay.change_pct is None
    assert orders.compared_p99_by_hour is not None
    told = [value for value in orders.compared_p99_by_hour if value is not None]
    assert 1 <= len(told) <= 2


async def test_last_week_is_told_in_whole_hours(latencies: Latencies) -> None:
    """Minutes of a week ago are not kept; the nearest hours are."""
    found = await summary(latencies, compare="last_week", sort="p50")

    orders = find(found.endpoints, ORDERS)
    before = exact_ms(latencies.of(ORDERS, back=WEEK), 0.5)
    assert orders.change_pct == pytest.approx(100 * (exact_ms(latencies.of(ORDERS), 0.5) / before - 1), rel=0.03)


async def test_each_endpoint_brings_its_last_24_hours(latencies: Latencies) -> None:
    """F2.2.4: percentiles by hour, oldest first; an hour without enough requests has none."""
    orders = find((await summary(latencies)).endpoints, ORDERS)

    assert (len(orders.p99_by_hour), len(orders.count_by_hour)) == (24, 24)
    start = latencies.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    hours = [[t for t in latencies.told if t.key == ORDERS and t.at.replace(minute=0) == start + n * timedelta(hours=1)]
             for n in range(24)]  # fmt: skip
    assert orders.count_by_hour == [sum(each.seconds.size for each in hour) for hour in hours]
    for told, q in ((orders.p50_by_hour, 0.5), (orders.p95_by_hour, 0.95), (orders.p99_by_hour, 0.99)):
        for found, hour in zip(told, hours, strict=True):
            assert found == (pytest.approx(exact_ms(hour, q), rel=BOUND) if hour else None)
    assert orders.hours_error_bound_pct == 0.5416


async def test_coarse_input_says_how_coarse(latencies: Latencies) -> None:
    endpoint = find((await summary(latencies, service="coarse")).endpoints, COARSE)

    assert endpoint.error_bound_pct == pytest.approx(17.1573, abs=1e-4)
    assert endpoint.p50 == pytest.approx(exact_ms(latencies.of(COARSE), 0.5), rel=0.1716)
