"""Which gateways there are, what they run, and what they measured lately: as they say it on the bus."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import structs

from shared.contracts.pipeline.document import PipelineNode
from shared.contracts.pipeline.events import NodeAnnounced, PipelineMeasured
from shared.contracts.pipeline.stats import WINDOW_SECONDS

SILENT = timedelta(seconds=15)  # three announcements
WINDOW = timedelta(seconds=WINDOW_SECONDS)
MOST_NODES = 1000


class Fleet:
    """Moments are those at which the bus stored what was said, so that clocks of gateways do not matter."""

    def __init__(self) -> None:
        self._nodes: dict[str, PipelineNode] = {}
        self._spans: dict[str, deque[tuple[datetime, PipelineMeasured]]] = {}
        self._news = asyncio.Event()

    def announced(self, event: NodeAnnounced, at: datetime) -> None:
        if event.stopped:
            self._nodes.pop(event.node, None)
        elif event.node in self._nodes or len(self._nodes) < MOST_NODES:
            self._nodes[event.node] = structs.replace(event.state, seen_at=at)
        self._forget(at)
        self._news.set()

    def measured(self, event: PipelineMeasured, at: datetime) -> None:
        if event.node in self._spans or len(self._spans) < MOST_NODES:
            self._spans.setdefault(event.node, deque()).append((at, event))

    def nodes(self, now: datetime) -> list[PipelineNode]:
        """Those heard of within 15 seconds, by name."""
        alive = (node for node in self._nodes.values() if now - node.seen_at <= SILENT)
        return sorted(alive, key=lambda node: node.node)

    def spans(self, now: datetime, window: timedelta) -> dict[str, list[PipelineMeasured]]:
        """What each gateway measured within the window, oldest first; also of those that are gone."""
        since = now - window
        return {node: [span for at, span in spans if at > since] for node, spans in self._spans.items()}

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Returns when it holds, asked again at each announcement; False when it never did in time."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return holds()
        return True

    def _forget(self, now: datetime) -> None:
        self._nodes = {name: node for name, node in self._nodes.items() if now - node.seen_at <= WINDOW}
        for name, spans in list(self._spans.items()):
            while spans and now - spans[0][0] > WINDOW:
                spans.popleft()
            if not spans:
                del self._spans[name]
