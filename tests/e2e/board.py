"""The health page and its interface, as the tests look at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import aiohttp
import psutil
import pytest
from playwright.async_api import Locator, Page, WebSocketRoute

from tests.e2e.started import Belfry
from tests.fixtures.waiting import until

MARKS = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("e2e")]

WAIT_MS = 30_000
SERVICES = "/api/v1/admin/health/services"
REFRESH_MS = 31_000
"""A little more than the page waits between two refreshes."""


async def detail(api: aiohttp.ClientSession, service_id: str) -> dict[str, Any]:
    """The service as the board has it, `{}` when it is not there."""
    async with api.get(f"{SERVICES}/{service_id}") as answer:
        return dict((await answer.json())["service"]) if answer.status == 200 else {}


async def until_status(api: aiohttp.ClientSession, service_id: str, status: str) -> None:
    """Waits until the board says so; the status machine takes two checks."""
    await until(partial(detail, api, service_id), lambda service: service.get("status") == status)


async def with_noted_requests(page: Page) -> None:
    """To be called before the page is opened, for `asked_at`."""
    await page.add_init_script("""
        window.asked = []
        const send = window.fetch
        window.fetch = (address, ...more) => {
            window.asked.push({ at: Date.now(), url: String(address.url ?? address) })
            return send(address, ...more)
        }
    """)


async def asked_at(page: Page, path: str) -> list[int]:
    """When the page asked for a path so far, in ms of its own clock, which a slow machine does not change."""
    return list(await page.evaluate("path => asked.filter(({ url }) => url.includes(path)).map(({ at }) => at)", path))


async def without_socket(page: Page) -> None:
    """As behind a proxy that lets no WebSocket through: the page asks by itself."""

    async def refuse(socket: WebSocketRoute) -> None:
        await socket.close(code=1011)

    await page.route_web_socket("**/api/v1/ws", refuse)


def indicator(page: Page) -> Locator:
    """How fresh the page says it is: Live, Polling, Stale or Offline."""
    return page.locator("header").get_by_role("status")


def card(page: Page, service_id: str) -> Locator:
    return page.locator(f'article[data-service="{service_id}"]')


def child(belfry: Belfry, module: str) -> psutil.Process:
    """The process that the launcher runs as `python -m <module>`."""
    children = psutil.Process(belfry.launcher).children(recursive=True)
    return next(process for process in children if process.cmdline()[1:3] == ["-m", module])


@contextmanager
def suspended(belfry: Belfry, module: str = "") -> Iterator[None]:
    """The process stands still, as one that hangs does; without a name it is the launcher."""
    process = child(belfry, module) if module else psutil.Process(belfry.launcher)
    process.suspend()
    try:
        yield
    finally:
        process.resume()
