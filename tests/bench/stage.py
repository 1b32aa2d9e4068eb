"""Belfry on real servers, for a bench: NATS, PostgreSQL, services, and processes of our own beside them."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import psutil

from deploy.local.nats import start_nats
from deploy.local.postgres import start_postgres
from deploy.local.program import Program, Running, running
from deploy.migrate import migrate_all
from deploy.nats.apply import apply
from tests.bench.fleet import declare, fleet
from tests.fixtures.processes import ANY_PORT, ServiceProcess, clean_environment, read_logs
from tests.fixtures.processes import STARTED as STARTED_EVENT
from tests.fixtures.servers import NATS_CONFIG

HANGING_PORTS = 6
TOKEN = "belfry-bench-admin-token"
PASSWORD = "belfry bench password"


class Servers(msgspec.Struct, frozen=True):
    nats: Running
    postgres: Running


class Stage(msgspec.Struct, frozen=True):
    """What runs: the health_svc that is measured, the gateway before it, and the target it checks."""

    servers: Servers
    health: ServiceProcess
    gateway: ServiceProcess
    config: Path
    target: str
    hanging: list[str]


@contextmanager
def staged() -> Iterator[Stage]:
    """health_svc has a core to itself where there are two; everything else runs where it can."""
    with TemporaryDirectory() as folder, ExitStack() as held:
        directory, enter = Path(folder), held.enter_context
        stores = enter(servers(directory))
        target, *hanging = enter(worker("tests.bench.health_target", "targets", str(HANGING_PORTS)))
        urls = [f"http://127.0.0.1:{port}" for port in (target, *hanging)]
        config = directory / "belfry.yaml"
        declare(config, fleet(urls[0]))
        env = {"NATS_URL": stores.nats.url, "DATABASE_URL": stores.postgres.url, "BELFRY_CONFIG": str(config)}
        core = max(os.sched_getaffinity(0)) if len(os.sched_getaffinity(0)) > 1 else None
        health = enter(service("health_svc", directory, env, core))
        gateway = enter(
            service("gateway", directory, {**env, "BELFRY_ADMIN_TOKEN": TOKEN, "BELFRY_ADMIN_PASSWORD": PASSWORD})
        )
        yield Stage(stores, health, gateway, config, urls[0], urls[1:])


@contextmanager
def servers(directory: Path) -> Iterator[Servers]:
    """NATS with Belfry's streams and PostgreSQL with its schemas, as safe with their data as `make run` has them."""
    with (
        start_nats(directory / "nats", NATS_CONFIG) as nats,
        start_postgres(directory / "postgres" / "data") as postgres,
    ):
        asyncio.run(apply(nats.url))
        asyncio.run(migrate_all(postgres.url))
        yield Servers(nats, postgres)


@contextmanager
def service(module: str, directory: Path, env: Mapping[str, str], core: int | None = None) -> Iterator[ServiceProcess]:
    """`python -m module`, on one core when asked for."""
    log_path = directory / f"{module}.log"
    program = Program(
        name=module,
        argv=(*on_core(core), sys.executable, "-m", module),
        ready=lambda pid: any(line["event"] == STARTED_EVENT for line in read_logs(log_path)),
        log_path=log_path,
        env={**clean_environment(), **ANY_PORT, "BELFRY_DATA_DIR": str(directory), **env},
    )
    with running(program) as run:
        yield ServiceProcess(run)


@contextmanager
def worker(*arguments: str, core: int | None = None, env: Mapping[str, str] | None = None) -> Iterator[list[int]]:
    """A process of ours that prints its ports as a JSON list and ends with its standard input."""
    command = [*on_core(core), sys.executable, "-m", *arguments]
    given = {**os.environ, **(env or {})}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=given) as process:
        assert process.stdout is not None
        try:
            yield msgspec.json.decode(process.stdout.readline(), type=list[int])
        finally:
            process.communicate()


def on_core(core: int | None) -> tuple[str, ...]:
    return () if core is None or not shutil.which("taskset") else ("taskset", "-c", str(core))


def cpu_seconds(pid: int) -> float:
    """What a process and its children have spent, user and system."""
    process = psutil.Process(pid)
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return sum(spent.user + spent.system for spent in times)
