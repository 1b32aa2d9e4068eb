"""The health page over time: it refreshes by itself, says how old it is, and keeps what it knows."""

import re
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.e2e.board import (
    MARKS,
    REFRESH_MS,
    SERVICES,
    WAIT_MS,
    card,
    child,
    detail,
    suspended,
    until_status,
    without_socket,
)
from tests.e2e.started import Belfry
from tests.fixtures.waiting import until

pytestmark = MARKS

UPDATED = re.compile(r"Updated \d\d:\d\d:\d\d, refreshes every 30 s")


async def test_the_page_refreshes_every_30_s_and_says_when_it_did(page: Page) -> None:
    """F2.1.5: auto-refresh every 30 s, with the time of the last update."""
    await without_socket(page)
    await page.clock.install()
    await page.goto("/admin/health")
    line = page.get_by_text(UPDATED)
    before = await line.inner_text()
    async with page.expect_response(re.compile(f"{SERVICES}$")) as refreshed:
        await page.clock.fast_forward(REFRESH_MS)
    assert (await refreshed.value).ok
    await expect(line).not_to_have_text(before)


async def test_a_service_that_hangs_leaves_the_last_board_with_its_age(
    page: Page, belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """R2.1.2: 503 naming health_svc; the page says so, keeps its cards, none green for long, and recovers."""
    await until_status(api, "reports", "down")
    await page.clock.install()
    await page.goto("/admin/health?view=grid")
    await expect(card(page, "reports")).to_contain_text("Down")
    note = page.get_by_role("status").filter(has_text="Could not refresh.")
    with suspended(belfry, "health_svc"):
        answer = await api.get(SERVICES)
        told = await answer.json()
        assert (answer.status, answer.content_type) == (503, "application/problem+json")
        assert told["service"] == "health_svc"
        for _ in range(3):
            await page.clock.fast_forward(REFRESH_MS)
        await expect(note).to_contain_text("health_svc does not answer (503).", timeout=WAIT_MS)
        await expect(note).to_contain_text(re.compile(r"Showing \d\d:\d\d:\d\d, \d+ \w+ old"))
        for service_id in ("reports", "storefront"):
            await expect(card(page, service_id)).to_have_attribute("data-status", "unknown")
        await expect(page.get_by_role("status").get_by_text("Stale", exact=True)).to_be_visible()
        await note.get_by_role("button", name="Try now", exact=True).click()  # afterwards it goes by itself
    await expect(note).to_be_hidden(timeout=WAIT_MS)


async def test_a_page_that_never_had_a_board_says_who_does_not_answer(page: Page, belfry: Belfry) -> None:
    """R2.1.2: with nothing kept, the page says why, and gives the request's id."""
    with suspended(belfry, "health_svc"):
        await page.goto("/admin/health")
        alert = page.get_by_role("alert").filter(has_text="Could not load the services.")
        await expect(alert).to_contain_text("health_svc does not answer (503).", timeout=WAIT_MS)
        await expect(alert).to_contain_text("Request")
        await alert.get_by_role("button", name="Try now", exact=True).click()  # afterwards it goes by itself
    await expect(card(page, "reports")).to_be_visible(timeout=WAIT_MS)


async def test_a_service_that_was_killed_is_named_at_once_and_comes_back(
    belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """R2.1.2: while no process of it is there, 503 says so; the launcher starts it again."""

    async def told() -> dict[str, Any]:
        async with api.get(SERVICES) as answer:
            return dict(await answer.json())

    with suspended(belfry):  # so that nobody starts it again before it was missed
        child(belfry, "health_svc").kill()
        await until(told, lambda found: (found.get("status"), found.get("service")) == (503, "health_svc"))
    assert (await until(told, lambda found: "services" in found))["services"]


async def test_a_part_that_fails_has_a_name(page: Page, api: aiohttp.ClientSession) -> None:
    """R2.1.3, F2.1.3: one check of two fails: degraded, and the card says which."""
    await until_status(api, "mixed", "degraded")
    assert (await detail(api, "mixed"))["affected"] == ["queue"]
    await page.goto("/admin/health?view=grid")
    await expect(card(page, "mixed")).to_contain_text("Degraded")
    await card(page, "mixed").get_by_role("button", name="mixed", exact=True).click()
    for name, result in (("page", "pass"), ("queue", "fail")):
        part = card(page, "mixed").locator(f'[data-component="{name}"]')
        await expect(part).to_have_attribute("data-result", result)
    await expect(card(page, "mixed").locator('[data-component="queue"]')).to_contain_text("refused the connection")


@pytest.mark.parametrize(("words", "shown"), [("status:down", "reports"), ("-group:shop postgres", "PostgreSQL")])
async def test_a_filter_is_in_the_address(page: Page, api: aiohttp.ClientSession, words: str, shown: str) -> None:
    """F2.1.1: a link opens the same view for a colleague."""
    await until_status(api, "reports", "down")
    await page.goto("/admin/health?view=table")
    rows = page.locator("main tbody tr")
    await expect(rows.filter(has_text="reports")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type(words)
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text(shown)
    await expect(page).to_have_url(re.compile(re.escape(f"q={quote(words, safe='-').replace('%20', '+')}")))
    await page.goto(page.url)
    await expect(page.get_by_label("Filter services")).to_have_value(words)
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text(shown)
    await page.goto("/admin/health?q=nothing-of-that-name")
    await expect(page.get_by_text("No service matches nothing-of-that-name.")).to_be_visible()
    await page.get_by_role("button", name="Clear filters", exact=True).click()
    await expect(card(page, "reports")).to_be_visible()
