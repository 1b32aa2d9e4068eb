"""For everyone: no finding of axe in either theme, everything by keyboard, everything on a phone."""

import re

import aiohttp
import pytest
from playwright.async_api import Page, StorageState, expect

from tests.e2e.axe import CALM, PHONE, TOO_WIDE_PX, findings_anywhere, findings_on
from tests.e2e.board import MARKS, WAIT_MS, card, until_status
from tests.e2e.conftest import OpenPage
from tests.e2e.started import PASSWORD

pytestmark = [*MARKS, pytest.mark.usefixtures("open_shop")]

THUMB_PX = 44

PAGES = {
    "/admin": "Firing",
    "/admin?panel=connections": "Last errors",
    "/admin?panel=connections&state=closed": "Closed, 5 min",
    "/admin?panel=connections&q=nothing": "Clear the search",
    "/admin/health": "Dependencies",
    "/admin/health?view=grid&open=mixed,ledger": "belfry.yaml, read only",
    "/admin/health?view=table": "Uptime, 30 d",
    "/admin/health?view=graph": "limited or optional",
    "/admin/health?q=nothing": "Clear filters",
    "/admin/health?panel=results&service=reports": "Compare with last success",
    "/admin/health?panel=add": "What is checked?",
    "/admin/health?panel=edit&service=ledger": "stands in belfry.yaml",
    "/admin/health?panel=mute&service=reports": "Until tomorrow",
    "/admin/latency": "under 100 ms",
    "/admin/latency?open=POST+shop+/checkout": "24 points",
    "/admin/latency?open=GET+shop+/recommendations/{id}&range=24h&compare=yesterday": "told from 100 requests",
    "/admin/latency?scope=all&q=nothing": "Clear the filter",
    "/admin/latency?scope=watched&watch=POST+shop+/checkout&compare=last_week": "came with a link",
    "/admin/latency?service=nobody": "OTEL_SERVICE_NAME=nobody",
    "/admin/settings/profile": "Sign out everywhere",
    "/admin/settings/users": "Add user",
    "/admin/settings/tokens": "Create token",
    "/admin/settings/audit": "Download CSV",
    "/admin/settings/about": "API reference",
    "/admin/nowhere": "Nothing is at this address.",
    "/status": "History",
}
"""Pages in their main states, and a text that is there once each is drawn; more stand in the file beside."""
UNFOLD_SOME = """
document.querySelectorAll('details').forEach((one, n) => n % 20 ? one.lastElementChild.remove() : one.open = true)
"""
"""Of the hundreds of operations and schemas of the documentation, which are all drawn alike."""


@pytest.mark.timeout(480)  # dozens of pages, each loaded and read by axe
async def test_axe_finds_nothing_on_any_page(
    open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """Every page and main state, in both themes: not one finding, of any impact; 390 px wide, none scrolls sideways."""
    await until_status(api, "reports", "down")
    stranger = await open_page(**CALM)
    assert await findings_on(stranger, {"/login": "Belfry is ready"}) == {}
    page = await open_page(storage_state=session, **CALM)
    assert await findings_on(page, PAGES) == {}
    await page.goto("/docs")
    await page.evaluate(UNFOLD_SOME)
    assert await findings_anywhere(page) == []


async def test_a_service_is_checked_with_a_thumb(
    open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """On a phone check now is there, as large as a thumb; the status stands in words."""
    await until_status(api, "reports", "down")
    page = await open_page(storage_state=session, viewport=PHONE, has_touch=True, is_mobile=True)
    await page.goto("/admin/health?open=reports")
    reports = card(page, "reports")
    await expect(reports).to_contain_text("Down")
    check = reports.get_by_role("button", name="Check now: reports", exact=True).filter(visible=True)
    await check.scroll_into_view_if_needed()
    box = await check.bounding_box()
    assert box is not None
    assert box["height"] >= THUMB_PX
    assert box["x"] + box["width"] <= PHONE["width"]
    await check.tap()
    await expect(reports.get_by_text(re.compile("^Failed after"))).to_be_visible(timeout=WAIT_MS)


async def test_an_incident_is_taken_on_with_a_thumb(
    open_page: OpenPage, session: StorageState, api: aiohttp.ClientSession
) -> None:
    """On a phone the list leads to the incident and its first button, as large as a thumb; nothing scrolls sideways."""
    await until_status(api, "reports", "down")
    page = await open_page(storage_state=session, viewport=PHONE, has_touch=True, is_mobile=True)
    await page.goto("/admin/incidents")
    listed = page.get_by_role("region", name="Incidents", exact=True).get_by_role("link").filter(has_text="reports")
    await listed.first.tap()
    await expect(page.get_by_text("Open the rule")).to_be_visible()
    acknowledge = await page.get_by_role("button", name="Acknowledge", exact=True).bounding_box()
    assert acknowledge is not None
    assert acknowledge["height"] >= THUMB_PX
    assert await page.evaluate(TOO_WIDE_PX) <= 0


async def focus_is_on(page: Page, name: str) -> None:
    """Tab, until the focus is there; a loop without it is a trap."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        label = await page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent")
        if re.match(name, label or ""):
            return
    raise AssertionError(f"the Tab key never reaches {name!r}")


async def test_all_of_it_by_keyboard(stranger: Page, api: aiohttp.ClientSession) -> None:
    """F2.1.1, F2.1.2, F2.1.4: sign in, palette, open a card, check now, walk through the graph and its table twin."""
    await until_status(api, "ledger", "healthy")
    page, press = stranger, stranger.keyboard.press
    await page.goto("/login")
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("admin")
    await press("Tab")
    await page.keyboard.type(PASSWORD)
    await press("Enter")
    await expect(page.get_by_role("heading", name="Dashboard", exact=True)).to_be_visible()

    await press("Control+k")
    await expect(page.get_by_role("textbox", name="Search or run a command", exact=True)).to_be_focused()
    await page.keyboard.type("ledger")
    await expect(page.get_by_role("dialog").get_by_text("ledger", exact=True)).to_be_visible()
    await press("Enter")
    ledger = card(page, "ledger")
    await expect(ledger.get_by_role("button", name="ledger", exact=True)).to_have_attribute("aria-expanded", "true")
    await focus_is_on(page, "Check now: ledger")
    await press("Enter")
    await expect(ledger.get_by_text(re.compile(r"^Passed in"))).to_be_visible(timeout=WAIT_MS)

    await page.locator('.react-flow__node[data-id="storefront"]').focus()
    for key, there in (("ArrowDown", "checkout"), ("ArrowDown", "payments"), ("ArrowUp", "checkout")):
        await press(key)
        await expect(page.locator(f'.react-flow__node[data-id="{there}"]')).to_be_focused()
    await press("Enter")
    await expect(page).to_have_url(re.compile("selected=checkout"))
    await focus_is_on(page, "As table")
    await press("Enter")
    table = page.get_by_role("region", name="Dependencies as a table", exact=True)
    await expect(table.get_by_role("row").filter(has_text="checkout").first).to_contain_text("Healthy")
