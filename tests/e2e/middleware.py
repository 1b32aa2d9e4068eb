"""The pipeline and its page, as the tests look at them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from playwright.async_api import Locator, Page, Response, expect

from tests.e2e.board import WAIT_MS

MIDDLEWARE = "/api/v1/admin/middleware"
PIPELINE = f"{MIDDLEWARE}/pipeline"


async def pipeline(api: aiohttp.ClientSession) -> dict[str, Any]:
    async with api.get(PIPELINE) as answer:
        return dict(await answer.json())


async def order(api: aiohttp.ClientSession) -> list[str]:
    return [step["id"] for step in (await pipeline(api))["steps"]]


async def step(api: aiohttp.ClientSession, step_id: str) -> dict[str, Any]:
    async with api.get(f"{MIDDLEWARE}/{step_id}") as answer:
        return dict((await answer.json())["step"])


async def post(api: aiohttp.ClientSession, what: str, **body: Any) -> dict[str, Any]:
    async with api.post(f"{PIPELINE}/{what}", json=body) as answer:
        told = dict(await answer.json())
        assert answer.status == 200, told
        return told


@asynccontextmanager
async def put_back(api: aiohttp.ClientSession) -> AsyncIterator[int]:
    """Whatever is done to the chain inside, afterwards the gateway runs it as it was. Gives the revision before."""
    before = (await pipeline(api))["revision"]
    try:
        yield before
    finally:
        latest = (await post(api, "rollback", to_revision=before))["revision"]
        applied = await post(api, "apply", revision=latest)
        if applied["confirmation"] is not None:
            await post(api, "confirm", revision=latest)


async def open_steps(page: Page) -> None:
    """The page, once it shows what the server holds; all of it, so that nothing is scrolled out from under another."""
    await page.set_viewport_size({"width": 1440, "height": 1200})
    async with page.expect_response(lambda response: response.url.endswith(PIPELINE)):
        await page.goto("/admin/middleware")
    await expect(page.get_by_role("table", name="Steps", exact=True)).to_be_visible(timeout=WAIT_MS)


def row(page: Page, step_id: str) -> Locator:
    return page.locator(f'[data-step="{step_id}"]')


def banner(page: Page, says: str) -> Locator:
    """What stands on top of the page; the live region says some of it, too."""
    return page.get_by_role("status").filter(has_text=says)


async def shown(page: Page) -> list[str]:
    """The steps in the order in which the table shows them."""
    ids: list[str] = await page.locator("[data-step]").evaluate_all("all => all.map((one) => one.dataset.step)")
    return ids


def grip(page: Page, step_id: str) -> Locator:
    return page.get_by_role("button", name=f"Move {step_id}", exact=True)


async def drag(page: Page, step_id: str, over: str, says: str) -> None:
    """By mouse, to the place of another step; the gap has to say where it would be dropped before it is."""
    await expect(page.locator("[data-dragging]")).to_have_count(0)  # none is lifted any more
    await grip(page, step_id).hover()  # waits until it stands still, with nothing above it
    grabbed, target = await grip(page, step_id).bounding_box(), await row(page, over).bounding_box()
    assert grabbed
    assert target
    x, y = grabbed["x"] + grabbed["width"] / 2, grabbed["y"] + grabbed["height"] / 2
    await page.mouse.down()
    await page.mouse.move(x, y + (6 if target["y"] > y else -6), steps=3)
    await page.mouse.move(x, target["y"] + target["height"] / 2, steps=8)
    await expect(row(page, step_id)).to_contain_text(says)


@asynccontextmanager
async def just_before_landing(page: Page) -> AsyncIterator[None]:
    """The next step that is let go flies to its place, and stays above it until the end of this."""
    await page.evaluate("""() => {
        const { animate } = Element.prototype
        Element.prototype.animate = function (...how) {
            Element.prototype.animate = animate
            window.flight = animate.apply(this, how)
            flight.pause()
            flight.currentTime = flight.effect.getComputedTiming().endTime - 1
            return flight
        }
    }""")
    yield
    await page.evaluate("flight.finish()")


async def save_order(page: Page, comment: str) -> Response:
    await page.get_by_role("button", name="Save order", exact=True).click()
    await page.get_by_label("Comment").fill(comment)
    async with page.expect_response(lambda response: response.request.method == "PUT") as answered:
        await page.get_by_role("dialog").get_by_role("button", name="Save order", exact=True).click()
    return await answered.value
