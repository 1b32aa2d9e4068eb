"""A process of the health bench. `targets COUNT`: a port that answers, and COUNT that never do; `bytes FILE`: the
board's peer, a bare aiohttp handler. Prints its ports; ends with standard input."""

import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable
from pathlib import Path
from typing import cast

import msgspec
import uvloop
from aiohttp import web

SLOW_SECONDS = 0.2
BODY = msgspec.json.encode({"status": "ok", "version": "1.2.3", "uptime": 123_456, "note": "x" * 150})

Seen = dict[str, list[float]]
"""Epoch seconds of every request, by path."""


def answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class _Target(asyncio.Protocol):
    """`/slow` answers after SLOW_SECONDS, `/seen` tells what was asked, all else answers at once."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        path = data.split(b" ", 2)[1].decode()
        self._seen[path].append(time.time())
        body = msgspec.json.encode(self._seen) if path == "/seen" else BODY
        delay_seconds = SLOW_SECONDS if path == "/slow" else 0
        asyncio.get_running_loop().call_later(delay_seconds, self._end, answer(body))

    def _end(self, message: bytes) -> None:
        self._transport.write(message)
        self._transport.close()


async def serve_targets(hanging: int) -> list[int]:
    loop = asyncio.get_running_loop()
    seen: Seen = defaultdict(list)
    factories = [lambda: _Target(seen), *[asyncio.Protocol] * hanging]
    servers = [await loop.create_server(factory, "127.0.0.1", 0, backlog=4096) for factory in factories]
    return [server.sockets[0].getsockname()[1] for server in servers]


async def serve_bytes(body: bytes) -> list[int]:
    async def handle(_: web.Request) -> web.Response:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=body, headers=headers)

    app = web.Application()
    app.router.add_get("/", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return [runner.addresses[0][1]]


async def serve(starting: Awaitable[list[int]]) -> None:
    ports = await starting
    sys.stdout.write(f"{msgspec.json.encode(ports).decode()}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    uvloop.run(serve(serve_targets(int(argument)) if what == "targets" else serve_bytes(Path(argument).read_bytes())))
