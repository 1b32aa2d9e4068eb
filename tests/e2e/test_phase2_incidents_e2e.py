"""A whole incident: a real service goes down, its alert fires, people are told, take it on, and it resolves."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from playwright.async_api import Locator, Page, Route, StorageState, expect

from tests.e2e.board import MARKS, WAIT_MS, until_status, without_socket
from tests.e2e.conftest import OpenPage
from tests.e2e.incidents import ALERTS, INCIDENTS, escalating_rule, receiving, until_incident
from tests.e2e.started import Belfry

pytestmark = MARKS
SLOW_MS = 60_000
"""A check, two states of a service, an evaluation and a message lie between a switch and what the page says."""


def entry(page: Page, words: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("region", name="Timeline", exact=True).locator("li[data-kind]").filter(has_text=words)


async def open_when_it_fires(page: Page, name: str) -> None:
    """The list shows it without a reload; its title leads to its page."""
    row = page.get_by_role("region", name="Incidents", exact=True).get_by_role("link", name=re.compile(name))
    await row.click(timeout=SLOW_MS)
    await expect(page.get_by_role("heading", level=2, name=f"{name}: ledger")).to_be_visible()


@pytest.mark.timeout(300)
async def test_a_whole_incident(
    open_page: OpenPage, session: StorageState, belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """It fires, the first step is told and the next one is counted down, paged by hand,
    acknowledged by the first of two, silenced from its page, and resolves; each message says how far it has come."""
    await until_status(api, "ledger", "healthy")
    page, second = await open_page(storage_state=session), await open_page(storage_state=session)
    await without_socket(second)
    async with receiving() as receiver, escalating_rule(api, "ledger", receiver.url) as name:
        await page.goto("/admin/incidents?state=open")
        await expect(page.get_by_role("region", name="Incidents", exact=True)).to_be_visible()
        await belfry.targets.switch.set("fail")
        try:
            await open_when_it_fires(page, name)
            await tell_and_page(page)
            await receiver.until_heard("/ops", 1)
            await receiver.until_heard("/lead", 1)
            await take_it_on(page, second)
            await silence_from_here(page, api)
        finally:
            await belfry.targets.switch.set("ok")
        await until_incident(api, "incident-gone", "resolved")
        await expect(page.get_by_text(re.compile(r"^Incident \d+, critical. Resolved after"))).to_be_visible(
            timeout=SLOW_MS
        )
        await expect(entry(page, re.compile("^.*Resolved"))).to_have_count(1)
        await expect(page.get_by_role("button", name="Acknowledge", exact=True)).to_have_count(0)


async def tell_and_page(page: Page) -> None:
    """Who was told, with the provider's answer; who is next, and when; the next step now."""
    first = entry(page, re.compile("Firing, down"))
    await expect(first.get_by_text(re.compile(r"^accepted \+"))).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_text(re.compile(r"^Next: tell Lead in \d+ min"))).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile(r"\d+ alerts? firing"))).to_be_visible()
    await page.get_by_role("button", name="Page now", exact=True).click()
    paged = entry(page, "Step 2, Lead: 1 channel told, by admin")
    await expect(paged.get_by_text(re.compile(r"^accepted \+"))).to_be_visible(timeout=SLOW_MS)
    await expect(page.get_by_text("Every step is done.")).to_be_visible()


@asynccontextmanager
async def hears_nothing(page: Page) -> AsyncIterator[None]:
    """What the page asks from now on is answered afterwards; what it does is done at once."""
    over = asyncio.Event()

    async def wait(route: Route) -> None:
        if route.request.method == "GET":
            await over.wait()
        await route.continue_()

    await page.route("**/api/v1/admin/**", wait)
    try:
        yield
    finally:
        over.set()


async def take_it_on(page: Page, second: Page) -> None:
    """Two want to: the first one has it, the other is told who that was."""
    await second.goto(page.url)
    acknowledge = second.get_by_role("button", name="Acknowledge", exact=True)
    await expect(acknowledge).to_be_visible()
    await page.get_by_label("Comment").fill("Restoring the snapshot")
    await page.get_by_role("button", name="Comment", exact=True).click()
    await expect(entry(page, "admin commented")).to_contain_text("Restoring the snapshot")
    await page.get_by_role("heading", level=2, name=re.compile("ledger")).click()  # out of the field
    async with hears_nothing(second):
        await page.keyboard.press("a")
        await expect(page.get_by_text(re.compile("Acknowledged by admin at"))).to_be_visible()
        await acknowledge.click()
        await expect(second.get_by_role("alert").filter(has_text="admin was faster")).to_be_visible()
    await expect(second.get_by_text(re.compile("Acknowledged by admin at"))).to_be_visible()


async def silence_from_here(page: Page, api: aiohttp.ClientSession) -> None:
    """The form knows what it is about; what it does shows on the page, and it ends where silences are kept."""
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog", name="Silence", exact=True)
    await expect(dialog.get_by_text("service = ledger")).to_be_visible()
    await expect(dialog.get_by_text(re.compile(r"Matches [1-9]\d* of"))).to_be_visible()
    await dialog.get_by_label("Why").fill("Known")
    await dialog.get_by_role("button", name="Silence", exact=True).click()
    await expect(dialog).to_have_count(0)
    await page.goto(f"{page.url.split('?')[0]}")
    await expect(page.get_by_role("link", name="1 silence active", exact=True)).to_be_visible(timeout=WAIT_MS)
    incident = page.url
    await page.get_by_role("link", name="1 silence active", exact=True).click()
    await page.get_by_role("button", name=re.compile("^End now: the silence of")).click()
    await page.get_by_role("dialog").get_by_role("button", name="End now", exact=True).click()
    ended = page.get_by_role("region", name="Ended, last 7 days", exact=True)
    await expect(ended).to_contain_text("service = ledger")
    async with api.get(f"{ALERTS}/silences") as answer:
        assert {each["state"] for each in (await answer.json())["silences"]} == {"ended"}
    await page.goto(incident)
    assert INCIDENTS.rsplit("/", 1)[1] in incident
