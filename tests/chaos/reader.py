"""Somebody who reads all pages of Belfry over and over, and notes how each answer ended."""

import asyncio
from collections import Counter

import aiohttp
import msgspec

AT = "/api/v1/admin"
PATHS = (
    f"{AT}/health/services",
    f"{AT}/latency/summary",
    f"{AT}/alerts/incidents",
    f"{AT}/middleware/pipeline",
    f"{AT}/websocket/stats",
    "/status.json",
)
PAUSE_SECONDS = 0.2
REFUSED, UNREACHED = 503, 0
LONGEST = aiohttp.ClientTimeout(total=60)
"""The gateway answers within 15 s; this long it would hang, also on a busy machine."""


class Reader:
    """`seen`: answers by their status, UNREACHED for those that ended in a broken connection. `wrong`: those that no
    caller can do anything with, and those that did not come."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.seen = Counter[int]()
        self.wrong: list[str] = []

    async def run(self, enough: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            for path in PATHS:
                tasks.create_task(self._keep_reading(path, enough), name=f"read {path}")

    async def _keep_reading(self, path: str, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.read(path)
            await asyncio.sleep(PAUSE_SECONDS)

    async def read_all(self) -> set[int]:
        """The statuses of one answer each."""
        return set(await asyncio.gather(*(self.read(path) for path in PATHS)))

    async def read(self, path: str) -> int:
        status = UNREACHED
        try:
            async with self._session.get(path, timeout=LONGEST) as answer:
                body = await answer.read()
                status = answer.status
                if not is_sound(status, answer.content_type, body):
                    self.wrong.append(f"{path}: {status} {body[:300]!r}")
        except TimeoutError:
            self.wrong.append(f"{path}: no answer")
        except (aiohttp.ClientError, OSError):
            pass
        self.seen[status] += 1
        return status


def is_sound(status: int, content_type: str, body: bytes) -> bool:
    """What was asked for, or a problem that names what is lacking."""
    if status == 200:
        return True
    if status != REFUSED or content_type != "application/problem+json":
        return False
    problem = msgspec.json.decode(body)
    return bool(problem["detail"]) and bool(problem.get("service"))
