"""The life of a process on the frame: real processes on real NATS and PostgreSQL, which come and go."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
import asyncpg
import nats
import psutil
import pytest

from deploy.local.nats import start_nats
from deploy.local.ports import free_port
from deploy.local.postgres import start_postgres
from deploy.local.program import Running
from tests.fixtures.processes import ServiceProcess, StartProcess, clean_environment
from tests.fixtures.waiting import until as until_answer

SAMPLE = "tests.fixtures.sample_svc"
FRAMES = {
    "latency_svc": {"nats": "pass", "postgres": "pass"},
    "ws_svc": {"nats": "pass"},
    "pipeline_svc": {"nats": "pass", "postgres": "pass"},
    "alert_svc": {"nats": "pass", "postgres": "pass"},
}
"""Each service and what it needs."""
END_SECONDS = 60.0
NOBODY = {"NATS_URL": "nats://127.0.0.1:1", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as session:
        yield session


async def get(http: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    async with http.get(url) as response:
        return response.status, await response.json(content_type=None)


async def until(question: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    deadline = monotonic() + seconds
    while not await question():
        assert monotonic() < deadline, "did not happen in time"
        await asyncio.sleep(0.05)


def assert_ended_by_itself(running: ServiceProcess) -> None:
    """Not because it was forced when its time was over."""
    assert "service.stopped" in [line["event"] for line in running.logs()]


def findings(body: dict[str, Any]) -> dict[str, str]:
    return {name: found[0]["status"] for name, found in body["checks"].items()}


@pytest.mark.parametrize("service", FRAMES)
async def test_each_frame_is_alive_ready_measured_and_found_on_the_bus(
    service: str, nats_url: str, service_env: dict[str, str], start_process: StartProcess, http: aiohttp.ClientSession
) -> None:
    running = start_process(service, service_env)
    status, body = await get(http, f"{running.url}/healthz")
    assert (status, body) == (200, {"status": "pass", "serviceId": service})

    # ws_svc first hears what was said before
    _, body = await until_answer(partial(get, http, f"{running.url}/readyz"), lambda answer: answer[0] == 200)
    assert (body["status"], findings(body)) == ("pass", FRAMES[service])
    assert body["serviceId"] == service
    assert body["checks"]["nats"][0]["observedUnit"] == "ms"

    async with http.get(f"{running.url}/metrics") as response:
        text = await response.text()
    assert f'belfry_bus_up{{service="{service}"}} 1.0' in text

    client = await nats.connect(nats_url)
    reply = await client.request(f"belfry.rpc.{service.removesuffix('_svc')}.get_readiness", b"", timeout=20)
    assert b'"status":"pass"' in reply.data
    found = await client.request(f"$SRV.INFO.{service}", b"", timeout=20)
    assert b"belfry-nats" in found.data
    await client.close()


async def test_starts_without_its_servers_and_becomes_ready_with_them(
    tmp_path: Path, start_process: StartProcess, http: aiohttp.ClientSession
) -> None:
    nats_port, postgres_port = free_port(), free_port()
    env = {"NATS_URL": f"nats://127.0.0.1:{nats_port}"}
    with start_postgres(tmp_path / "postgres", fsync=False, port=postgres_port) as postgres:
        env["DATABASE_URL"] = postgres.url
    running = start_process(SAMPLE, env)
    assert (await get(http, f"{running.url}/healthz"))[0] == 200

    status, body = await get(http, f"{running.url}/readyz")
    assert (status, findings(body)) == (503, {"postgres": "fail", "nats": "fail"})
    assert "cannot be reached" in body["checks"]["postgres"][0]["output"]
    status, body = await get(http, f"{running.url}/count")
    assert (status, body["service"]) == (503, "postgres")

    with start_nats(tmp_path / "nats", port=nats_port):
        postgres.restart()
        try:
            await until(lambda: _is_ready(http, running.url))
            assert (await get(http, f"{running.url}/count")) == (200, {"one": 1})
        finally:
            postgres.stop()
    waited = [line for line in running.logs() if line["event"] == "database.waiting"]
    assert waited
    assert "***@127.0.0.1" in waited[0]["address"]


async def test_a_server_that_hangs_is_named_within_the_deadline(
    tmp_path: Path, start_process: StartProcess, http: aiohttp.ClientSession
) -> None:
    with start_nats(tmp_path / "nats") as broker, start_postgres(tmp_path / "postgres", fsync=False) as postgres:
        running = start_process(SAMPLE, {"NATS_URL": broker.url, "DATABASE_URL": postgres.url})
        await until(lambda: _is_ready(http, running.url))
        with _suspended(postgres):
            status, body = await until_answer(
                partial(get, http, f"{running.url}/readyz"),
                lambda answer: findings(answer[1]) == {"postgres": "fail", "nats": "pass"},
            )
            assert (status, body["checks"]["postgres"][0]["output"]) == (503, "no answer in 1 s")
            assert (await get(http, f"{running.url}/healthz"))[0] == 200
        await until(lambda: _is_ready(http, running.url))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_in_time_while_everything_is_down(start_process: StartProcess, number: signal.Signals) -> None:
    running = start_process(SAMPLE, NOBODY)
    running.run.signal(number)
    assert running.run.process.wait(END_SECONDS) == 0
    assert_ended_by_itself(running)


async def test_ends_in_time_while_everything_hangs(
    tmp_path: Path, start_process: StartProcess, http: aiohttp.ClientSession
) -> None:
    with start_nats(tmp_path / "nats") as broker, start_postgres(tmp_path / "postgres", fsync=False) as postgres:
        running = start_process(SAMPLE, {"NATS_URL": broker.url, "DATABASE_URL": postgres.url})
        await until(lambda: _is_ready(http, running.url))
        sleeping = asyncio.create_task(http.get(f"{running.url}/sleep").__aenter__())
        await until(lambda: _sleeps(postgres.url))
        with _suspended(broker), _suspended(postgres):
            running.run.signal(signal.SIGTERM)
            await asyncio.to_thread(running.run.process.wait, END_SECONDS)
            assert_ended_by_itself(running)
        await asyncio.gather(sleeping, return_exceptions=True)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PORT": "http"}, "PORT must be a whole number (is: http)"),
        ({"BELFRY_HOTS": "::"}, "BELFRY_HOTS is not a setting. Did you mean BELFRY_HOST?"),
        ({"BELFRY_HOST": "192.0.2.1"}, "cannot listen on 192.0.2.1:0"),
    ],
)
def test_a_bad_environment_is_one_line_and_exit_code_2(env: dict[str, str], words: str) -> None:
    done = _run_frame({"PORT": "0", **env})
    assert done.returncode == 2
    assert done.stderr.startswith(f"belfry: {words}")
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_one_line_and_exit_code_2(start_process: StartProcess) -> None:
    taken = start_process("ws_svc", NOBODY).port
    done = _run_frame({"PORT": str(taken)})
    assert done.returncode == 2
    assert done.stderr == f"belfry: cannot listen on 127.0.0.1:{taken}: Address already in use\n"


def _run_frame(env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    argv = (sys.executable, "-m", "ws_svc")
    return subprocess.run(
        argv, env={**clean_environment(), **NOBODY, **env}, capture_output=True, text=True, timeout=60
    )


async def _is_ready(http: aiohttp.ClientSession, url: str) -> bool:
    return (await get(http, f"{url}/readyz"))[0] == 200


async def _sleeps(postgres_url: str) -> bool:
    connection = await asyncpg.connect(postgres_url)
    found = await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'")
    await connection.close()
    return bool(found)


@contextmanager
def _suspended(server: Running) -> Iterator[None]:
    """Nothing of it runs meanwhile: first the server, which then starts no more, then its children, of which one may
    just have ended by itself."""
    parent = psutil.Process(server.process.pid)
    parent.suspend()
    children = parent.children(recursive=True)
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.suspend()
    try:
        yield
    finally:
        for process in (*children, parent):
            with suppress(psutil.NoSuchProcess):
                process.resume()
