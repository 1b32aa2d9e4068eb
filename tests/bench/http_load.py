"""One request over and over, over many connections: how many were answered, and with what."""

import asyncio
from collections import Counter
from typing import cast

from msgspec import Struct

from tests.bench.stage import cpu_seconds

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Load(Struct, frozen=True):
    """What a span of load was worth: requests a second, and a second of the server's CPU."""

    per_second: float
    per_cpu_second: float
    statuses: dict[str, int]

    @property
    def microseconds(self) -> float:
        """CPU for one request."""
        return 1e6 / self.per_cpu_second


class Asking(asyncio.Protocol):
    """Asks again as soon as the answer is complete."""

    def __init__(self, request: bytes, statuses: Counter[str]) -> None:
        self._request, self._statuses = request, statuses
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head_end = self._read.find(HEAD_END)
        if head_end < 0:
            return
        head = self._read[:head_end].lower()
        found = head.find(LENGTH)
        length = int(head[found + len(LENGTH) :].split(b"\r\n", 1)[0]) if found >= 0 else 0
        if len(self._read) < head_end + len(HEAD_END) + length:
            return
        self._read = b""
        self._statuses[head[9:12].decode()] += 1
        self._transport.write(self._request)


async def load(
    port: int,
    pid: int,
    path: str,
    headers: dict[str, str],
    connections: int = 32,
    seconds: float = 3,
    warm_seconds: float = 1,
) -> Load:
    """What the process answers under as much load as it takes."""
    statuses: Counter[str] = Counter()
    named = [f"{name}: {value}" for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items()]
    request = "\r\n".join([f"GET {path} HTTP/1.1", *named, "", ""]).encode()
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: Asking(request, statuses), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
    await asyncio.sleep(warm_seconds)
    before, spent, started = statuses.copy(), cpu_seconds(pid), loop.time()
    await asyncio.sleep(seconds)
    answered, spent, took = statuses - before, cpu_seconds(pid) - spent, loop.time() - started
    for transport in opened:
        transport.close()
    return Load(answered.total() / took, answered.total() / spent, dict(answered))
