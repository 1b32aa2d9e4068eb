"""Belfry and a browser, started for a while."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct
from playwright.async_api import Browser, Page, async_playwright

from deploy.local.fleet import is_ready
from deploy.local.ports import free_port
from deploy.local.program import Program, running
from deploy.nats.permissions import OBSERVER
from tests import chromium
from tests.fixtures.processes import clean_environment
from tests.fixtures.targets import Targets

PASSWORD = "correct horse battery"
TOKEN = "bf_end_to_end_token_of_the_test_run"
TRACE_URL = "https://tracing.example/trace/{trace_id}"
START_SECONDS = 90.0


class Belfry(Struct, frozen=True, kw_only=True):
    """A running Belfry and the real things it watches."""

    url: str
    targets: Targets
    config: Path
    directory: Path
    launcher: int
    """The process id of `python -m deploy.local run`."""

    @property
    def nats(self) -> str:
        port = json.loads((self.directory / "data" / "ports.json").read_text())["nats"]
        return f"nats://127.0.0.1:{port}"

    @property
    def told(self) -> str:
        """What the launcher has said so far."""
        return (self.directory / "belfry.log").read_text()

    @property
    def observer_seed(self) -> str:
        """The key of the user that is no part of Belfry."""
        return str(self.directory / "data" / "secrets" / "nats" / f"{OBSERVER}.seed")


@asynccontextmanager
async def running_belfry(
    directory: Path, declared: str, targets: Targets, more: Mapping[str, str] | None = None
) -> AsyncIterator[Belfry]:
    """`python -m deploy.local run` in a folder of its own, with `declared` as its belfry.yaml and `more`
    settings; stopped at the end."""
    config = directory / "belfry.yaml"
    config.write_text(declared)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = Program(
        name="belfry",
        argv=(sys.executable, "-m", "deploy.local", "run"),
        ready=is_ready("127.0.0.1", port),
        log_path=directory / "belfry.log",
        env={
            **clean_environment(),
            "PORT": str(port),
            "BELFRY_OTLP_PORT": "0",
            "BELFRY_DATA_DIR": str(directory / "data"),
            "BELFRY_CONFIG": str(config),
            "BELFRY_ADMIN_PASSWORD": PASSWORD,
            "BELFRY_ADMIN_TOKEN": TOKEN,
            "BELFRY_TRACE_URL": TRACE_URL,
            "BELFRY_ALERT_ALLOW": "127.0.0.1",
            "BELFRY_PUBLIC_URL": url,
            **(more or {}),
        },
    )
    started = running(program, START_SECONDS)
    launcher = (await asyncio.to_thread(started.__enter__)).process.pid
    try:
        yield Belfry(url=url, targets=targets, config=config, directory=directory, launcher=launcher)
    finally:
        await asyncio.to_thread(started.__exit__, None, None, None)


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium.find(), args=list(chromium.FLAGS))
        yield found
        await found.close()


async def sign_in(page: Page, username: str = "admin", password: str = PASSWORD, lands_on: str = "**/admin**") -> None:
    await page.goto("/login")
    await page.get_by_label("Name").fill(username)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_url(lands_on)
