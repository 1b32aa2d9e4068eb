"""A client of the live channel that always comes back, to whichever gateway there is, and goes on where it was."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import aiohttp
import msgspec

from shared.contracts.health.events import HealthChanged
from shared.contracts.live import Frame, Pushed
from tests.fixtures.live import PATH

RETRY_SECONDS = 0.1


class Returning:
    """`told`: the ids of all events in the order they came, repetitions too; `answers`: what each return was told;
    `statuses`: the last one that was heard of each service."""

    def __init__(self, session: aiohttp.ClientSession, urls: Sequence[str], headers: Mapping[str, str]) -> None:
        self._session, self._urls, self._headers = session, list(urls), headers
        self.told: list[str] = []
        self.answers: list[bool] = []
        self.statuses: dict[str, str] = {}
        self.place: dict[str, Any] = {}
        self.subscribed = asyncio.Event()
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._run())

    def add(self, url: str) -> None:
        """One more gateway to come to."""
        self._urls.append(url)

    async def until(self, holds: Callable[["Returning"], bool], seconds: float) -> None:
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: holds(self)), seconds)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with self._session.ws_connect(f"{self._urls[0]}{PATH}", headers=self._headers) as socket:
                    await self._listen(socket)
            self._urls.append(self._urls.pop(0))
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        await socket.send_json({"id": 1, "subscribe": {"topic": "health", **self.place}})
        async for message in socket:
            frame = msgspec.json.decode(message.data, type=Frame)
            if frame == Frame():
                await socket.send_str("{}")
            elif frame.subscribed:
                self.answers.append(frame.subscribed.recovered)
                if not (self.place and frame.subscribed.recovered):
                    self.place = {"offset": frame.subscribed.offset, "epoch": frame.subscribed.epoch}
                self.subscribed.set()
            elif frame.resync:
                self.place = {"offset": frame.resync.offset, "epoch": frame.resync.epoch}
                await socket.send_json({"id": 1, "subscribe": {"topic": "health", **self.place}})
            events = [pushed for pushed in frame.batch or () if pushed.offset is not None]
            if events:
                await self._note(events)

    async def _note(self, events: Sequence[Pushed]) -> None:
        async with self._news:
            for event in events:
                self.told.append(event.event_id)
                self.place["offset"] = event.offset
                if event.kind == "health.changed":
                    change = msgspec.json.decode(event.data, type=HealthChanged)
                    self.statuses[change.service_id] = change.to_status
            self._news.notify_all()
