"""The page's data: asked at most every few seconds, and kept when the service does not answer."""

import time

import msgspec
from aiohttp import web

from gateway.answers import unpacked
from gateway.operations import read_shared
from shared.contracts.health.procedures import GET_STATUS_PAGE
from shared.contracts.health.status_page import StatusPage
from shared.contracts.wire import Nothing
from shared.problems import ProblemError

FRESH_SECONDS = 5.0


class Source:
    """The last answer, for all who ask within a few seconds; the last good one while none can be had."""

    def __init__(self) -> None:
        self._page: StatusPage | None = None
        self._asked_at = float("-inf")

    async def read(self, request: web.Request) -> StatusPage:
        """Raises ProblemError 503 when there never was an answer."""
        if self._page is not None and time.monotonic() - self._asked_at < FRESH_SECONDS:
            return self._page
        try:
            found = await read_shared(request, GET_STATUS_PAGE, Nothing(), placed=False)
        except ProblemError:
            if self._page is None:
                raise
            return self._page
        self._page = msgspec.json.decode(unpacked(found.body, found.encoding), type=StatusPage)
        self._asked_at = time.monotonic()
        return self._page

    async def encoded(self, request: web.Request) -> bytes:
        return msgspec.json.encode(await self.read(request))


SOURCE = web.AppKey("STATUS_SOURCE", Source)
