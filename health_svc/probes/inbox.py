"""A connection's incoming bytes, bounded, for probes that talk line by line."""

import asyncio
from typing import cast

INBOX_LIMIT_BYTES = 64 * 1024


class Inbox(asyncio.Protocol):
    """Collects what arrives up to a limit; the rest is not read."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.closed = False
        self.error: Exception | None = None
        self._transport: asyncio.Transport | None = None
        self._news = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by inheritance

    def data_received(self, data: bytes) -> None:
        self.received += data[: INBOX_LIMIT_BYTES - len(self.received)]
        self._news.set()
        if self.full and self._transport:
            self._transport.pause_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self.closed, self.error = True, error
        self._news.set()

    @property
    def full(self) -> bool:
        return len(self.received) >= INBOX_LIMIT_BYTES

    def text(self) -> str:
        """What came, with plain line ends."""
        return self.received.decode("utf-8", "replace").replace("\r\n", "\n")

    async def more(self) -> bool:
        """Waits for new bytes; false when no more will come."""
        if not self.closed and not self.full:
            await self._news.wait()
            self._news.clear()
        return not self.closed and not self.full
