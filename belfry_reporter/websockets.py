"""For aiohttp: WebSockets that Belfry lists, counts, measures and closes. Nothing here waits for Belfry.

    sockets = WebSockets("shop", "nats://127.0.0.1:4222")
    sockets.add_to(app)

and in a handler `sockets.response(user="ana")` in place of `web.WebSocketResponse()`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any

from aiohttp import WebSocketError, WSCloseCode, WSMessage, WSMsgType, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.typedefs import Handler

from belfry_reporter.node import Node, Socket
from belfry_reporter.node_link import STOP_SECONDS, NodeLink

CLOSE_SECONDS = 0.4  # for a client to take a close frame, and to answer it; then the connection is cut
LONGEST_REASON_BYTES = 123  # as RFC 6455 says
LONGEST_AGENT = 200
BAD_REQUEST = 400


class WebSockets:
    """The WebSockets of an application, as one node. `node`: a name that no other process has, by default a new one at
    each start; `max_connections`: how many this process can take, for the meter of the pool."""

    def __init__(
        self, service: str, url: str, seed_file: str | None = None, *, node: str = "", max_connections: int = 0
    ) -> None:
        self.node = Node(service, node, max_connections)
        self._link = NodeLink(self.node, url, seed_file)

    def add_to(self, app: web.Application) -> None:
        """Before the application starts."""
        app.middlewares.append(self._middleware)
        app.cleanup_ctx.append(self._running)

    def response(
        self, *, user: str | None = None, subscriptions: Iterable[str] = (), client_ip: str = "", **options: Any
    ) -> "ReportedWebSocket":
        """A `web.WebSocketResponse` with these options. What becomes known later is set on its `.connection`."""
        return ReportedWebSocket(self.node, user, subscriptions, client_ip, options)

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        code = WSCloseCode.ABNORMAL_CLOSURE
        try:
            response = await handler(request)
            code = WSCloseCode.OK
            if response.status >= BAD_REQUEST:
                self._refused(request, response)
            return response
        except web.HTTPException as refused:
            self._refused(request, refused)
            raise
        except Exception as error:
            self._broke(request, error)
            raise
        finally:
            if (reported := request.get(REPORTED)) is not None:
                self.node.closed(reported.connection, reported.close_code or code)

    def _refused(self, request: web.Request, answer: web.StreamResponse) -> None:
        """A client that asked for a WebSocket and got none."""
        if request.headers.get("Upgrade", "").lower() == "websocket" and REPORTED not in request:
            kind = "authentication" if answer.status in (401, 403) else "handshake"
            self.node.failed(kind, answer.status, answer.reason, request.remote or "")

    def _broke(self, request: web.Request, error: Exception) -> None:
        """A handler that failed. Only the kind of error is told: its text may hold secrets."""
        if (reported := request.get(REPORTED)) is not None and not isinstance(error, ConnectionError):
            connection = reported.connection
            message = f"The handler failed: {type(error).__name__}"
            self.node.failed("internal", WSCloseCode.ABNORMAL_CLOSURE, message, connection.client_ip, connection)

    async def _running(self, _: web.Application) -> AsyncIterator[None]:
        running = asyncio.create_task(self._link.run(), name="websocket reporter")
        yield
        self._link.stop()
        await asyncio.wait([running], timeout=STOP_SECONDS)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class ReportedWebSocket(web.WebSocketResponse):
    """Counts what goes through it. `.connection` is how Belfry shows it: its user, subscriptions and the rest may be
    set at any time."""

    def __init__(
        self, node: Node, user: str | None, subscriptions: Iterable[str], client_ip: str, options: dict[str, Any]
    ) -> None:
        super().__init__(**options)
        self.connection = node.connection(client_ip, user, "", subscriptions)
        self._node = node
        self._transport: asyncio.Transport | None = None
        self._kicking: asyncio.Task[None] | None = None

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        if self.prepared:
            return await super().prepare(request)
        writer = await super().prepare(request)
        self._transport = request.transport
        self.connection.connected_at = datetime.now(UTC)
        self.connection.client_ip = self.connection.client_ip or request.remote or ""
        self.connection.agent = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
        self._node.opened(Socket(self.connection, self._kick, self._pending_bytes))
        request[REPORTED] = self
        return writer

    async def send_str(self, data: str, compress: int | None = None) -> None:
        await super().send_str(data, compress)
        self._count_sent(data)

    async def send_bytes(self, data: bytes, compress: int | None = None) -> None:
        await super().send_bytes(data, compress)
        self._count_sent(data)

    async def send_frame(self, message: bytes, opcode: WSMsgType, compress: int | None = None) -> None:
        await super().send_frame(message, opcode, compress)
        self._count_sent(message)

    async def receive(self, timeout: float | None = None) -> WSMessage:  # noqa: ASYNC109  # as aiohttp has it
        message: WSMessage = await super().receive(timeout)
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            self.connection.received += 1
            self.connection.received_bytes += _size_of(message.data)
            self.connection.last_activity_at = datetime.now(UTC)
        elif message.type is WSMsgType.ERROR:
            self._fail(message.data)
        return message

    def _count_sent(self, data: str | bytes) -> None:
        self.connection.sent += 1
        self.connection.sent_bytes += _size_of(data)

    def _fail(self, error: BaseException) -> None:
        if isinstance(error, WebSocketError):
            kind = "limit" if error.code == WSCloseCode.MESSAGE_TOO_BIG else "protocol"
            self._node.failed(kind, error.code, str(error), self.connection.client_ip, self.connection)
        elif isinstance(error, TimeoutError):
            code = WSCloseCode.ABNORMAL_CLOSURE
            self._node.failed("slow", code, str(error), self.connection.client_ip, self.connection)

    def _pending_bytes(self) -> int:
        transport = self._transport
        return 0 if transport is None or transport.is_closing() else transport.get_write_buffer_size()

    def _kick(self, code: int, reason: str) -> None:
        self._kicking = asyncio.create_task(self._close_now(code, reason), name="websocket kick")

    async def _close_now(self, code: int, reason: str) -> None:
        """Within a second, also when the client does not read."""
        message = reason.encode()[:LONGEST_REASON_BYTES].decode(errors="ignore").encode()
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.close(code=code, message=message)
        if self._transport is not None and self._transport.get_write_buffer_size():
            await asyncio.sleep(CLOSE_SECONDS)  # what waits may still go out, the close frame behind it
            self._transport.abort()
        self._node.closed(self.connection, code)


REPORTED: Any = getattr(web, "RequestKey", lambda name, _: name)("belfry_websocket", ReportedWebSocket)
"""Where a request keeps its WebSocket; before aiohttp 3.14 such keys were plain words."""


def _size_of(data: str | bytes) -> int:
    return len(data.encode()) if isinstance(data, str) and not data.isascii() else len(data)
