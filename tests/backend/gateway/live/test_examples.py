"""The examples of docs/live.md run as they stand there: each hears an event, the page also goes on after an end."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.bus import Bus
from tests.backend.gateway.conftest import ADMIN_TOKEN
from tests.backend.gateway.live.conftest import Gateway, StartLive
from tests.fixtures.live import changed, say
from tests.fixtures.node_client import NODE
from tests.fixtures.processes import ROOT
from tests.fixtures.waiting import until

DOCUMENT = (ROOT / "docs" / "live.md").read_text()
PATIENCE_SECONDS = 60


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found
    return found[1]


@asynccontextmanager
async def running(*command: str, **env: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(*command, env=os.environ | env, stdout=PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def line(process: Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        return (await process.stdout.readline()).decode()


async def connected(gateway: Gateway) -> None:
    async def subscribed() -> list[int]:
        return [client.topics for client in gateway.hub.registry]

    await until(subscribed, lambda masks: masks == [1], PATIENCE_SECONDS)


async def test_the_example_in_python_runs(live_gateway: Gateway, bus: Bus, tmp_path: Path) -> None:
    program = tmp_path / "listen.py"
    program.write_text(example("python"))
    async with running(sys.executable, str(program), BELFRY_URL=live_gateway.url, BELFRY_TOKEN=ADMIN_TOKEN) as process:
        await connected(live_gateway)
        await say(bus, changed("first"), changed("second"))

        assert (await line(process)).startswith("health.changed {'service_id': 'first'")
        assert "second" in await line(process)


async def test_the_example_of_a_page_runs_and_comes_back(start_live: StartLive, bus: Bus, tmp_path: Path) -> None:
    gateway = await start_live()
    program = tmp_path / "listen.mjs"
    words = {"https://belfry.example": gateway.url, "bf_...": ADMIN_TOKEN}
    text = example("js")
    for word, replacement in words.items():
        assert text.count(word) == 1
        text = text.replace(word, replacement)
    program.write_text(text)
    async with running(str(NODE), str(program)) as process:
        await connected(gateway)
        await say(bus, changed("first"))
        assert (await line(process)).startswith('health.changed {"service_id":"first"')

        (client,) = gateway.hub.registry
        client.transport.abort()
        await until(lambda: _connections(gateway), lambda count: count == 0)
        await say(bus, changed("missed"))
        assert '"missed"' in await line(process)
        await connected(gateway)


async def _connections(gateway: Gateway) -> int:
    return len(gateway.hub.registry)


@pytest.mark.parametrize(("language", "most"), [("python", 25), ("js", 30)])
def test_an_example_is_short(language: str, most: int) -> None:
    assert len(example(language).splitlines()) <= most
