"""All of Belfry, started as an operator starts it, and a real browser in front of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, StorageState, ViewportSize, expect

from gateway.auth.oidc.config import CALLBACK
from tests.e2e.board import WAIT_MS
from tests.e2e.declared import SERVICES, yaml_of
from tests.e2e.latencies import run_shop
from tests.e2e.started import TOKEN, Belfry, running_belfry, running_browser, sign_in
from tests.fixtures.oidc import LocalProvider, local_provider, settings_for
from tests.fixtures.targets import Targets, serve_targets

expect.set_options(timeout=WAIT_MS)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}

OpenPage = Callable[..., Awaitable[Page]]
"""Options are those of a Playwright browser context."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def targets() -> AsyncIterator[Targets]:
    async with serve_targets() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def provider() -> AsyncIterator[LocalProvider]:
    """Where people of the company sign in."""
    async with local_provider() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def belfry(
    targets: Targets, provider: LocalProvider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Belfry]:
    declared, directory = yaml_of(SERVICES, targets), tmp_path_factory.mktemp("belfry")
    async with running_belfry(directory, declared, targets, settings_for(provider)) as found:
        provider.registered = found.url + CALLBACK
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def session(browser: Browser, belfry: Belfry) -> StorageState:
    """The cookies of the admin, who signs in once for all tests."""
    context = await browser.new_context(base_url=belfry.url)
    await sign_in(await context.new_page())
    cookies = await context.storage_state()
    await context.close()
    return cookies


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, belfry: Belfry) -> AsyncIterator[OpenPage]:
    """Opens pages in browsers of their own, closed after the test; a fault in a page's script fails the test."""
    errors: list[str] = []
    async with AsyncExitStack() as stack:

        async def open_one(**options: Any) -> Page:
            context = await browser.new_context(**{"base_url": belfry.url, "viewport": DESKTOP} | options)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            return page

        yield open_one
    assert not errors, errors


@pytest_asyncio.fixture(loop_scope="session")
async def page(open_page: OpenPage, session: StorageState) -> Page:
    """A page signed in as the admin."""
    return await open_page(storage_state=session)


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(open_page: OpenPage) -> Page:
    """A page that nobody has signed in with."""
    return await open_page()


@pytest_asyncio.fixture(loop_scope="session")
async def api(belfry: Belfry) -> AsyncIterator[aiohttp.ClientSession]:
    """The HTTP API, as the admin's token sees it."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(belfry.url, headers=headers) as session:
        yield session


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def open_shop(belfry: Belfry) -> None:
    """The shop has sent its requests, and Belfry counts them all."""
    await run_shop(belfry)


@pytest.fixture(scope="session", autouse=True)
def _spa_is_built() -> None:
    built = Path(__file__).parents[2] / "frontend" / "dist" / "index.html"
    assert built.is_file(), "the SPA is not built; run make test, or python -m deploy.local.frontend build"
