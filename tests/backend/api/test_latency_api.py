"""The latency API as a client sees it: gateway, bus, endpoints and database are real; what was measured is known."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from msgspec import Struct
from yarl import URL

import gateway.app
from gateway.settings import GatewaySettings
from latency_svc.api import HANDLERS
from latency_svc.room import Room
from shared.bus import Bus
from shared.contracts.examples import EndpointExamples
from shared.contracts.latency import EndpointHistogram, EndpointLatency, EndpointList, EndpointTrend, LatencySummary
from shared.db import connect
from shared.rpc import serve
from shared.settings import Settings
from tests.backend.api.latency_story import (
    COARSE,
    CROWD,
    DAY,
    OLD,
    ORDERS,
    PAY,
    REFUND,
    RESERVE,
    SAME,
    SEARCH,
    WEEK,
    Told,
    exact_ms,
    story,
    write,
)
from tests.fixtures.servers import new_database, template_name

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

LATENCY = "/api/v1/admin/latency"
TOKEN = "bf_token_of_the_latency_tests_0123456789"
TRACE_URL = "https://tracing.example/trace/{trace_id}?of=belfry"
BOUND = 0.0055
MOMENTS = {
    "the last hour not rolled up": datetime(2026, 11, 23, 14, 8, 20, tzinfo=UTC),
    "a month just begun": datetime(2026, 12, 1, 0, 14, 1, tzinfo=UTC),
}
DAY_SECONDS = 86_400


class Latencies(Struct, frozen=True):
    """The API over `told`; `admin` may all."""

    admin: aiohttp.ClientSession
    url: str
    told: list[Told]
    now: datetime

    def of(self, key: Any, oldest: timedelta = timedelta(hours=1), back: timedelta = timedelta(0)) -> list[Told]:
        newest = self.now - back
        return [each for each in self.told if each.key == key and newest - oldest <= each.at <= newest]

    def count(self, key: Any, oldest: timedelta = timedelta(hours=1), back: timedelta = timedelta(0)) -> int:
        return sum(each.seconds.size for each in self.of(key, oldest, back))


@pytest.fixture(scope="module", params=MOMENTS)
def moment(request: pytest.FixtureRequest) -> datetime:
    found: datetime = MOMENTS[request.param]
    return found


@pytest.fixture(scope="module")
def database_of_moment(postgres_url: str, migrated_template: str, moment: datetime) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def latencies(
    nats_url: str, database_of_moment: str, moment: datetime, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Latencies]:
    given: dict[str, Any] = {"nats_url": nats_url, "database_url": database_of_moment}
    settings = Settings(service="latency_svc", **given)
    pool, bus, now = await connect(settings), await Bus.connect(settings), moment
    told = story(now)
    await write(pool, told, now)
    room = Room(pool=pool, thresholds_ms=(80.0, 400.0), trace_url=TRACE_URL, now=lambda: now)
    serving = await serve(bus, settings, [(rpc, partial(handler, room)) for rpc, handler in HANDLERS], {})
    directory = str(tmp_path_factory.mktemp("latency"))
    front = TestServer(gateway.app.create_app(GatewaySettings(**given, data_dir=directory, admin_token=TOKEN)))
    async with front:
        url = str(front.make_url(""))
        async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as admin:
            yield Latencies(admin, url, told, now)
    await serving.stop()
    await bus.close()
    await pool.close()


async def read(latencies: Latencies, path: str, type_: Any, **query: Any) -> Any:
    async with latencies.admin.get(f"{LATENCY}{path}", params=query) as answer:
        body = await answer.read()
        assert answer.status == 200, body
        return msgspec.json.decode(body, type=type_)


async def summary(latencies: Latencies, **query: Any) -> LatencySummary:
    found: LatencySummary = await read(latencies, "/summary", LatencySummary, **query)
    return found


def key_of(endpoint: EndpointLatency | EndpointHistogram | EndpointTrend | EndpointExamples) -> tuple[str, str, str]:
    return endpoint.service, endpoint.method, endpoint.path


def find(endpoints: list[EndpointLatency], key: Any) -> EndpointLatency:
    return next(endpoint for endpoint in endpoints if key_of(endpoint) == key)


def assert_exact(endpoint: EndpointLatency, told: list[Told]) -> None:
    """Its figures are those of all these durations."""
    assert endpoint.count == sum(each.seconds.size for each in told)
    for found, q in ((endpoint.p50, 0.5), (endpoint.p95, 0.95), (endpoint.p99, 0.99)):
        assert found == pytest.approx(exact_ms(told, q), rel=BOUND)


# --- summary ------------------------------------------------------------------------------------------------------


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


# --- list ---------------------------------------------------------------------------------------------------------


async def test_the_list_is_paged_and_every_endpoint_is_on_one_page(latencies: Latencies) -> None:
    pages: list[EndpointList] = []
    cursor = ""
    while cursor or not pages:
        page = await read(latencies, "/endpoints", EndpointList, limit=16, **({"cursor": cursor} if cursor else {}))
        pages.append(page)
        cursor = page.next_cursor or ""

    found = [endpoint for page in pages for endpoint in page.endpoints]
    assert [len(page.endpoints) for page in pages][:2] == [16, 16]
    assert len({key_of(endpoint) for endpoint in found}) == len(found) == (await summary(latencies)).total_endpoints
    assert [endpoint.count for endpoint in found] == sorted((e.count for e in found), reverse=True)


async def test_the_list_is_searched_and_sorted(latencies: Latencies) -> None:
    found = await read(latencies, "/endpoints", EndpointList, search="post API pay", sort="p99")
    crowd = await read(latencies, "/endpoints", EndpointList, service="crowd", search="crowd/0", sort="p50")

    assert [key_of(endpoint) for endpoint in found.endpoints] == [PAY, REFUND]
    assert found.next_cursor is None
    assert len(crowd.endpoints) == 10
    assert crowd.endpoints[-1].p50 is None


async def test_the_list_is_compared(latencies: Latencies) -> None:
    found = await read(latencies, "/endpoints", EndpointList, service="orders", compare="yesterday", sort="p50")

    [orders] = found.endpoints
    before = exact_ms(latencies.of(ORDERS, back=DAY), 0.5)
    assert orders.change_pct == pytest.approx(100 * (exact_ms(latencies.of(ORDERS), 0.5) / before - 1), rel=0.03)
    assert any(orders.compared_p50_by_hour)


@pytest.mark.parametrize(
    "cursor", ["nonsense", "MjAyNi0xMS0yM1QxMjowMDowMCswMDowMCB4", "MDAwMS0wMS0wMVQwMDowMDowMCswMDowMCAx"]
)
async def test_a_cursor_of_another_list_is_refused(latencies: Latencies, cursor: str) -> None:
    async with latencies.admin.get(f"{LATENCY}/endpoints", params={"cursor": cursor}) as answer:
        body = await answer.json()

    assert answer.status == 422
    assert [error["field"] for error in body["errors"]] == ["cursor"]


# --- one endpoint -------------------------------------------------------------------------------------------------


def addressed(path: str, rest: str) -> str:
    return f"/endpoints/{path}/{rest}"


PATHS = {
    "as it is": PAY.route,
    "without its slash": PAY.route[1:],
    "encoded": quote(PAY.route, safe=""),
    "half encoded": "/api%2Fpayments",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("rest", ["histogram", "trend", "examples"])
async def test_paths_with_slashes_are_found_however_they_are_written(
    latencies: Latencies, path: str, rest: str
) -> None:
    """F2.2.3: an endpoint's page is reached by its path, percent-encoded or not."""
    async with latencies.admin.get(URL(f"{LATENCY}/endpoints/{path}/{rest}", encoded=True)) as answer:
        body = await answer.json()

    assert answer.status == 200, body
    assert (body["service"], body["method"], body["path"]) == PAY


async def test_templates_and_remote_procedures_are_paths_as_well(latencies: Latencies) -> None:
    for key in (ORDERS, RESERVE):
        found = await read(latencies, addressed(quote(key.route, safe=""), "histogram"), EndpointHistogram)
        assert key_of(found) == key


async def test_histogram_has_the_counts_of_its_buckets(latencies: Latencies) -> None:
    """F2.2.3, I2.2.2, R2.2.2: `{buckets: [{range, count}]}`; each request is in the bucket its duration belongs to."""
    found: EndpointHistogram = await read(latencies, addressed("api/payments", "histogram"), EndpointHistogram)

    told = latencies.of(PAY)
    assert sum(bucket.count for bucket in found.buckets) == found.latency.count == latencies.count(PAY)
    for bucket in found.buckets:
        lower, upper = bucket.lower_ms / 1000, bucket.upper_ms / 1000
        inside = sum(((each.seconds > lower) & (each.seconds <= upper)).sum() for each in told)
        assert bucket.count == pytest.approx(inside, abs=1), bucket  # bounds are told in six digits
    assert found.buckets[0].count > 0
    assert found.buckets[-1].count > 0
    assert {bucket.upper_ms for bucket in found.buckets} >= {250.0, 500.0, 1000.0}
    assert "210-250 ms" in [bucket.range for bucket in found.buckets]
    assert found.compared is None


@pytest.mark.parametrize(("resolution", "ratio"), [("1", 2), ("2", 2**0.5), ("8", 2**0.125)])
async def test_the_resolution_of_a_histogram_is_chosen(latencies: Latencies, resolution: str, ratio: float) -> None:
    found = await read(
        latencies, addressed("api/payments", "histogram"), EndpointHistogram, resolution=resolution, compare="yesterday"
    )

    assert {round(b.upper_ms / b.lower_ms, 3) for b in found.buckets} == {round(ratio, 3)}
    assert sum(bucket.count for bucket in found.buckets) == latencies.count(PAY)
    assert found.compared == [0] * len(found.buckets)


async def test_a_histogram_is_compared_in_the_same_buckets(latencies: Latencies) -> None:
    path = addressed(quote(ORDERS.route, safe=""), "histogram")
    found: EndpointHistogram = await read(latencies, path, EndpointHistogram, compare="yesterday")

    assert found.compared is not None
    assert len(found.compared) == len(found.buckets)
    assert sum(found.compared) == latencies.count(ORDERS, back=DAY)
    assert found.latency.change_pct is not None


async def test_the_busiest_of_several_with_one_path_is_meant(latencies: Latencies) -> None:
    path = addressed("api/same", "histogram")

    found = [
        await read(latencies, path, EndpointHistogram, **query)
        for query in ({}, {"service": "blue"}, {"method": "GET"}, {"window_seconds": 60})
    ]

    assert [key_of(each) for each in found] == [SAME[1], SAME[0], SAME[1], SAME[0]]
    assert found[3].buckets == []


async def test_no_requests_in_the_window_is_insufficient_data(latencies: Latencies) -> None:
    """R2.2.3: an endpoint that was known, and is quiet now."""
    histogram = await read(latencies, addressed("api/archive", "histogram"), EndpointHistogram, compare="yesterday")
    trend = await read(latencies, addressed("api/archive", "trend"), EndpointTrend)

    assert (histogram.latency.state, histogram.latency.count, histogram.latency.p50) == ("insufficient_data", 0, None)
    assert (histogram.buckets, histogram.compared, histogram.latency.max_ms) == ([], [], None)
    assert {(point.count, point.p50) for point in trend.points} == {(0, None)}


@pytest.mark.parametrize("rest", ["histogram", "trend", "examples"])
@pytest.mark.parametrize("query", [{}, {"service": "search"}, {"method": "PUT"}])
async def test_an_endpoint_nobody_met_is_not_found(latencies: Latencies, rest: str, query: dict[str, str]) -> None:
    path = "api/nowhere" if not query else "api/payments"
    async with latencies.admin.get(f"{LATENCY}/endpoints/{path}/{rest}", params=query) as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"


# --- trend --------------------------------------------------------------------------------------------------------


async def test_trend_is_24_hours_of_hourly_aggregates(latencies: Latencies) -> None:
    """F2.2.4, I2.2.3: one point an hour, oldest first, each from the durations of its hour."""
    found: EndpointTrend = await read(latencies, addressed(quote(ORDERS.route, safe=""), "trend"), EndpointTrend)

    assert (found.step_seconds, len(found.points)) == (3600, 24)
    assert found.points[-1].at == latencies.now.replace(minute=0, second=0, microsecond=0)
    for point in found.points:
        told = [t for t in latencies.told if t.key == ORDERS and point.at <= t.at < point.at + timedelta(hours=1)]
        assert point.count == sum(each.seconds.size for each in told)
        for value, q in ((point.p50, 0.5), (point.p95, 0.95), (point.p99, 0.99)):
            assert value == (pytest.approx(exact_ms(told, q), rel=BOUND) if told else None)


async def test_a_short_trend_has_steps_of_five_minutes(latencies: Latencies) -> None:
    found = await read(latencies, addressed("api/payments", "trend"), EndpointTrend, window_seconds=3600)

    assert (found.step_seconds, len(found.points)) == (300, 12)
    assert {point.at - found.points[0].at for point in found.points} == {n * timedelta(minutes=5) for n in range(12)}
    told = [each for each in latencies.of(PAY) if each.at >= found.points[0].at]
    assert sum(point.count for point in found.points) == sum(each.seconds.size for each in told)
    assert {point.error_rate_pct for point in found.points if point.count} == {10.0}


async def test_a_trend_is_compared_step_by_step(latencies: Latencies) -> None:
    path = addressed(quote(ORDERS.route, safe=""), "trend")
    found: EndpointTrend = await read(latencies, path, EndpointTrend, compare="yesterday")
    week: EndpointTrend = await read(latencies, path, EndpointTrend, compare="last_week", window_seconds=3600)

    assert found.compared is not None
    assert [point.at + DAY for point in found.compared] == [point.at for point in found.points]
    assert sum(point.count for point in found.compared) == latencies.count(ORDERS, timedelta(hours=23), back=DAY)
    assert week.compared is not None
    assert {(point.count, point.p99) for point in week.compared} == {(0, None)}


async def test_a_trend_ends_where_it_is_asked_to(latencies: Latencies) -> None:
    end = latencies.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)
    path = addressed(quote(ORDERS.route, safe=""), "trend")
    found: EndpointTrend = await read(latencies, path, EndpointTrend, to_at=end.isoformat(), window_seconds=8 * 3600)

    assert [point.at for point in found.points] == [end - n * timedelta(hours=1) for n in range(8, 0, -1)]
    assert {point.count for point in found.points} == {120}


# --- examples -----------------------------------------------------------------------------------------------------


async def test_the_slowest_requests_are_told_with_their_traces(latencies: Latencies) -> None:
    """Each trace once, whoever wrote it, the slowest first, with a link to it; those of the window only."""
    path = addressed("api/payments", "examples")
    hour: EndpointExamples = await read(latencies, path, EndpointExamples)
    day: EndpointExamples = await read(latencies, path, EndpointExamples, window_seconds=DAY_SECONDS, limit=2)
    week: EndpointExamples = await read(latencies, path, EndpointExamples, window_seconds=7 * DAY_SECONDS)
    none: EndpointExamples = await read(latencies, addressed("api/search", "examples"), EndpointExamples)

    assert key_of(hour) == PAY
    assert [(one.duration_ms, one.status, one.failed) for one in hour.examples] == [
        (2500.0, 503, True),
        (1500.0, None, False),
    ]
    assert hour.examples[1].at == latencies.now - timedelta(minutes=4)
    trace_id = f"{2500:032x}"
    assert hour.examples[0].trace_id == trace_id
    assert hour.examples[0].trace_url == TRACE_URL.replace("{trace_id}", trace_id)
    assert [one.duration_ms for one in day.examples] == [9000.0, 2500.0]
    assert [one.duration_ms for one in week.examples] == [9000.0, 4000.0, 2500.0, 1500.0]
    assert none.examples == []


# --- who may, and what is refused ---------------------------------------------------------------------------------

OPERATIONS = (
    "/summary",
    "/endpoints",
    *(f"/endpoints/api/payments/{what}" for what in ("histogram", "trend", "examples")),
)


@pytest.mark.parametrize("path", OPERATIONS)
async def test_only_who_is_signed_in_may_look(latencies: Latencies, path: str) -> None:
    async with latencies.admin.post("/api/v1/auth/tokens", json={"label": "viewer", "role": "viewer"}) as made:
        secret = (await made.json())["secret"]
    async with aiohttp.ClientSession(latencies.url) as anyone:
        async with anyone.get(f"{LATENCY}{path}") as refused:
            assert refused.status == 401
        async with anyone.get(f"{LATENCY}{path}", headers={"Authorization": f"Bearer {secret}"}) as allowed:
            assert allowed.status == 200


REFUSED = {
    "a minute is the shortest": ("/summary", {"window_seconds": "59"}, "window_seconds"),
    "a month is the longest": ("/summary", {"window_seconds": "2678401"}, "window_seconds"),
    "an order": ("/summary", {"sort": "p42"}, "sort"),
    "a comparison": ("/summary", {"compare": "tomorrow"}, "compare"),
    "too many": ("/endpoints", {"limit": "201"}, "limit"),
    "a resolution": ("/endpoints/a/histogram", {"resolution": "3"}, "resolution"),
    "a method": ("/endpoints/a/trend", {"method": "get"}, "method"),
    "a moment": ("/summary", {"to_at": "yesterday"}, "to_at"),
    "a zone": ("/endpoints", {"to_at": "2026-11-23T14:00:00"}, "to_at"),
    "not begun": ("/endpoints/a/histogram", {"to_at": "2036-11-23T14:00:00Z"}, "to_at"),
    "a trend to come": ("/endpoints/a/trend", {"to_at": "2036-11-23T14:00:00Z"}, "to_at"),
    "an endpoint": ("/summary", {"endpoints": "GET shop /orders\nGET shop"}, "endpoints"),
    "a name without NUL": ("/summary", {"endpoints": "GET shop%00 /orders"}, "endpoints"),
    "too many endpoints": ("/summary", {"endpoints": "\n".join(["GET a /b"] * 230)}, "endpoints"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_cannot_be_asked_is_refused_by_name(latencies: Latencies, name: str) -> None:
    path, query, field = REFUSED[name]
    async with latencies.admin.get(f"{LATENCY}{path}", params=query) as answer:
        body = await answer.json()

    assert answer.status == 422
    assert [error["field"] for error in body["errors"]] == [field]
