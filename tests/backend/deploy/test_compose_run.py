"""What Compose says, run on this machine: every process by TLS, with the secrets it is given."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import ClientSession, TCPConnector
from msgspec import Struct

from deploy import credentials
from deploy.local.nats import BINARY
from deploy.local.ports import free_port
from deploy.local.postgres import postgres_program
from deploy.local.program import Program, Running, running, wait_ready
from tests.fixtures.certificates import Files, postgres_by_tls
from tests.fixtures.compose import compose
from tests.fixtures.image import environment, lay_out
from tests.fixtures.processes import STARTED, ServiceProcess, clean_environment, read_logs
from tests.fixtures.waiting import until

SECURED: dict[str, dict[str, Any]] = compose({}, "compose.yaml", "tls.yaml")["services"]
OURS = [name for name, service in SECURED.items() if service["image"] == "belfry"]
SECRETS = "/etc/belfry/secrets"


class Stage(Struct, frozen=True):
    """The image's files, what stands on this machine instead of containers, and the secrets."""

    tree: Path
    nats: str
    postgres: str
    secrets: Path
    work: Path

    def variables(self, name: str) -> dict[str, str]:
        """The environment of a service as compose gives it, with the addresses and paths of this machine."""
        given = environment() | SECURED[name]["environment"]
        given["NATS_URL"] = given["NATS_URL"].replace("nats:4222", self.nats)
        here = {"PORT": "0", "BELFRY_OTLP_PORT": "0", "BELFRY_HOST": "127.0.0.1"}
        here |= {"BELFRY_CONFIG": str(self.work / "belfry.yaml"), "BELFRY_SPA_DIR": str(self.work)}
        variables = {key: value.replace(SECRETS, str(self.secrets / name)) for key, value in given.items()}
        if url := variables.pop("DATABASE_URL_FILE", ""):
            there = Path(url).read_text().replace(SECRETS, str(self.secrets / name))
            here["DATABASE_URL"] = there.replace("postgres:5432", self.postgres)
        return clean_environment() | variables | here | {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.tree)}

    def argv(self, name: str) -> tuple[str, ...]:
        words = [word.replace(SECRETS, str(self.secrets / name)) for word in SECURED[name]["command"]]
        return (sys.executable, "-m", "deploy.image", *words)

    def program(self, name: str) -> Program:
        log_path = self.work / f"{name}.log"
        return Program(
            name=name,
            argv=self.argv(name),
            ready=lambda pid: any(line["event"] == STARTED for line in read_logs(log_path)),
            log_path=log_path,
            env=self.variables(name),
        )


@asynccontextmanager
async def staged(work: Path) -> AsyncIterator[Stage]:
    """NATS by its own command line, with the rights of each process, and PostgreSQL as its image makes it; both by
    TLS only."""
    secrets = work / "secrets"
    credentials.create(secrets, tls=True)
    password = secrets / "postgres" / "password"
    port = free_port()
    program = postgres_program(work / "postgres", port, fsync=False, password_path=password)
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(running(program))
        await _create_database(postgres.url)
        held = secrets / "postgres"
        files = Files(str(held / "tls.crt"), str(held / "tls.key"), str(secrets / "authority.crt"))
        door = await stack.enter_async_context(postgres_by_tls(postgres.url, files))
        nats = stack.enter_context(running(_nats(work, secrets / "nats", free_port([port, door]))))
        yield Stage(lay_out(work / "app"), nats.url, f"localhost:{door}", secrets, work)


def _nats(work: Path, secrets: Path, port: int) -> Program:
    """Where it listens is ours to say."""
    given = (word.replace(SECRETS, str(secrets)) for word in SECURED["nats"]["command"])
    words = [word.replace("=/data", f"={work}/nats") for word in given if not word.startswith("--http_port")]
    here = ["--addr=127.0.0.1", f"--port={port}", f"--ports_file_dir={work}"]
    return Program(
        name="nats",
        argv=(str(BINARY), *words, *here),
        ready=lambda pid: (work / f"nats-server_{pid}.ports").exists(),
        log_path=work / "nats.log",
        url=f"localhost:{port}",
    )


async def _create_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE belfry")
    await connection.close()


@asynccontextmanager
async def _started(programs: Iterable[Program]) -> AsyncIterator[dict[str, ServiceProcess]]:
    """All at once. They are made by this thread, since a fork beside one that works may never end, and waited for by
    another, since this one passes on what they say to PostgreSQL."""
    stack = ExitStack()
    try:
        runs = [Running(program) for program in programs]
        for run in runs:
            stack.callback(run.stop)
        for run in runs:
            stack.callback(run.signal, signal.SIGTERM)
        for run in runs:
            await asyncio.to_thread(wait_ready, run.program, run.process, 120)
        yield {run.program.name: ServiceProcess(run) for run in runs}
    finally:
        await asyncio.to_thread(stack.close)


async def _all_are_ready(processes: dict[str, ServiceProcess], ca_file: str, password: str) -> None:
    trusted = TCPConnector(ssl=ssl.create_default_context(cafile=ca_file))
    async with ClientSession(connector=trusted) as client:

        async def readiness(process: ServiceProcess) -> tuple[int, str]:
            async with client.get(f"https://localhost:{process.port}/readyz") as response:
                return response.status, await response.text()

        for process in processes.values():
            await until(partial(readiness, process), lambda found: found[0] == 200, 120)
        login = {"username": "admin", "password": password}
        gateway = f"https://localhost:{processes['gateway'].port}"
        async with client.post(f"{gateway}/api/v1/auth/login", json=login) as answer:
            assert (answer.status, (await answer.json())["user"]["name"]) == (200, "admin")


@pytest.mark.integration
async def test_what_compose_says_runs(tmp_path: Path) -> None:
    """Secrets, migration, and all six processes, each with its own key, role and environment, from the image's files
    alone, and all of it by TLS: all become ready, and the first admin may sign in."""
    async with staged(tmp_path) as stage:
        for _ in range(2):  # an upgrade runs it again
            migrated = await asyncio.to_thread(_run, stage.argv("migrate"), stage.variables("migrate"), stage.tree)
            assert migrated.returncode == 0, migrated.stderr
        async with _started([stage.program(name) for name in OURS if name != "migrate"]) as processes:
            password = (stage.secrets / "gateway" / "admin.password").read_text()
            await _all_are_ready(processes, str(stage.secrets / "authority.crt"), password)
            alive = (sys.executable, "-m", "deploy.image.alive")
            for port, code in ((processes["ws"].port, 0), (free_port(), 1)):
                env = {"PORT": str(port), "BELFRY_TLS_CERT_FILE": "its own"}
                assert (await asyncio.to_thread(_run, alive, env, stage.tree)).returncode == code


def _run(argv: tuple[str, ...], env: dict[str, str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(argv, env=env, cwd=cwd, capture_output=True, text=True, timeout=120)
