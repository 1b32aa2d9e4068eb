"""Service grid, health check, dependency view: a person with a browser, real services behind it."""

import re

import aiohttp
from playwright.async_api import Page, expect

from tests.e2e.board import MARKS, SERVICES, WAIT_MS, until_status
from tests.e2e.started import Belfry

pytestmark = MARKS


async def test_from_the_grid_to_the_check_to_the_dependencies(
    page: Page, belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """F2.1.1, F2.1.2, F2.1.3, F2.1.4, I2.1.1, I2.1.2, I2.1.4: an operator's whole way when a database goes down."""
    await until_status(api, "ledger", "healthy")
    await belfry.targets.switch.set("fail")
    await until_status(api, "ledger", "down")

    async with page.expect_response(lambda r: r.url.endswith(SERVICES)):
        await page.goto("/admin/health?view=grid")
    first = page.get_by_role("article").first
    await expect(first).to_contain_text("Down", timeout=WAIT_MS)

    async with page.expect_response(re.compile(r"/services/ledger/history")):
        await page.get_by_role("button", name=re.compile("ledger")).first.click()
    await expect(page.get_by_text("HTTP 500").first).to_be_visible()

    await belfry.targets.switch.set("ok")
    async with page.expect_response(re.compile(r"/services/ledger/check$")) as checked:
        await page.get_by_role("button", name="Check now: ledger", exact=True).first.click()
    assert (await (await checked.value).json())["result"] == "pass"
    await expect(page.get_by_text(re.compile(r"Passed in")).first).to_be_visible(timeout=WAIT_MS)

    await page.goto("/admin/health?view=graph")
    for name in ("storefront", "checkout", "payments", "ledger"):
        await expect(page.locator(".react-flow__node", has_text=name).first).to_be_visible(timeout=WAIT_MS)
