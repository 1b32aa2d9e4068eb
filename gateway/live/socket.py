"""One WebSocket on a transport that aiohttp has handed over: RFC 6455 by `websockets`, and nothing in between when a
frame is sent. aiohttp's own WebSocket keeps two tasks, a request and its parser for each connection: many times the
memory."""

import asyncio
import logging
from typing import Protocol, cast

from aiohttp import hdrs, web
from msgspec import Struct
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN, SERVER
from websockets.protocol import Protocol as Wire
from websockets.utils import accept_key

MAX_MESSAGE_BYTES = 64 * 1024
REASON_BYTES = 123  # what a close frame has room for

_QUIET = logging.getLogger("belfry.websocket")
_QUIET.setLevel(logging.ERROR)


class Ended(Struct, frozen=True):
    """How a connection ended: by the close frame that was first, ours or the client's; 1006 when there was none."""

    code: int
    reason: str = ""
    by_us: bool = False


class Listener(Protocol):
    """Who is told what happens to a socket: `opened` first; after `ended` nothing may be sent; `gone` comes last."""

    def opened(self, socket: "Socket") -> None: ...

    def received(self, message: bytes, is_text: bool) -> None: ...

    def paused(self) -> None:
        """More waits to be sent than the transport's limit."""

    def resumed(self) -> None: ...

    def ended(self, how: Ended) -> None: ...

    def gone(self) -> None: ...


class Socket(asyncio.Protocol):
    """Who has a frame for it (see frames.py) writes it to `transport`."""

    __slots__ = ("_is_text", "_listener", "_message", "_over", "_wire", "transport")

    def __init__(self, transport: asyncio.Transport, listener: Listener) -> None:
        self.transport, self._listener = transport, listener
        self._wire = Wire(SERVER, max_size=MAX_MESSAGE_BYTES, logger=_QUIET)
        self._message = bytearray()
        self._is_text = self._over = False

    def close(self, code: int, reason: str) -> None:
        """Say goodbye; the transport closes when the client has answered."""
        if self._wire.state is OPEN:
            self._wire.send_close(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"))
            self._flush()

    # --- aiohttp's word for what came while it still had the transport ---

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.data_received(data)
        return False, b""

    def feed_eof(self) -> None:
        """It lets go of the connection; the client has not."""

    # --- asyncio's ---

    def data_received(self, data: bytes) -> None:
        self._wire.receive_data(data)
        for event in self._wire.events_received():
            if not self._take(cast(Frame, event)):
                break
        self._flush()

    def eof_received(self) -> None:
        self._wire.receive_eof()
        self._flush()

    def pause_writing(self) -> None:
        self._listener.paused()

    def resume_writing(self) -> None:
        self._listener.resumed()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self._listener.gone()

    # --- inside ---

    def _take(self, event: Frame) -> bool:
        """Joins the frames of a message; control frames are answered by the library. False for a bad message."""
        if event.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text = event.opcode is Opcode.TEXT
            self._message = bytearray(event.data)
        elif event.opcode is Opcode.CONT:
            self._message += event.data
        else:
            return True
        return not event.fin or self._hand_over()

    def _hand_over(self) -> bool:
        message, self._message = bytes(self._message), bytearray()
        if self._is_text and not _is_utf8(message):
            self._wire.fail(CloseCode.INVALID_DATA, "A text must be UTF-8")
            return False
        self._listener.received(message, self._is_text)
        return True

    def _flush(self) -> None:
        for data in self._wire.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self._end()
                self._finish()

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._listener.ended(self._how())

    def _finish(self) -> None:
        """After goodbyes from both sides, at once. From who broke the protocol more may be on its way: closing upon
        that resets the connection, and our last words with it; so it is read and thrown away."""
        if self._wire.close_rcvd is None and self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def _how(self) -> Ended:
        sent, received = self._wire.close_sent, self._wire.close_rcvd
        by_us = sent is not None and not self._wire.close_rcvd_then_sent
        first = sent if by_us else received
        return Ended(CloseCode.ABNORMAL_CLOSURE) if first is None else Ended(int(first.code), first.reason, by_us)


def _is_utf8(message: bytes) -> bool:
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return True


class Switched(web.StreamResponse):
    """101, after which the connection is no longer aiohttp's."""

    def __init__(self, request: web.Request, protocol: str | None) -> None:
        super().__init__(status=101)
        self.headers[hdrs.UPGRADE] = "websocket"
        self.headers[hdrs.CONNECTION] = "Upgrade"
        self.headers[hdrs.SEC_WEBSOCKET_ACCEPT] = accept_key(request.headers[hdrs.SEC_WEBSOCKET_KEY])
        if protocol:
            self.headers[hdrs.SEC_WEBSOCKET_PROTOCOL] = protocol

    async def write_eof(self, data: bytes = b"") -> None:
        """There is nothing left to write to."""


async def switch(request: web.Request, listener: Listener, protocol: str | None = None) -> Switched:
    """Answers 101 and takes the transport over. Raises ConnectionResetError when the client is gone already."""
    response = Switched(request, protocol)
    await response.prepare(request)
    handler, transport = request.protocol, request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("The client is gone")
    socket = Socket(transport, listener)
    handler.transport = None  # or it would be closed with the handler
    transport.set_protocol(socket)
    listener.opened(socket)
    handler.set_parser(socket)  # type: ignore[arg-type]  # it gives us what came already
    handler.connection_lost(None)
    return response
