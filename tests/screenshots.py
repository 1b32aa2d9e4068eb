"""The pictures of the README: `python -m tests.screenshots` Belfry runs, and watches the shop of the demonstration."""

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from msgspec import Struct
from playwright.async_api import Browser, Page, expect

from demo.partners import BANK_AWAY_SECONDS, ROUND_SECONDS
from tests.backend.deploy.local_run import LocalRun
from tests.e2e.started import PASSWORD, TOKEN, running_browser, sign_in
from tests.fixtures.waiting import until
from tests.small_png import small_png

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SERVICES = "/api/v1/admin/health/services"
PULSE = 30
"""A card shows so many results; the pictures wait for all of them."""

DRAWING_SECONDS = 100
"""The bank must not go away meanwhile."""


class Picture(Struct, frozen=True):
    """A page as it is drawn: file name, path, light or dark, size in px, and a text that is there once it is drawn."""

    name: str
    path: str
    scheme: str
    size: tuple[int, int]
    text: str


QUIET = (Picture("latency", "/admin/latency?open=POST%20edge%20/orders", "light", (1440, 900), "Error bound"),)
BROKEN = (
    Picture("dashboard", "/admin", "light", (1440, 720), "Firing"),
    Picture("health-light", "/admin/health?open=payments&selected=payments", "light", (1440, 900), "Root cause"),
    Picture("health-dark", "/admin/health?open=payments&selected=payments", "dark", (1440, 900), "Root cause"),
    Picture("phone", "/admin/health?open=payments", "light", (390, 844), "Affects"),
)
"""Before payments fail, and while they do."""


@asynccontextmanager
async def running_demo(folder: Path) -> AsyncIterator[LocalRun]:
    """`make demo`, ready."""
    given = {"BELFRY_ADMIN_PASSWORD": PASSWORD, "BELFRY_ADMIN_TOKEN": TOKEN}
    run = LocalRun(folder / "data", env=given, command="demo")
    try:
        await asyncio.to_thread(run.wait_ready)
        yield run
    finally:
        await asyncio.to_thread(run.close)


async def until_quiet(api: aiohttp.ClientSession) -> None:
    """Waits until every card has a full pulse, and the bank is back for long enough."""

    def is_quiet(found: dict[str, dict[str, Any]]) -> bool:
        shown = [one for one in found.values() if one["group"] != "Belfry"]
        full = bool(shown) and all(len(one["recent"]) >= PULSE for one in shown)
        left = ROUND_SECONDS - BANK_AWAY_SECONDS - time.time() % ROUND_SECONDS
        return full and found["bank"]["status"] == "healthy" and left > DRAWING_SECONDS

    async def ask() -> dict[str, dict[str, Any]]:
        await asyncio.sleep(1)  # Belfry measures its own requests: ours shall not be most of them
        return await board(api)

    await until(ask, is_quiet, seconds=2 * ROUND_SECONDS)


async def break_payments(api: aiohttp.ClientSession, run: LocalRun) -> None:
    ports = json.loads((run.data / "demo-ports.json").read_text())
    async with api.post(f"http://127.0.0.1:{ports['payments']}/faults", json={"fail": True}) as answer:
        answer.raise_for_status()
    await until(lambda: board(api), lambda found: found["payments"]["status"] == "down")


async def board(api: aiohttp.ClientSession) -> dict[str, dict[str, Any]]:
    async with api.get(SERVICES) as answer:
        services = (await answer.json())["services"] if answer.ok else []
    return {one["id"]: one for one in services}


async def draw(browser: Browser, url: str, picture: Picture) -> None:
    width, height = picture.size
    context = await browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await sign_in(page)
    await page.goto(picture.path)
    await expect(page.get_by_text(picture.text).filter(visible=True).first).to_be_visible()
    await settled(page)
    path = IMAGES / f"{picture.name}.png"
    path.write_bytes(await small_png(page, await page.screenshot()))
    print(f"  docs/images/{path.name:<18} {path.stat().st_size / 1000:.0f} kB")
    await context.close()


async def settled(page: Page) -> None:
    """Fonts are there, and no skeleton is left."""
    await page.evaluate("document.fonts.ready")
    await expect(page.locator(".skeleton")).to_have_count(0)
    await expect(page.get_by_test_id("uptime-skeleton")).to_have_count(0)


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with running_browser() as browser, running_demo(Path(folder)) as run:
            url = f"http://127.0.0.1:{run.port}"
            async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"}) as api:
                await until_quiet(api)
                for picture in QUIET:
                    await draw(browser, url, picture)
                await break_payments(api, run)
                for picture in BROKEN:
                    await draw(browser, url, picture)


if __name__ == "__main__":
    asyncio.run(main())
