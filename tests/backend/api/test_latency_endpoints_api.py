"""The latency API about endpoints, listed and one by one: histogram, trend, slowest requests; what is refused."""

from datetime import timedelta
from urllib.parse import quote

import aiohttp
import pytest
from yarl import URL

from shared.contracts.examples import EndpointExamples
from shared.contracts.latency import EndpointHistogram, EndpointList, EndpointTrend
from tests.backend.api.latencies import BOUND, DAY_SECONDS, LATENCY, TRACE_URL, Latencies, key_of, read, summary
from tests.backend.api.latency_story import (
    DAY,
    ORDERS,
    PAY,
    REFUND,
    RESERVE,
    SAME,
    exact_ms,
)

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


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
