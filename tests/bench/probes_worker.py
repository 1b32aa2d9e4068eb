"""A process of the probe bench: `serve` is the target, `check URL N` runs N checks and tells what they cost."""

import asyncio
import sys
import time
from typing import cast

import msgspec
import psutil
import uvloop

from health_svc.probes import ProbeContext, probe_context, run_checks
from shared.contracts.checks import HttpCheck
from shared.contracts.health.services import ServiceSpec

CONCURRENCY = 64
BODY = msgspec.json.encode({"status": "ok", "version": "1.2.3", "uptime": 123_456, "note": "x" * 150})
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    checks: int
    cpu_seconds: float
    memory_bytes: int


class _Target(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(ANSWER)
        self._transport.close()


async def serve() -> None:
    """Prints its address, and serves until standard input closes."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Target, "127.0.0.1", 0, backlog=4096)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/health\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


async def check(url: str, times: int) -> None:
    """Runs the checks of a service `times` times, and prints what that cost."""
    spec = ServiceSpec(id="target", checks=[HttpCheck(url=url)])
    async with probe_context(None, {}) as context:
        await run(spec, context, CONCURRENCY * 2)
        before = time.process_time()
        await run(spec, context, times)
        spent = time.process_time() - before
    measured = Measured(checks=times, cpu_seconds=spent, memory_bytes=psutil.Process().memory_info().rss)
    sys.stdout.buffer.write(msgspec.json.encode(measured))


async def run(spec: ServiceSpec, context: ProbeContext, times: int) -> None:
    remaining = iter(range(times))

    async def work() -> None:
        for _ in remaining:
            [outcome] = await run_checks(spec, context)
            assert outcome.result == "pass", outcome.reason

    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


if __name__ == "__main__":
    uvloop.run(serve() if sys.argv[1] == "serve" else check(sys.argv[2], int(sys.argv[3])))
