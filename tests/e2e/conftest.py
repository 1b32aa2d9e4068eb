"""All of Belfry, started as an operator starts it, and a real browser in front of it."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from msgspec import Struct
from playwright.async_api import Browser, Page, StorageState, async_playwright

from deploy.local.fleet import is_ready
from deploy.local.ports import free_port
from deploy.local.program import Program, running
from tests import chromium
from tests.e2e.declared import SERVICES, yaml_of
from tests.fixtures.processes import clean_environment
from tests.fixtures.targets import Targets, serve_targets

PASSWORD = "correct horse battery"
TOKEN = "bf_end_to_end_token_of_the_test_run"
START_SECONDS = 90.0
DESKTOP = {"width": 1440, "height": 900}

OpenPage = Callable[..., Awaitable[Page]]
"""Options are those of a Playwright browser context."""


class Belfry(Struct, frozen=True, kw_only=True):
    """A running Belfry and the real things it watches."""

    url: str
    targets: Targets
    config: Path
    directory: Path
    launcher: int
    """The process id of `python -m deploy.local run`."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def targets() -> AsyncIterator[Targets]:
    async with serve_targets() as found:
        yield found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def belfry(targets: Targets, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Belfry]:
    """`python -m deploy.local run` in a folder of its own, watching the targets."""
    directory = tmp_path_factory.mktemp("belfry")
    config = directory / "belfry.yaml"
    config.write_text(yaml_of(SERVICES, targets))
    port = free_port()
    program = Program(
        name="belfry",
        argv=(sys.executable, "-m", "deploy.local", "run"),
        ready=is_ready("127.0.0.1", port),
        log_path=directory / "belfry.log",
        env={
            **clean_environment(),
            "PORT": str(port),
            "BELFRY_DATA_DIR": str(directory / "data"),
            "BELFRY_CONFIG": str(config),
            "BELFRY_ADMIN_PASSWORD": PASSWORD,
            "BELFRY_ADMIN_TOKEN": TOKEN,
        },
    )
    started = running(program, START_SECONDS)
    launcher = (await asyncio.to_thread(started.__enter__)).process.pid
    yield Belfry(url=f"http://127.0.0.1:{port}", targets=targets, config=config, directory=directory, launcher=launcher)
    await asyncio.to_thread(started.__exit__, None, None, None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield found
        await found.close()


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


async def sign_in(page: Page, username: str = "admin", password: str = PASSWORD, lands_on: str = "**/admin**") -> None:
    await page.goto("/login")
    await page.get_by_label("Name").fill(username)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lands_on)


@pytest.fixture(scope="session", autouse=True)
def _spa_is_built() -> None:
    built = Path(__file__).parents[2] / "frontend" / "dist" / "index.html"
    assert built.is_file(), "the SPA is not built; run make test, or python -m deploy.local.frontend build"
