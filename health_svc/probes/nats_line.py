"""A conversation in lines with a NATS server, over TCP or a WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import SplitResult

import aiohttp

from health_svc.probes.context import ProbeContext
from health_svc.probes.dial import Tls, dial, secure
from health_svc.probes.faults import fault_of
from health_svc.probes.inbox import INBOX_LIMIT_BYTES, Inbox
from health_svc.probes.websocket import Socket, open_socket
from health_svc.probes.words import endpoint

PORTS = {"nats": 4222, "tls": 4222, "ws": 80, "wss": 443}


def default_port(parts: SplitResult) -> int:
    return PORTS[parts.scheme]


class Line(Protocol):
    """A conversation in lines."""

    async def read(self) -> str:
        """The next line; an empty one when the server hung up."""

    async def write(self, text: str) -> None: ...

    async def secure(self) -> None:
        """Goes on over TLS, where the server wants that after its greeting."""


@asynccontextmanager
async def open_line(parts: SplitResult, context: ProbeContext) -> AsyncIterator[Line]:
    """Connects as the address says."""
    if parts.scheme in ("ws", "wss"):
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        async with open_socket(address, {}, True, context) as ws:
            yield _WebSocketLine(ws)
        return
    transport, inbox = await dial(parts.hostname or "", parts.port or default_port(parts), context, Inbox)
    line = _TcpLine(transport, inbox, parts, context)
    try:
        yield line
    finally:
        line.transport.abort()


def _cut(received: bytearray) -> str | None:
    """Takes the first line out of what was received; none while it is not whole."""
    end = received.find(b"\r\n")
    if end < 0:
        return None
    line = received[:end].decode("utf-8", "replace").strip()
    del received[: end + 2]
    return line


class _TcpLine:
    def __init__(self, transport: asyncio.Transport, inbox: Inbox, parts: SplitResult, context: ProbeContext) -> None:
        self.transport, self._inbox, self._context = transport, inbox, context
        self._host, self._port = parts.hostname or "", parts.port or default_port(parts)

    async def read(self) -> str:
        reading = True
        while (line := _cut(self._inbox.received)) is None and reading:
            reading = await self._inbox.more()
        if line is None and isinstance(self._inbox.error, OSError):
            raise fault_of(self._inbox.error, endpoint(self._host, self._port))
        return line or ""

    async def write(self, text: str) -> None:
        self.transport.write(text.encode())

    async def secure(self) -> None:
        tls = Tls(self._context.tls(verify=True), self._host)
        self.transport = await secure(self.transport, self._inbox, tls, self._host, self._port, self._context)


class _WebSocketLine:
    def __init__(self, ws: Socket) -> None:
        self._ws, self._received = ws, bytearray()

    async def read(self) -> str:
        while (line := _cut(self._received)) is None and len(self._received) < INBOX_LIMIT_BYTES:
            message = await self._ws.receive()
            if message.type is not aiohttp.WSMsgType.BINARY:
                return ""
            self._received += message.data
        return line or ""

    async def write(self, text: str) -> None:
        await self._ws.send_bytes(text.encode())

    async def secure(self) -> None:
        """A WebSocket brings its own TLS."""
