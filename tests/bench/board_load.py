"""The board through the gateway: how fast, how big, and beside a bare handler that answers the same bytes."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import NamedTemporaryFile

import aiohttp

from tests.bench.figures import Figure, p95, within
from tests.bench.stage import worker

READS = 100
PAUSE_SECONDS = 0.1
PEER = "bare aiohttp"


async def measure_board(session: aiohttp.ClientSession, gateway: str) -> dict[str, Figure]:
    """READS over ten seconds: about one in ten finds a board older than a second, which is read anew for it."""
    url = f"{gateway}/api/v1/admin/health/services"
    body, _ = await read(session, url)
    full = [await timed(session, url) for _ in range(READS)]
    again = [await timed_again(session, url) for _ in range(READS)]
    with peer_of(body) as port:
        peer = statistics.median([await timed(session, f"http://127.0.0.1:{port}/") for _ in range(READS)])
    p50 = statistics.median(full)
    return {
        "board_p50": Figure(value=p50, unit="ms", peer=PEER, peer_value=peer, ratio=p50 / peer),
        "board_p95": within(p95(full), "ms", at_most=100),
        "board_known_p95": within(p95(again), "ms", at_most=100),
        "board_size": within(len(body) / 1000, "KB gzip", at_most=300),
    }


@contextmanager
def peer_of(body: bytes) -> Iterator[int]:
    """The port of a bare handler that answers with these bytes."""
    with NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        with worker("tests.bench.health_target", "bytes", file.name) as [port]:
            yield port


async def timed(session: aiohttp.ClientSession, url: str) -> float:
    """Milliseconds of a whole answer."""
    await asyncio.sleep(PAUSE_SECONDS)
    started = time.perf_counter()
    await read(session, url)
    return (time.perf_counter() - started) * 1000


async def timed_again(session: aiohttp.ClientSession, url: str) -> float:
    """Milliseconds when the client names what it has, a moment ago the newest."""
    _, tag = await read(session, url)
    started = time.perf_counter()
    await read(session, url, tag)
    return (time.perf_counter() - started) * 1000


async def read(session: aiohttp.ClientSession, url: str, tag: str = "") -> tuple[bytes, str]:
    headers = {"Accept-Encoding": "gzip"} | ({"If-None-Match": tag} if tag else {})
    async with session.get(url, headers=headers) as answer:
        answer.raise_for_status()
        return await answer.read(), answer.headers.get("ETag", "")
