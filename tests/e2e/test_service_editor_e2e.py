"""Which services are watched: changed in the drawer, or in belfry.yaml."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e.board import MARKS, SERVICES, WAIT_MS, card, detail
from tests.e2e.started import Belfry
from tests.fixtures.waiting import until

pytestmark = MARKS


@pytest_asyncio.fixture(loop_scope="session")
async def config(belfry: Belfry) -> AsyncIterator[str]:
    """What belfry.yaml says, and says again afterwards."""
    text = belfry.config.read_text()
    yield text
    belfry.config.write_text(text)


async def menu(page: Page, service_id: str) -> Locator:
    await card(page, service_id).get_by_role("button", name=re.compile("^More about")).click()
    return page.get_by_role("menu")


async def test_a_service_is_added_changed_and_deleted_in_the_drawer(
    page: Page, belfry: Belfry, api: aiohttp.ClientSession
) -> None:
    """F2.1.1: what the server refuses stands at its field, and the field has the focus."""
    await page.goto("/admin/health?view=grid")
    await page.get_by_role("button", name="Add service", exact=True).click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_role("button", name=re.compile("^HTTP")).click()
    await drawer.get_by_label("Name", exact=True).fill("Gift shop")
    await expect(drawer.get_by_label("Id", exact=True)).to_have_value("gift-shop")
    address = drawer.get_by_label("Address")
    await address.fill("shop.example.com")
    await drawer.get_by_role("button", name="Add service", exact=True).click()
    await expect(address).to_have_attribute("aria-invalid", "true")
    await expect(address).to_be_focused()
    await expect(drawer.get_by_text("1 field to fix")).to_be_visible()

    await address.fill(f"{belfry.targets.at.http}/ok")
    await drawer.get_by_role("button", name="Try it", exact=True).click()
    await expect(drawer.get_by_text("Passed", exact=True)).to_be_visible(timeout=WAIT_MS)
    await expect(drawer.get_by_text("1 field to fix")).to_be_hidden()
    assert await detail(api, "gift-shop") == {}, "trying saves nothing"
    await drawer.get_by_role("button", name="Add service", exact=True).click()
    await expect(drawer).to_be_hidden()
    await expect(card(page, "gift-shop")).to_contain_text("Gift shop", timeout=WAIT_MS)

    await card(page, "gift-shop").get_by_role("button", name="Gift shop", exact=True).click()
    await (await menu(page, "gift-shop")).get_by_role("menuitem", name="Edit service", exact=True).click()
    await drawer.get_by_label("Name", exact=True).fill("Gifts")
    await drawer.get_by_role("button", name="Save service", exact=True).click()
    await expect(drawer).to_be_hidden(timeout=WAIT_MS)
    await expect(card(page, "gift-shop")).to_contain_text("Gifts", timeout=WAIT_MS)

    await (await menu(page, "gift-shop")).get_by_role("menuitem", name="Delete service", exact=True).click()
    await drawer.get_by_role("button", name="Delete Gifts", exact=True).click()
    await expect(card(page, "gift-shop")).to_have_count(0, timeout=WAIT_MS)
    assert await detail(api, "gift-shop") == {}


async def test_what_the_file_declares_is_read_only_everywhere(page: Page, api: aiohttp.ClientSession) -> None:
    """The drawer says where to change it, and the interface refuses."""
    await page.goto("/admin/health?view=grid&open=ledger")
    await expect(card(page, "ledger")).to_contain_text("belfry.yaml, read only")
    options = await menu(page, "ledger")
    await expect(options.get_by_role("menuitem", name="Delete service, read only", exact=True)).to_be_disabled()
    await options.get_by_role("menuitem", name="Show definition", exact=True).click()
    drawer = page.get_by_role("dialog", name="ledger", exact=True)
    await expect(drawer).to_contain_text(re.compile(r"stands in belfry\.yaml, line \d+"))
    await expect(drawer.get_by_role("button", name="Save service", exact=True)).to_have_count(0)
    async with api.delete(f"{SERVICES}/ledger") as answer:
        assert answer.status == 409
        assert "belfry.yaml" in (await answer.json())["detail"]


async def test_a_broken_file_is_told_on_the_page_and_changes_nothing(
    page: Page, belfry: Belfry, api: aiohttp.ClientSession, config: str
) -> None:
    """At a reload: file, line and field of the mistake; what was read before stays; a repaired file is taken over."""

    async def mistakes() -> list[str]:
        async with api.get(SERVICES) as answer:
            return list((await answer.json())["config"]["errors"])

    belfry.config.write_text(config.replace("interval_seconds: 2", "interval_secnds: 2", 1))
    await until(mistakes, lambda found: len(found) > 0)
    await page.goto("/admin/health?view=grid")
    banner = page.get_by_role("status").filter(has_text="was not taken over")
    await expect(banner).to_contain_text("belfry.yaml was not taken over: 1 mistake.")
    await banner.locator("summary").click()
    await expect(banner).to_contain_text(re.compile(r"belfry\.yaml:\d+: services\[0\].*interval_se"))
    await expect(card(page, "storefront")).to_be_visible()

    belfry.config.write_text(config)
    await until(mistakes, lambda found: not found)
    await page.keyboard.press("r")
    await expect(banner).to_be_hidden()
