"""Latencies, from a service that sends them to the heatmap, the histogram and the trend."""

import re
from colorsys import rgb_to_hls
from functools import partial
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect
from yarl import URL

from tests.e2e.board import MARKS, WAIT_MS, asked_at, with_noted_requests, without_socket
from tests.e2e.latencies import LATENCY, otlp_door, reporting_app, summary, until_counted
from tests.e2e.shop import CART, CHECKOUT, CONFIGURATION, FEW, PRODUCT, REQUESTS, ROUTES, SEARCH, SERVICE, SHOWN, Route
from tests.e2e.started import TRACE_URL, Belfry
from tests.fixtures.waiting import until

pytestmark = [*MARKS, pytest.mark.usefixtures("open_shop")]

QUANTILES = {"P50": 0.5, "P95": 0.95, "P99": 0.99}
ORDERS = {
    "P50": (CHECKOUT, CART, PRODUCT, SEARCH),
    "P95": (CHECKOUT, CART, SEARCH, PRODUCT),
    "Requests": (PRODUCT, CART, SEARCH, CHECKOUT),
    "P99": (CHECKOUT, SEARCH, CART, PRODUCT),
}
HUES = {"green": range(80, 180), "yellow": range(30, 70), "red": range(-25, 25)}
"""Degrees on the circle of colours."""
ERROR_BOUND = 0.05
"""What the SDK's 160 buckets and the cells' digits may cost."""


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


def rows(page: Page) -> Locator:
    return page.get_by_role("table", name="Latency of the busiest endpoints", exact=True).locator("tbody tr")


def row(page: Page, route: Route) -> Locator:
    return page.locator("tbody tr", has=page.get_by_title(name_of(route), exact=True))


def opener(page: Page, route: Route) -> Locator:
    return row(page, route).locator("button[aria-expanded]")


async def shown_of_four(page: Page) -> list[str]:
    """The four routes that each sort orders differently, as they stand now."""
    titles: list[str] = await rows(page).locator("th [title]").evaluate_all("all => all.map((one) => one.title)")
    return [title for title in titles if title in map(name_of, SHOWN)]


def milliseconds(text: str) -> float:
    value, unit = text.split()
    return float(value) * {"ms": 1, "s": 1000}[unit]


def band_of(ms: float) -> str:
    return "green" if ms < 100 else "yellow" if ms <= 500 else "red"


async def colour(cell: Locator) -> str:
    shown = await cell.locator("[data-step]").evaluate("cell => getComputedStyle(cell).backgroundColor")
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", shown)[:3])
    degrees = round(360 * rgb_to_hls(red, green, blue)[0])
    return next((name for name, hues in HUES.items() if degrees in hues or degrees - 360 in hues), f"hue {degrees}")


async def test_the_heatmap_shows_the_busiest_endpoints_in_their_colours(page: Page) -> None:
    """F2.2.1, F2.2.2: 20 endpoints; each quantile is the true one of what was sent, in the colour of its band."""
    await page.goto("/admin")
    await expect(rows(page)).to_have_count(20)
    for route in SHOWN:
        cells = row(page, route).locator("td")
        await expect(cells.nth(3)).to_have_text(str(route.requests))
        for cell, q in zip(await cells.all(), QUANTILES.values(), strict=False):
            exact = route.quantile_ms(q)
            assert milliseconds(await cell.inner_text()) == pytest.approx(exact, rel=ERROR_BOUND)
            assert await colour(cell) == band_of(exact), (route, q)


async def test_the_heatmap_is_sorted_by_what_was_asked_for(page: Page) -> None:
    """F2.2.5: by P50, P95, requests and P99, which is the first; a link opens the same order."""
    await page.goto("/admin")
    heads = page.get_by_role("table", name="Latency of the busiest endpoints", exact=True).get_by_role("columnheader")
    await expect(heads.filter(has_text="P99").first).to_have_attribute("aria-sort", "descending")
    for name, order in ORDERS.items():
        await heads.get_by_role("button", name=name, exact=True).click()
        await page.mouse.move(0, 0)  # the order rests under the pointer
        await expect(heads.filter(has_text=name).first).to_have_attribute("aria-sort", "descending")
        await until(partial(shown_of_four, page), [name_of(one) for one in order].__eq__)
    await page.goto("/admin?latency=p50")
    await expect(heads.filter(has_text="P50")).to_have_attribute("aria-sort", "descending")


async def test_from_the_heatmap_to_the_histogram_and_the_trend(page: Page) -> None:
    """F2.2.3, F2.2.4, I2.2.2, I2.2.3: a row leads to its histogram and its 24 hours; both are there as tables."""
    await page.goto("/admin")
    histogram_of, trend_of = (re.compile(rf"{quote('/checkout', safe='')}/{what}") for what in ("histogram", "trend"))
    async with page.expect_response(histogram_of) as histogram, page.expect_response(trend_of) as trend:
        await row(page, CHECKOUT).get_by_role("link").click()
    counts = [bucket["count"] for bucket in (await (await histogram.value).json())["buckets"]]
    points = (await (await trend.value).json())["points"]
    assert sum(counts) == CHECKOUT.requests
    assert len(points) == 24
    assert sum(point["count"] for point in points) == CHECKOUT.requests

    await expect(opener(page, CHECKOUT)).to_have_attribute("aria-expanded", "true")
    bars = page.get_by_role("slider", name=re.compile("500 requests"))
    await expect(bars).to_be_visible()
    await expect(bars.locator('rect[data-band="3"]').first).to_be_attached()
    for mark in QUANTILES:
        await expect(bars.locator("[data-mark]").filter(has_text=mark)).to_be_visible()

    await page.locator("figure", has_text="Response times").get_by_role("button", name="as table", exact=True).click()
    told = page.get_by_role("region", name="Response times, as a table", exact=True).locator("tbody tr td:nth-child(2)")
    assert [int(text.replace(",", "")) for text in await told.all_inner_texts()] == counts
    await page.locator("figure", has_text="24 points").get_by_role("button", name="as table", exact=True).click()
    hours = page.get_by_role("region", name="Trend, as a table", exact=True).locator("tbody tr")
    await expect(hours).to_have_count(24)
    await expect(hours.filter(has_text=re.compile(r"1\.\d\d s"))).not_to_have_count(0)


async def test_the_slowest_request_leads_to_its_trace(page: Page, api: aiohttp.ClientSession) -> None:
    """Its span is an example and counts nothing; the row that a link opens shows it."""

    async def examples() -> list[dict[str, Any]]:
        async with api.get(f"{LATENCY}/endpoints/checkout/examples", params={"service": SERVICE}) as answer:
            return list((await answer.json())["examples"])

    [slowest] = await until(examples, bool)
    assert (round(slowest["duration_ms"]), slowest["status"], slowest["failed"]) == (1800, 503, True)
    await page.goto(f"/admin/latency?open={quote(f'{CHECKOUT.method} {SERVICE} {CHECKOUT.path}')}")
    shown = page.get_by_role("region", name="Slowest requests", exact=True).get_by_role("row", name="1.80 s")
    await expect(shown).to_contain_text(slowest["trace_id"], timeout=WAIT_MS)
    href = TRACE_URL.format(trace_id=slowest["trace_id"])
    await expect(shown.get_by_role("link", name="Open trace")).to_have_attribute("href", href)


async def test_hours_are_chosen_and_endpoints_watched(page: Page) -> None:
    """Dragging over hours makes them the range, by mouse and by keys; a star keeps an endpoint in a list of its own."""
    await page.goto("/admin/latency")
    hours = row(page, CART).locator("[data-look]")
    await hours.nth(20).drag_to(hours.nth(23), timeout=WAIT_MS)
    left = page.get_by_role("button", name="leave these hours")
    await expect(left).to_be_visible(timeout=WAIT_MS)
    await expect(page).to_have_url(re.compile(r"\?from=.*&to="))
    requests = row(page, CART).locator("td", has_text=re.compile(rf"^{CART.requests}$"))
    await expect(requests).to_be_visible(timeout=WAIT_MS)
    await left.click()
    await hours.nth(22).focus()
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Enter")
    await expect(left).to_be_visible()

    await row(page, CART).hover()
    await row(page, CART).get_by_role("button", name="Watch").click()
    await page.get_by_role("button", name="Watched 1").click()
    await expect(page.locator("tbody tr")).to_have_count(1, timeout=WAIT_MS)
    await page.reload()
    star = row(page, CART).get_by_role("button", name="Watch")
    await expect(star).to_have_attribute("aria-pressed", "true", timeout=WAIT_MS)


@pytest.mark.parametrize("path", ["/admin", "/admin/latency"])
async def test_the_latencies_refresh_every_60_s(page: Page, path: str) -> None:
    """I2.2.1: the summary is asked for when the page opens, and a minute after the answer again, not before: without
    the live channel, which tells of new ones every ten seconds."""
    await without_socket(page)
    await with_noted_requests(page)
    await page.clock.install()
    await page.goto(path)
    await expect(row(page, CHECKOUT)).to_be_visible(timeout=WAIT_MS)
    async with page.expect_response(re.compile(f"{LATENCY}/summary")) as refreshed:
        await page.clock.run_for(61_000)
    assert (await refreshed.value).ok
    first, second, *_ = await asked_at(page, f"{LATENCY}/summary")
    assert 60_000 <= second - first < 90_000


async def test_the_summary_lists_endpoints_with_their_quantiles(api: aiohttp.ClientSession) -> None:
    """R2.2.1: path, method, p50, p95, p99 and count of each, within the error that is told; the share of failures."""
    told = await summary(api, SERVICE)
    found = {one["path"]: one for one in told["endpoints"]}
    assert told["thresholds_ms"] == [100, 500]
    assert {(one["method"], path, one["count"]) for path, one in found.items()} == {
        (route.method, route.path, route.requests) for route in ROUTES
    }
    for route in SHOWN:
        one = found[route.path]
        for name, q in QUANTILES.items():
            exact = route.quantile_ms(q)
            assert one[name.lower()] == pytest.approx(exact, rel=one["error_bound_pct"] / 100), (route, name)
        assert one["error_bound_pct"] < 100 * ERROR_BOUND
        assert one["error_rate_pct"] == (2 if route is CHECKOUT else 0)


@pytest.mark.parametrize("as_sent", ["/products/{id}", "%2Fproducts%2F%7Bid%7D"])
async def test_the_histogram_lists_buckets(api: aiohttp.ClientSession, as_sent: str) -> None:
    """R2.2.2, I2.2.2: each bucket has range and count, and holds just the requests of its range."""
    url = URL(f"{LATENCY}/endpoints/{as_sent.lstrip('/')}/histogram", encoded=True)
    async with api.get(url, params={"service": SERVICE}) as answer:
        assert answer.status == 200
        told: dict[str, Any] = await answer.json()
    assert told["path"] == PRODUCT.path
    assert sum(bucket["count"] for bucket in told["buckets"]) == PRODUCT.requests
    for bucket in told["buckets"]:
        assert re.fullmatch(r"[\d.]+-[\d.]+ (ms|s|us|µs)", bucket["range"])
        within = [ms for ms in PRODUCT.durations_ms() if bucket["lower_ms"] < ms <= bucket["upper_ms"]]
        assert bucket["count"] == pytest.approx(len(within), abs=1)


async def test_too_few_requests_are_no_number(page: Page, api: aiohttp.ClientSession) -> None:
    """R2.2.3: the words stand where quantiles would, in the row, its cells by hour and its opened details."""
    [few] = [one for one in (await summary(api, SERVICE))["endpoints"] if one["path"] == FEW.path]
    assert (few["state"], few["count"], few["p95"], few["p99"]) == ("insufficient_data", 7, None, None)
    await page.goto("/admin/latency?scope=all&q=recommendations")
    await expect(row(page, FEW)).to_contain_text("Insufficient data, 7 of 100 requests")
    assert " ms" not in await row(page, FEW).inner_text()
    await opener(page, FEW).click()
    await expect(page.get_by_text("P99 is told from 100 requests on")).to_be_visible()


async def test_without_any_request_the_page_says_how_to_send_some(page: Page, belfry: Belfry) -> None:
    """R2.2.3: no data is told as such, with the very settings that the shop of these tests runs with."""
    await page.goto("/admin/latency?service=nobody")
    await expect(page.get_by_text("Insufficient data").first).to_be_visible(timeout=WAIT_MS)
    lines = (await page.locator("figure pre").inner_text()).splitlines()
    wanted = {**CONFIGURATION, "OTEL_SERVICE_NAME": "nobody", "OTEL_EXPORTER_OTLP_ENDPOINT": await otlp_door(belfry)}
    assert dict(line.split("=", 1) for line in lines) == wanted


async def test_an_aiohttp_application_reports_by_itself(page: Page, belfry: Belfry, api: aiohttp.ClientSession) -> None:
    """F2.2.1: Belfry's own reporter counts each request once, by its route; what no route matched is one series."""
    async with reporting_app(belfry, "words") as client:
        for number in range(120):
            await (await client.get(f"/words/{number}")).read()
        for number in range(3):
            assert (await client.get(f"/nowhere/{number}")).status == 404
        told = await until_counted(api, "words", 123)
    assert {one["path"]: one["count"] for one in told["endpoints"]} == {"/words/{word}": 120, "__unmatched__": 3}
    await page.goto("/admin/latency?service=words")
    words = row(page, Route("GET", "/words/{word}", 120, 0, 0))
    cell = words.locator("td", has=page.locator("[data-step]")).last
    await expect(cell).to_have_text(re.compile(r"^[\d.]+ m?s$"))
    assert await colour(cell) == band_of(milliseconds(await cell.inner_text()))
    await expect(page.get_by_role("row", name=re.compile("Unmatched routes"))).to_contain_text("3 of 100 requests")


async def test_all_that_was_sent_was_counted_once(api: aiohttp.ClientSession) -> None:
    """F2.2.1: no request of the shop is lost or counted twice."""
    told = await summary(api, SERVICE)
    assert (told["total_count"], told["total_endpoints"]) == (REQUESTS, len(ROUTES))
    assert (told["dropped_samples"], told["overflowed_endpoints"]) == (0, 0)
