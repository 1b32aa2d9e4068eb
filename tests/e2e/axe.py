"""What axe finds on a page, in either theme, and whether it fits on a phone."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.board import WAIT_MS
from tests.e2e.conftest import DESKTOP

AXE = (Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js").read_text()
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
RULES_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What another theme may change: everything else of a page is the same in both."""
CALM: dict[str, Any] = {"color_scheme": "light", "bypass_csp": True, "reduced_motion": "reduce"}
"""Without transitions there is no half faded text; scripts of the test are not in the page's policy."""
PHONE: ViewportSize = {"width": 390, "height": 844}
RUN_AXE = """
runOnly => axe.run(document.querySelector('[aria-modal=true]') ?? document, { runOnly, resultTypes: ['violations'] })
"""
"""A dialog is read alone: what it covers nobody can reach, and is read as a page of its own."""
TOO_WIDE_PX = """
new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
    const page = document.documentElement
    resolve(page.scrollWidth - page.clientWidth)
})))
"""


async def findings_on(page: Page, pages: Mapping[str, str]) -> dict[str, list[str]]:
    """By path, of those with any. `pages`: paths, and a text that is there once the page is drawn."""
    found = {}
    for path, text in pages.items():
        await page.goto(path)
        await expect(page.get_by_text(text).filter(visible=True).first).to_be_visible(timeout=WAIT_MS)
        found[path] = await findings_anywhere(page)
    return {path: those for path, those in found.items() if those}


async def findings(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    found = await page.evaluate(RUN_AXE, rules)
    assert found["passes"], "axe looked at nothing"
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


async def findings_anywhere(page: Page) -> list[str]:
    """In the light theme, in the dark one, and on a phone, where no page is wider than the screen."""
    await page.evaluate(AXE)
    found = await findings(page)
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await expect(page.locator("html:not([data-mantine-color-scheme=light])")).to_have_count(1)
    found += [f"dark: {one}" for one in await findings(page, RULES_OF_COLOURS)]
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    await page.set_viewport_size(PHONE)
    too_wide_px = await page.evaluate(TOO_WIDE_PX)
    await page.set_viewport_size(DESKTOP)
    return [*found, *([f"phone: {too_wide_px} px too wide"] if too_wide_px > 0 else [])]
