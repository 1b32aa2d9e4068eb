"""Compose: the file is valid and says what the code knows, and what it says runs, without containers."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import yaml
from aiohttp import ClientSession
from compose_spec import PyCompose
from msgspec import Struct

from deploy import credentials
from deploy.image.__main__ import MODULES
from deploy.local.nats import start_nats
from deploy.local.ports import free_port
from deploy.local.postgres import start_postgres
from deploy.local.program import Program, Running, wait_ready
from deploy.migrate import services_with_storage
from deploy.nats.permissions import GRANTS
from deploy.prepare import PrepareSettings
from shared.settings import Settings, variable_of
from tests.fixtures.compose import ROOT, compose, mounts, published
from tests.fixtures.containers import NATS_IMAGE, POSTGRES_IMAGE
from tests.fixtures.image import environment, lay_out
from tests.fixtures.processes import STARTED, ServiceProcess, clean_environment, read_logs
from tests.fixtures.waiting import until

COMPOSE = compose({})
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "belfry"}
SECRETS = "/etc/belfry/secrets"


def test_the_file_is_a_compose_file() -> None:
    parsed = PyCompose.from_json(json.dumps(COMPOSE))
    assert set(parsed.service_names()) == set(SERVICES)
    with pytest.raises(ValueError, match="healthchek"):
        PyCompose.from_json(json.dumps({"services": {"gateway": {**SERVICES["gateway"], "healthchek": {}}}}))


def test_every_process_runs_once_from_the_same_image_with_no_rights() -> None:
    assert {service["command"][0] for service in OURS.values()} == {*GRANTS, "migrate"} <= set(MODULES)
    for service in OURS.values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["mem_limit"]
    assert (SERVICES["nats"]["image"], SERVICES["postgres"]["image"]) == (NATS_IMAGE, POSTGRES_IMAGE)


def test_variables_and_ports_are_those_of_the_code() -> None:
    for service in OURS.values():
        known = variables_of(service["command"][0])
        assert {name for name in service["environment"] if not {name, name.removesuffix("_FILE")} & known} == set()
        assert not [value for name, value in service["environment"].items() if is_secret_variable(name)]
    assert published(SERVICES["gateway"]) == [int(environment()["PORT"])]
    assert published(SERVICES["latency"]) == [4318]
    jobs = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]
    scraped = {(job["job_name"], target) for job in jobs for target in job["static_configs"][0]["targets"]}
    expected = {(service["command"][0], f"{name}:{environment()['PORT']}") for name, service in OURS.items()}
    assert scraped == expected - {("migrate", f"migrate:{environment()['PORT']}")}


def test_only_this_machine_reaches_what_is_published_and_servers_reach_nothing() -> None:
    for service in SERVICES.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    inner = {name for name, network in COMPOSE["networks"].items() if network.get("internal")}
    assert inner == {"bus", "data"}
    for name in ("nats", "postgres", "ws", "pipeline", "migrate"):
        assert set(SERVICES[name]["networks"]) <= inner
    stored = {service.removesuffix("_svc") for service in services_with_storage()}
    assert {name for name, service in SERVICES.items() if "data" in service["networks"]} == {
        *stored,
        "migrate",
        "postgres",
    }


def test_each_process_is_given_the_secrets_it_reads_and_no_other(tmp_path: Path) -> None:
    credentials.create(tmp_path, credentials.DATABASE)
    for name, service in SERVICES.items():
        mounted = mounts(service).get(SECRETS, "")
        assert mounted in ("", f"./secrets/{name}")
        named = set(re.findall(rf"{SECRETS}/([\w.]+)", json.dumps(service)))
        held = {path.name for path in (tmp_path / name).iterdir()} if mounted else set()
        passwords = {f"{each}.password" for each in services_with_storage()} if name == "migrate" else set()
        assert named | passwords == held
    assert {path.name for path in tmp_path.iterdir()} == {*SERVICES, "observer"} - {"prometheus"}


def test_secrets_are_made_once_and_shown_to_nobody_else(tmp_path: Path) -> None:
    """What follows from the database's address or the permissions of a release is written anew; keys stay."""
    folder = tmp_path / "secrets"
    assert credentials.main([str(folder)]) == 0
    first = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in first} == {0o444}
    other = "postgresql://root:p%40ss@db.example:6432/belfry?sslmode=require"
    credentials.create(folder, other)
    changed = {str(path.relative_to(folder)) for path, text in first.items() if path.read_bytes() != text}
    assert changed == {f"{name.removesuffix('_svc')}/database.url" for name in services_with_storage()} | {
        "migrate/database.url"
    }
    assert (folder / "migrate" / "database.url").read_text() == other
    own = urlsplit((folder / "health" / "database.url").read_text())
    assert (own.username, own.hostname, own.port, own.query) == ("belfry_health", "db.example", 6432, "sslmode=require")
    (tmp_path / "file").touch()
    assert credentials.main([str(tmp_path / "file")]) == 1


def variables_of(process: str) -> set[str]:
    """What a process reads from its environment."""
    cls = PrepareSettings if process == "migrate" else settings_of(process)
    return {variable_of(field) for field in cls.__struct_fields__}


def settings_of(process: str) -> type[Settings]:
    found: type[Settings] = import_module(f"{process}.app").create_app.__annotations__["settings"]
    return found


class Stage(Struct, frozen=True):
    """The image's files, what stands on this machine instead of containers, and the secrets."""

    tree: Path
    nats_url: str
    secrets: Path
    work: Path

    def variables(self, name: str) -> dict[str, str]:
        """The environment of a service as compose gives it, with the addresses and paths of this machine."""
        given = environment() | SERVICES[name]["environment"]
        here = {"NATS_URL": self.nats_url, "PORT": "0", "BELFRY_OTLP_PORT": "0", "BELFRY_HOST": "127.0.0.1"}
        here |= {"BELFRY_CONFIG": str(self.work / "belfry.yaml"), "BELFRY_SPA_DIR": str(self.work)}
        variables = {key: value.replace(SECRETS, str(self.secrets / name)) for key, value in given.items()}
        return clean_environment() | variables | here | {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.tree)}

    def argv(self, name: str) -> tuple[str, ...]:
        words = [word.replace(SECRETS, str(self.secrets / name)) for word in SERVICES[name]["command"]]
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


@contextmanager
def staged(work: Path) -> Iterator[Stage]:
    """NATS with the rights of each process, and PostgreSQL with the database that its image makes."""
    with start_postgres(work / "postgres", fsync=False) as postgres:
        asyncio.run(_create_database(postgres.url))
        admin = urlsplit(postgres.url)._replace(path="/belfry").geturl()
        secrets = work / "secrets"
        credentials.create(secrets, admin)
        config = (secrets / "nats" / "nats.conf").read_text()
        with start_nats(work / "nats", config) as nats:
            yield Stage(lay_out(work / "app"), nats.url, secrets, work)


async def _create_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE belfry")
    await connection.close()


def is_secret_variable(variable: str) -> bool:
    return any(word in variable for word in ("PASSWORD", "TOKEN", "KEYS", "SEED", "DATABASE")) and not (
        variable.endswith(("_FILE", "_GENERATED"))
    )


@contextmanager
def _started(programs: Iterable[Program]) -> Iterator[dict[str, ServiceProcess]]:
    """All at once."""
    with ExitStack() as stack:
        runs = [Running(program) for program in programs]
        for run in runs:
            stack.callback(run.stop)
        for run in runs:
            stack.callback(run.signal, signal.SIGTERM)
        for run in runs:
            wait_ready(run.program, run.process, 120)
        yield {run.program.name: ServiceProcess(run) for run in runs}


async def _all_are_ready(processes: dict[str, ServiceProcess], password: str) -> None:
    async with ClientSession() as client:

        async def readiness(process: ServiceProcess) -> tuple[int, str]:
            async with client.get(f"{process.url}/readyz") as response:
                return response.status, await response.text()

        for process in processes.values():
            await until(partial(readiness, process), lambda found: found[0] == 200, 120)
        login = {"username": "admin", "password": password}
        async with client.post(f"{processes['gateway'].url}/api/v1/auth/login", json=login) as answer:
            assert (answer.status, (await answer.json())["user"]["name"]) == (200, "admin")


@pytest.mark.integration
def test_what_compose_says_runs(tmp_path: Path) -> None:
    """Secrets, migration, and all six processes, each with its own key, role and environment, from the image's files
    alone: all become ready, and the first admin may sign in."""
    with staged(tmp_path) as stage:
        for _ in range(2):  # an upgrade runs it again
            migrated = subprocess.run(
                stage.argv("migrate"), env=stage.variables("migrate"), cwd=stage.tree, capture_output=True, text=True
            )
            assert migrated.returncode == 0, migrated.stderr
        with _started(stage.program(name) for name in OURS if name != "migrate") as processes:
            asyncio.run(_all_are_ready(processes, (stage.secrets / "gateway" / "admin.password").read_text()))
            alive = [sys.executable, "-m", "deploy.image.alive"]
            for port, code in ((processes["ws"].port, 0), (free_port(), 1)):
                assert subprocess.run(alive, cwd=stage.tree, env={"PORT": str(port)}).returncode == code
