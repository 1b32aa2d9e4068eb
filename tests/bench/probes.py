"""Fresh HTTP checks, with phases, assertions and masking, beside prometheus-blackbox-exporter's on the same target."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import aiohttp
import msgspec
import psutil

from deploy.local.ports import free_port
from tests.bench.figures import Figure, against
from tests.bench.probes_worker import CONCURRENCY, Measured

PEER = "blackbox_exporter"
ROUNDS = 3
CHECKS = 6_000
WORKER = (sys.executable, "-m", "tests.bench.probes_worker")
CONFIG = "modules: {http_2xx: {prober: http, timeout: 5s, http: {preferred_ip_protocol: ip4}}}\n"


def measure_probes() -> dict[str, Figure]:
    """Each side measures in turn; the best round of each counts, because the machine is shared."""
    with serving() as url:
        ours = [check_with_belfry(url) for _ in range(ROUNDS)]
        binary = find_peer()
        theirs = [asyncio.run(check_with_peer(binary, url)) for _ in range(ROUNDS)] if binary else []
    note = "" if theirs else "peer not installed: apt-get install prometheus-blackbox-exporter"
    rate, memory = best(ours)
    peer_rate, peer_memory = best(theirs) if theirs else (None, None)
    return {
        "http_fresh": against(rate, "checks/CPU-s", PEER, peer_rate, at_least=2, note=note),
        "memory": against(memory, "MiB", PEER, peer_memory, at_most=2, note=note),
    }


def best(rounds: list[Measured]) -> tuple[float, float]:
    """Checks per CPU-second, and MiB at the end."""
    rate = max(one.checks / one.cpu_seconds for one in rounds)
    return rate, min(one.memory_bytes for one in rounds) / 2**20


def check_with_belfry(url: str) -> Measured:
    done = subprocess.run([*WORKER, "check", url, str(CHECKS)], stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)


async def check_with_peer(binary: str, url: str) -> Measured:
    """Asks over kept-alive connections, so that only the checks themselves open new ones."""
    with peer(binary) as (address, process):
        probe = f"{address}/probe?module=http_2xx&target={quote(url, safe='')}"
        connector = aiohttp.TCPConnector(limit=CONCURRENCY)
        async with aiohttp.ClientSession(connector=connector) as session:
            await ask(session, probe, CONCURRENCY * 2)
            before = process.cpu_times()
            await ask(session, probe, CHECKS)
            after = process.cpu_times()
            spent = after.user + after.system - before.user - before.system
            return Measured(checks=CHECKS, cpu_seconds=spent, memory_bytes=process.memory_info().rss)


async def ask(session: aiohttp.ClientSession, probe: str, times: int) -> None:
    remaining = iter(range(times))

    async def work() -> None:
        for _ in remaining:
            async with session.get(probe) as answer:
                assert "probe_success 1" in await answer.text()

    await asyncio.gather(*(work() for _ in range(CONCURRENCY)))


def find_peer() -> str | None:
    """The peer's binary; installed from Debian's packages where we may."""
    name = "prometheus-blackbox-exporter"
    if shutil.which(name) is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-qq", name], stdout=subprocess.DEVNULL, check=False)
    return shutil.which(name)


@contextmanager
def peer(binary: str) -> Iterator[tuple[str, psutil.Process]]:
    """A running blackbox_exporter: its address and process."""
    with TemporaryDirectory() as folder:
        config, port = Path(folder, "blackbox.yml"), free_port()
        config.write_text(CONFIG)
        command = [binary, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                wait_for(port)
                yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
            finally:
                process.terminate()


def wait_for(port: int, seconds: float = 10) -> None:
    """Returns when somebody listens."""
    for _ in range(int(seconds / 0.05)):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError(f"Nobody listens on port {port}")


@contextmanager
def serving() -> Iterator[str]:
    """A target in a process of its own, which ends with its standard input."""
    with subprocess.Popen([*WORKER, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()
