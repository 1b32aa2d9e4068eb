"""How a part of a running Belfry is broken for a while. Each returns when the fault is over."""

import asyncio
import signal
from collections.abc import Iterable
from itertools import count
from typing import Any

import aiohttp

from tests.chaos.reader import AT
from tests.chaos.whole import HEADERS, NATS, POSTGRES, Whole
from tests.fixtures.waiting import until

LASTS_SECONDS, CUTS = 5.0, 10
FULL_SECONDS = 10.0
DELAY_SECONDS = 0.1
CREATED = 201
CHECK = {"kind": "http", "url": f"http://127.0.0.1:1/{'long' * 400}"}


async def kill(whole: Whole, names: Iterable[str]) -> None:
    for name in names:
        whole.signal(name, signal.SIGKILL)


async def suspend(whole: Whole, names: Iterable[str]) -> None:
    for name in names:
        whole.signal(name, signal.SIGSTOP)
    await asyncio.sleep(LASTS_SECONDS)
    for name in names:
        whole.signal(name, signal.SIGCONT)


async def slow(whole: Whole, names: Iterable[str]) -> None:
    networks = [whole.networks[name] for name in names]
    for network in networks:
        network.delay_seconds = DELAY_SECONDS
    await asyncio.sleep(LASTS_SECONDS)
    for network in networks:
        network.delay_seconds = 0.0


async def cut(whole: Whole, names: Iterable[str]) -> None:
    for _ in range(CUTS):
        for name in names:
            whole.networks[name].cut()
        await asyncio.sleep(LASTS_SECONDS / CUTS)


async def fill_nats(whole: Whole) -> None:
    """A stream that could not be written refuses all until its server is started anew, which its supervisor does."""
    said = whole.log_of(NATS)
    whole.disks[NATS].fill()
    await until(said, lambda text: "no space left on device" in text)
    await asyncio.sleep(LASTS_SECONDS)
    whole.disks[NATS].make_room()


async def fill_postgres(whole: Whole) -> None:
    """For longer than anything is tried only a few times. Changes are refused, and the answer says by whom."""
    said = whole.log_of(POSTGRES)
    whole.disks[POSTGRES].fill()
    await until(said, lambda text: "No space left on device" in text)
    async with aiohttp.ClientSession(whole.gateway_url, headers=HEADERS) as session:
        ids = count()
        refused = await until(lambda: _add_service(session, next(ids)), lambda answer: answer[0] != CREATED)
    assert (refused[0], refused[1].get("service")) == (503, "postgres"), refused
    await asyncio.sleep(FULL_SECONDS)
    whole.disks[POSTGRES].make_room()


async def _add_service(session: aiohttp.ClientSession, number: int) -> tuple[int, Any]:
    spec = {"id": f"no-room-{number}", "paused": True, "checks": [CHECK]}
    async with session.post(f"{AT}/health/services", json=spec) as answer:
        return answer.status, await answer.json(content_type=None)
