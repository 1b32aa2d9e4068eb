"""A network that can be slow or cut: all that processes say to a server goes through here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PORTION_BYTES = 64 * 1024


class Network:
    """`port` leads to the server. `delay_seconds`: how long each portion is under way, in each direction."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.delay_seconds = 0.0

    def cut(self) -> None:
        """All connections end without a goodbye."""
        for writer in self._writers:
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, server_writer}
        self._writers |= both
        ways = [
            asyncio.create_task(self._pass_on(reader, server_writer), name="to the server"),
            asyncio.create_task(self._pass_on(server_reader, writer), name="from the server"),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._writers -= both
            for way in ways:
                way.cancel()
            for each in both:
                each.close()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while portion := await reader.read(PORTION_BYTES):
            await asyncio.sleep(self.delay_seconds)
            writer.write(portion)
            await writer.drain()


@asynccontextmanager
async def network_to(server_port: int) -> AsyncIterator[Network]:
    network = Network(server_port)
    server = await asyncio.start_server(network.carry, "127.0.0.1", 0, backlog=1024)
    network.port = server.sockets[0].getsockname()[1]
    try:
        yield network
    finally:
        server.close()
        network.cut()
