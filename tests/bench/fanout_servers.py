"""What is measured: the gateway as it runs, and three others, each on one core, and how an event is said to each."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import psutil
from msgspec import Struct
from msgspec.json import encode as encode_json
from msgspec.structs import replace

from deploy.local.ports import free_port
from gateway.live.frames import batch, item_of
from gateway.live.topics import Told
from shared.bus import Bus
from shared.contracts.catalogue import default_chain
from shared.contracts.health.events import HealthChanged
from shared.contracts.pipeline.chain import CHAINS_BUCKET, SAVED_KEY, Chain
from shared.envelope import encode
from shared.keyvalue import KeyValue
from shared.settings import Settings
from tests.bench.stage import TOKEN, Servers, on_core, service
from tests.fixtures.live import message_of

NGINX_CONFIG = """
load_module modules/ngx_nchan_module.so;
{user} daemon off; worker_processes 1; worker_rlimit_nofile 20000; pid nginx.pid; error_log error.log;
events {{ worker_connections 19000; }}
http {{
  access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  nchan_max_reserved_memory 64M;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location = / {{ nchan_subscriber websocket; nchan_channel_id bench; nchan_subscriber_first_message newest; }}
    location = /pub {{ nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 100; }}
  }}
}}
"""
START_SECONDS = 20

Say = Callable[[list[HealthChanged]], Awaitable[None]]


class Subject(Struct, frozen=True):
    """A server under test; `say` tells all its clients of some events."""

    name: str
    url: str
    pids: list[int]
    say: Say
    headers: dict[str, str] = {}
    subscribe: bool = False

    def cpu_seconds(self) -> float:
        times = [psutil.Process(pid).cpu_times() for pid in self.pids]
        return sum(spent.user + spent.system for spent in times)

    def memory_kb(self) -> float:
        return sum(psutil.Process(pid).memory_info().rss for pid in self.pids) / 1024


def event(number: int) -> HealthChanged:
    """It says when it was said."""
    now = datetime.now(UTC)
    return HealthChanged(
        service_id=f"service-{number % 400}", name="payments-api", group="Shop", from_status="healthy",
        to_status="down", started_at=now, confirmed_at=now, reason=f"@{time.monotonic_ns()} {number}",
        affected=["connect", "query"],
    )  # fmt: skip


def text_of(said: HealthChanged) -> bytes:
    """What a client of the gateway gets for one event, so that all send the same."""
    told = Told("health.changed", "health", "event")
    item = item_of(told, "", encode(said), offset=1, event_id="0" * 24, stored_at=0, heard_at=0)
    frame = batch([item])
    return frame[frame.index(b"{") :]


def without_rate_limit() -> Chain:
    """Thousands of connections of one user within seconds are this bench's, and nobody else's."""
    steps = [replace(step, enabled=step.enabled and step.id != "rate_limit") for step in default_chain().steps]
    return Chain(revision=1, steps=steps)


@asynccontextmanager
async def belfry(stores: Servers, directory: Path, core: int | None) -> AsyncIterator[Subject]:
    env = {
        "NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_ADMIN_TOKEN": TOKEN,
        "BELFRY_WS_MAX_PER_USER": "20000", "BELFRY_WS_MAX_PER_IP": "20000",
    }  # fmt: skip
    bus = await Bus.connect(Settings(service="health_svc", nats_url=stores.nats.url))
    await KeyValue(bus, CHAINS_BUCKET).put(SAVED_KEY, encode_json(without_rate_limit()))

    async def say(events: list[HealthChanged]) -> None:
        stored = await bus.publish_acked([message_of(each) for each in events])
        assert len(stored) == len(events)

    with service("gateway", directory, env, core) as process:
        url = f"{process.url}/api/v1/ws"
        yield Subject("belfry", url, [process.pid], say, {"Authorization": f"Bearer {TOKEN}"}, subscribe=True)
    await bus.close()


@asynccontextmanager
async def python_peer(name: str, core: int | None) -> AsyncIterator[Subject]:
    command = [*on_core(core), sys.executable, "-m", "tests.bench.fanout_peers", name]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    stdin, port = process.stdin, int(await process.stdout.readline())

    async def say(events: list[HealthChanged]) -> None:
        stdin.write(b"".join(text_of(each) + b"\n" for each in events))
        await stdin.drain()

    try:
        yield Subject(name, f"http://127.0.0.1:{port}/", [process.pid], say)
    finally:
        process.kill()
        await process.wait()


def has_nchan() -> bool:
    """Debian: `apt-get install nginx libnginx-mod-nchan`."""
    return bool(shutil.which("nginx")) and Path("/usr/lib/nginx/modules/ngx_nchan_module.so").exists()


@asynccontextmanager
async def nchan(directory: Path, core: int | None) -> AsyncIterator[Subject]:
    port, prefix = free_port(), directory / "nginx"
    (prefix / "modules").mkdir(parents=True)
    (prefix / "modules" / "ngx_nchan_module.so").symlink_to("/usr/lib/nginx/modules/ngx_nchan_module.so")
    user = "user root;" if os.geteuid() == 0 else ""
    (prefix / "nginx.conf").write_text(NGINX_CONFIG.format(port=port, user=user))
    files = ["-p", str(prefix), "-c", str(prefix / "nginx.conf"), "-e", str(prefix / "error.log")]
    process = await asyncio.create_subprocess_exec(*on_core(core), "nginx", *files)
    await asyncio.to_thread(wait_for_port, port)
    workers = [child.pid for child in psutil.Process(process.pid).children()]

    async def say(events: list[HealthChanged]) -> None:
        for each in events:
            async with session.post(f"http://127.0.0.1:{port}/pub", data=text_of(each)) as answer:
                assert answer.status in (201, 202), await answer.text()

    try:
        async with aiohttp.ClientSession() as session:
            yield Subject("nchan", f"http://127.0.0.1:{port}/", workers, say)
    finally:
        process.terminate()
        await process.wait()


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(
            each.laddr.port == port and each.status == "LISTEN" for each in psutil.net_connections("tcp4") if each.laddr
        ):
            return
        time.sleep(0.05)
    raise TimeoutError(f"Nothing listens on {port}")


class Crowd:
    """The clients, in a process of their own."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    async def __call__(self, name: str, **given: object) -> dict[str, float]:
        return await asyncio.to_thread(self._tell, name, given)

    def _tell(self, name: str, given: dict[str, object]) -> dict[str, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([name, given]).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, float] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def crowd(core: int | None) -> Iterator[Crowd]:
    command = [*on_core(core), sys.executable, "-m", "tests.bench.fanout_crowd"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield Crowd(process)
        finally:
            process.kill()
