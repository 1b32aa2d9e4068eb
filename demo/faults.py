"""The switch for faults: `POST /faults {"slow_ms": 800, "fail": true}`; `{}` ends them."""

import asyncio
import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from aiohttp import web

PATH = "/faults"
SLOWEST_MS = 60_000


@dataclass(frozen=True)
class Faults:
    """`slow_ms` comes on top of every answer; with `fail` each is a failure."""

    slow_ms: float = 0.0
    fail: bool = False


class Switch:
    """Holds the faults of one process, and lets everything it serves feel them."""

    def __init__(self) -> None:
        self.now = Faults()

    async def feel(self) -> bool:
        """Waits as long as it is slow; True: fail."""
        faults = self.now
        if faults.slow_ms:
            await asyncio.sleep(faults.slow_ms / 1000)
        return faults.fail

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(PATH, self._show)
        app.router.add_post(PATH, self._set)

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(self.now))

    async def _set(self, request: web.Request) -> web.Response:
        try:
            self.now = parse(await request.text())
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from error
        return await self._show(request)


def parse(text: str) -> Faults:
    """Raises ValueError, saying what was expected."""
    given: Any = json.loads(text)
    if not isinstance(given, dict) or given.keys() - {field.name for field in fields(Faults)}:
        raise ValueError('expected an object such as {"slow_ms": 800, "fail": true}')
    slow_ms, fail = given.get("slow_ms", 0), given.get("fail", False)
    if isinstance(slow_ms, bool) or not isinstance(slow_ms, int | float) or not 0 <= slow_ms <= SLOWEST_MS:
        raise ValueError(f"slow_ms: expected a number from 0 to {SLOWEST_MS}")
    if not isinstance(fail, bool):
        raise ValueError("fail: expected true or false")
    return Faults(slow_ms, fail)
