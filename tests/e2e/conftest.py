"""All of Belfry, started as an operator starts it, and a real browser in front of it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from msgspec import Struct
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from deploy.local.ports import free_port
from deploy.local.program import Program, running
from tests import chromium
from tests.e2e.declared import SERVICES, yaml_of
from tests.fixtures.processes import clean_environment
from tests.fixtures.targets import Targets, serve_targets

PASSWORD = "correct horse battery"
TOKEN = "bf_end_to_end_token_of_the_test_run"
START_SECONDS = 90.0


class Belfry(Struct, frozen=True, kw_only=True):
    """A running Belfry and the real things it watches."""

    url: str
    targets: Targets
    config: Path
    directory: Path


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
        ready=lambda _: _answers(port),
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
    await asyncio.to_thread(started.__enter__)
    yield Belfry(url=f"http://127.0.0.1:{port}", targets=targets, config=config, directory=directory)
    await asyncio.to_thread(started.__exit__, None, None, None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield found
        await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser, belfry: Belfry) -> AsyncIterator[BrowserContext]:
    """A browser that nobody has signed in with yet."""
    found = await browser.new_context(base_url=belfry.url, viewport={"width": 1440, "height": 900})
    yield found
    await found.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(context: BrowserContext) -> AsyncIterator[Page]:
    """A page signed in as the admin; an error in the browser's console fails the test."""
    found = await context.new_page()
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    await sign_in(found)
    yield found
    assert not errors, errors


@pytest_asyncio.fixture(loop_scope="session")
async def api(belfry: Belfry) -> AsyncIterator[aiohttp.ClientSession]:
    """The HTTP API, as the admin's token sees it."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(belfry.url, headers=headers) as session:
        yield session


async def sign_in(page: Page, username: str = "admin", password: str = PASSWORD) -> None:
    await page.goto("/login")
    await page.get_by_label("Name").fill(username)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/admin**")


def _answers(port: int) -> bool:
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session", autouse=True)
def _spa_is_built() -> None:
    built = Path(__file__).parents[2] / "frontend" / "dist" / "index.html"
    assert built.is_file(), "the SPA is not built; run make test, or python -m deploy.local.frontend build"
