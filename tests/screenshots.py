"""The pictures of the README: `python -m tests.screenshots` Belfry runs, and watches real services."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from msgspec import Struct
from playwright.async_api import Browser, Page, expect

from tests.e2e.started import TOKEN, Belfry, running_belfry, running_browser, sign_in
from tests.fixtures.targets import Targets, serve_targets
from tests.fixtures.waiting import until
from tests.small_png import small_png

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SERVICES = "/api/v1/admin/health/services"
PULSE = 30
"""A card shows so many results; the pictures wait for all of them."""


class Picture(Struct, frozen=True):
    """A page as it is drawn: file name, path, light or dark, size in px, and a text that is there once it is drawn."""

    name: str
    path: str
    scheme: str
    size: tuple[int, int]
    text: str


PICTURES = (
    Picture("dashboard", "/admin", "light", (1440, 720), "Incidents"),
    Picture("health-light", "/admin/health?open=ledger-db&selected=ledger-db", "light", (1440, 900), "Root cause"),
    Picture("health-dark", "/admin/health?open=ledger-db&selected=ledger-db", "dark", (1440, 900), "Root cause"),
    Picture("phone", "/admin/health?open=ledger-db", "light", (390, 844), "Affects"),
)


def service(name: str, group: str, url: str, *needs: str, **check: Any) -> dict[str, Any]:
    return {
        "id": name.lower().replace(" ", "-"),
        "name": name,
        "group": group,
        "interval_seconds": 2,
        "timeout_seconds": 2,
        "dependencies": [{"id": one} for one in needs],
        "checks": [{"kind": "http", "url": url, **check}],
    }


def fleet(targets: Targets) -> list[dict[str, Any]]:
    """A shop. Its database is what the switch makes of it."""
    ok = f"{targets.at.http}/ok"
    return [
        service("Storefront", "Customers", ok, "checkout", "search"),
        service("Checkout", "Customers", ok, "payments", "inventory"),
        service("Accounts", "Customers", ok, "sessions"),
        service("Payments", "Backend", ok, "ledger-db"),
        service("Inventory", "Backend", ok, "warehouse"),
        service("Search", "Backend", f"{targets.at.http}/slow", degraded_ms=100),
        service("Sessions", "Backend", ok),
        service("Ledger DB", "Data", targets.switch.url),
        service("Warehouse", "Data", ok),
    ]


async def until_board(api: aiohttp.ClientSession, service_id: str, status: str) -> None:
    """Waits until the service has the status, and every service of the fleet has a full pulse."""

    async def board() -> dict[str, Any]:
        async with api.get(SERVICES) as answer:
            services = (await answer.json())["services"] if answer.ok else []
        return {one["id"]: one for one in services}

    def is_ready(found: dict[str, Any]) -> bool:
        shown = [one for one in found.values() if one["group"] != "Belfry"]
        full = all(len(one["recent"]) >= PULSE for one in shown)
        return bool(shown) and full and found[service_id]["effective"] == status

    await until(board, is_ready, seconds=150)


async def draw(browser: Browser, belfry: Belfry, picture: Picture) -> None:
    width, height = picture.size
    context = await browser.new_context(
        base_url=belfry.url,
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
    async with serve_targets() as targets, running_browser() as browser:
        with tempfile.TemporaryDirectory() as folder:
            declared = yaml.safe_dump({"services": fleet(targets)}, sort_keys=False)
            async with running_belfry(Path(folder), declared, targets) as belfry:
                headers = {"Authorization": f"Bearer {TOKEN}"}
                async with aiohttp.ClientSession(belfry.url, headers=headers) as api:
                    await until_board(api, "ledger-db", "healthy")
                    await targets.switch.set("refuse")
                    await until_board(api, "ledger-db", "down")
                for picture in PICTURES:
                    await draw(browser, belfry, picture)


if __name__ == "__main__":
    asyncio.run(main())
