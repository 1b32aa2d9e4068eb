"""Acting on the health page: check now, what a check found, a day of the past, maintenance."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.board import MARKS, WAIT_MS, card, until_status
from tests.e2e.started import Belfry
from tests.fixtures.targets.switch import Switch

pytestmark = MARKS


@pytest_asyncio.fixture(loop_scope="session")
async def switch(belfry: Belfry, api: aiohttp.ClientSession) -> AsyncIterator[Switch]:
    """The service `ledger` behaves as the test says, and well again afterwards."""
    yield belfry.targets.switch
    await belfry.targets.switch.set("ok")
    await until_status(api, "ledger", "healthy")


async def test_check_now_shows_what_failed_in_its_place_and_in_full(
    page: Page, switch: Switch, api: aiohttp.ClientSession
) -> None:
    """F2.1.4, I2.1.3: the result stands on the card; behind it all phases and assertions of the run."""
    await until_status(api, "ledger", "healthy")
    await page.goto("/admin/health?view=grid&open=ledger")
    ledger = card(page, "ledger")
    await ledger.get_by_role("button", name="Check now: ledger", exact=True).first.click()
    await expect(ledger.get_by_text(re.compile(r"^Passed in [\d.]+ ms$"))).to_be_visible(timeout=WAIT_MS)

    await switch.set("fail")
    await ledger.get_by_role("button", name="Check now: ledger", exact=True).first.click()
    failed = ledger.get_by_text(re.compile(r"^Failed after [\d.]+ ms: HTTP 500, expected 2xx"))
    await expect(failed).to_be_visible(timeout=WAIT_MS)
    await ledger.get_by_role("button", name="Details", exact=True).click()

    results = page.get_by_role("dialog", name="Results of ledger", exact=True)
    await expect(results.get_by_role("img", name=re.compile("^Phases: Connect .* First byte"))).to_be_visible()
    await expect(results.get_by_text("asked for by hand")).to_be_visible()
    await expect(results.get_by_role("row", name=re.compile("status failed"))).to_contain_text("500")
    await results.get_by_role("button", name="Compare with last success", exact=True).click()
    await expect(results.get_by_role("img", name=re.compile("^Phases of the last success"))).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(results).to_be_hidden()


async def test_a_dependency_that_fails_is_the_root_cause_of_those_above_it(
    page: Page, switch: Switch, api: aiohttp.ClientSession
) -> None:
    """I2.1.4, F2.1.2: the map names the cause, and who feels it; a click on the cause leads to its card."""
    await switch.set("refuse")
    await until_status(api, "ledger", "down")
    await page.goto("/admin/health?view=graph")
    await page.get_by_role("button", name="As table", exact=True).click()
    rows = page.get_by_role("region", name="Dependencies as a table", exact=True).get_by_role("row")
    await expect(rows.filter(has_text="Root cause").filter(has_text="ledger")).to_contain_text("Down")
    payments = rows.filter(has=page.get_by_role("button", name="payments", exact=True))
    await expect(payments).to_contain_text(re.compile("Healthy.*Degraded.*ledger"))


async def test_a_day_tells_its_outages_and_its_link_opens_it_again(page: Page, api: aiohttp.ClientSession) -> None:
    """F2.1.3: from the bars to what failed on that day."""
    await until_status(api, "reports", "down")
    await page.goto("/admin/health?view=grid&open=reports")
    await card(page, "reports").get_by_role("button", name=re.compile("^Open day")).click()
    for _ in ("by the button", "by its address"):
        day = page.get_by_role("dialog", name=re.compile("^reports on "))
        await expect(day).to_contain_text("1 outage", timeout=WAIT_MS)
        await expect(day).to_contain_text("HTTP 500, expected 2xx")
        await expect(day).not_to_contain_text(re.compile(r"\b0 % measured"))
        await page.goto(page.url)


async def test_maintenance_starts_and_ends_on_the_card(page: Page, api: aiohttp.ClientSession) -> None:
    """A service that is worked on is neither well nor broken until the work ends."""
    await until_status(api, "storefront", "healthy")
    await page.goto("/admin/health?view=grid&open=storefront")
    mute = card(page, "storefront").get_by_role("button", name="Mute storefront for maintenance", exact=True)
    await mute.click()
    dialog = page.get_by_role("dialog", name="Mute storefront", exact=True)
    await dialog.get_by_label("Why").fill("New shelves")
    await dialog.get_by_role("button", name="Mute storefront", exact=True).click()
    await expect(dialog).to_be_hidden()
    await expect(card(page, "storefront")).to_have_attribute("data-status", "maintenance", timeout=WAIT_MS)
    await expect(card(page, "storefront")).to_contain_text("Maintenance until")

    await mute.click()
    await expect(dialog).to_contain_text("New shelves")
    await dialog.get_by_role("button", name="End now", exact=True).click()
    await expect(dialog.get_by_text("New shelves")).to_be_hidden()
    await page.keyboard.press("Escape")
    await until_status(api, "storefront", "healthy")
    await page.keyboard.press("r")
    await expect(card(page, "storefront")).to_have_attribute("data-status", "healthy", timeout=WAIT_MS)
