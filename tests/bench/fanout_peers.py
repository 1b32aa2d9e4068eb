"""Servers of others that send one text to all their WebSockets, each text a line on standard input:
`python -m tests.bench.fanout_peers websockets`. Prints its port."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import uvloop
from aiohttp import web
from websockets.asyncio.server import ServerConnection, broadcast, serve

Peer = Callable[[AsyncIterator[str]], Awaitable[None]]


async def with_websockets(texts: AsyncIterator[str]) -> None:
    """`broadcast` of websockets, as its documentation advises for many clients."""
    clients: set[ServerConnection] = set()

    async def serve_one(client: ServerConnection) -> None:
        clients.add(client)
        try:
            await client.wait_closed()
        finally:
            clients.discard(client)

    async with serve(serve_one, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        ready(server.sockets[0].getsockname()[1])
        async for text in texts:
            broadcast(clients, text)


async def with_aiohttp(texts: AsyncIterator[str]) -> None:
    """A loop over `send_str`, as most applications have it."""
    clients: set[web.WebSocketResponse] = set()

    async def serve_one(request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse()
        await client.prepare(request)
        clients.add(client)
        try:
            async for _ in client:
                continue
        finally:
            clients.discard(client)
        return client

    app = web.Application()
    app.add_routes([web.get("/", serve_one)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready(runner.addresses[0][1])
    async for text in texts:
        for client in list(clients):
            await client.send_str(text)


PEERS: dict[str, Peer] = {"websockets": with_websockets, "aiohttp": with_aiohttp}


async def lines() -> AsyncIterator[str]:
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line.decode().rstrip("\n")


def ready(port: int) -> None:
    gc.collect()
    gc.freeze()
    print(port, flush=True)


if __name__ == "__main__":
    uvloop.run(PEERS[sys.argv[1]](lines()))  # type: ignore[arg-type]  # a coroutine of ours
