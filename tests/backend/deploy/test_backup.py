"""What was backed up is found again, in an empty installation that keeps its services apart by roles."""

import asyncio
import json
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import asyncpg
import pytest

from deploy.backup.__main__ import main
from deploy.backup.manifest import BackupError
from deploy.backup.restoring import look, restore
from deploy.local.nats import start_nats
from deploy.local.ports import free_port, is_free
from deploy.local.postgres import postgres_program, start_postgres
from deploy.local.program import running
from deploy.migrate import migrate_all, role_of, services_with_storage
from deploy.nats.apply import apply
from shared.migrations import migrate
from tests.fixtures.servers import NATS_CONFIG, new_database
from tests.fixtures.waiting import until
from tests.fixtures.whole import EVALUATED, GIVEN, VOLATILE, ask, whole, without

pytestmark = pytest.mark.integration

AT = "/api/v1/admin"
PASSWORD = "a-password-of-a-role"
SERVICES = ("health_svc", "alert_svc", "gateway")
OWN_KEY = {"gateway": GIVEN["gateway"]}
"""alert_svc makes a key of its own, in its data folder."""
BELL = {
    "id": "bell", "name": "The bell", "interval_seconds": 3600, "failure_threshold": 1,
    "checks": [{"kind": "tcp", "host": "127.0.0.1", "port": 1}],
}  # fmt: skip
RULE = {"name": "Queue is long", "metric": "shop.depth", "operator": ">", "threshold": 10, "duration": 0}
HOOK = {"kind": "webhook", "name": "Hook", "url": "https://hooks.example/x", "headers": {"X-Key": "hidden"}}
RUNS, INCIDENTS = f"{AT}/health/services/bell/checks", f"{AT}/health/incidents"
READ = (f"{AT}/health/services/bell/history", RUNS, INCIDENTS, f"{AT}/alerts/channels")
RULES = f"{AT}/alerts/rules"
TABLES = """
SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname = ANY($1::text[]) ORDER BY 1
"""

Urls = dict[str, str]


async def found_in(api: aiohttp.ClientSession) -> dict[str, Any]:
    """The board as one sees it, and every page behind it, without what time alone changes."""
    board = await ask(api, "GET", f"{AT}/health/services")
    cards = [{name: card[name] for name in ("id", "name", "status", "source")} for card in board["services"]]
    pages = {path: without(await ask(api, "GET", path), VOLATILE) for path in READ}
    runs = {run["id"]: run["result"] for run in pages.pop(RUNS)["runs"]}
    incidents = pages.pop(INCIDENTS)["incidents"]
    pages["lists"] = runs | {each["id"]: each["started_at"] for each in incidents if each["service_id"] == "bell"}
    pages[RULES] = without(await ask(api, "GET", RULES), VOLATILE | EVALUATED)
    return {"board": sorted((card for card in cards if card["id"] == "bell"), key=str), **pages}


@pytest.fixture
def first(postgres_url: str) -> Iterator[str]:
    with new_database(postgres_url) as url:
        asyncio.run(migrate_all(url))
        yield url


@pytest.fixture
def second(tmp_path: Path) -> Iterator[str]:
    """An empty installation on a server of its own, with a role a service."""
    with start_postgres(tmp_path / "postgres", fsync=False) as server:
        asyncio.run(migrate_all(server.url, dict.fromkeys(services_with_storage(), PASSWORD)))
        yield server.url


@pytest.fixture
def two_nats(tmp_path: Path) -> Iterator[tuple[str, str]]:
    with start_nats(tmp_path / "one", NATS_CONFIG) as one, start_nats(tmp_path / "two", NATS_CONFIG) as two:
        for server in (one, two):
            asyncio.run(apply(server.url))
        yield one.url, two.url


async def content(url: str) -> dict[str, tuple[int, str]]:
    """Of every table how many rows it has, and a digest of them."""
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(TABLES, [service.removesuffix("_svc") for service in services_with_storage()])
        digest = "SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} AS t"
        found = [await connection.fetch(digest.format(row["name"])) for row in tables]
        return {row["name"]: (count, digest) for row, [(count, digest)] in zip(tables, found, strict=True)}
    finally:
        await connection.close()


def logins(url: str) -> Urls:
    """Each service's own."""
    place = urlsplit(url).netloc.rpartition("@")[2]
    database = urlsplit(url).path
    return {service: f"postgresql://{role_of(service)}:{PASSWORD}@{place}{database}" for service in SERVICES}


async def make_history(api: aiohttp.ClientSession) -> dict[str, Any]:
    await ask(api, "POST", f"{AT}/health/services", BELL)
    await ask(api, "POST", f"{AT}/health/services/bell/check")
    await ask(api, "POST", f"{AT}/alerts/channels", HOOK)
    await ask(api, "POST", f"{AT}/alerts/rules", RULE)
    return await until(lambda: found_in(api), lambda found: [card["status"] for card in found["board"]] == ["down"])


def test_a_restored_installation_has_the_same_board_history_and_rules(
    first: str, second: str, two_nats: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, data = tmp_path / "belfry.backup", tmp_path / "data"
    data.mkdir()

    async def before() -> dict[str, Any]:
        async with whole(two_nats[0], dict.fromkeys(SERVICES, first), data, OWN_KEY) as api:
            return await make_history(api)

    async def after() -> dict[str, Any]:
        async with whole(two_nats[1], logins(second), data, OWN_KEY) as api:
            found = await until(lambda: found_in(api), lambda found: bool(found["board"]))
            assert (await ask(api, "POST", f"{AT}/health/services/bell/check"))["result"] == "fail", "and it goes on"
            return found

    was = asyncio.run(before())
    assert len(was["lists"]) >= 2, "a run and an incident"
    assert "Queue is long" in {rule["name"] for rule in was[RULES]["rules"]}
    assert main(["create", str(file)], {"DATABASE_URL": first}) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".belfry-*")) == []
    assert "hidden" not in file.read_bytes().decode(errors="replace"), "secrets stay encrypted"
    told = capsys.readouterr().out
    assert "1 channels" in told
    assert main(["restore", str(file)], {"DATABASE_URL": second, "BELFRY_DATA_DIR": str(data)}) == 0
    assert "Bring back the key" not in capsys.readouterr().out, "the key is there"
    assert asyncio.run(content(second)) == asyncio.run(content(first)), "every row of every table"
    is_now = asyncio.run(after())
    assert was.pop("lists").items() <= is_now.pop("lists").items(), "what ended meanwhile may be there, too"
    assert is_now == was

    assert main(["restore", str(file)], {"DATABASE_URL": second}) == 1
    assert "--replace" in capsys.readouterr().err, "what is in use is not overwritten"
    assert main(["restore", "--replace", str(file)], {"DATABASE_URL": second, "BELFRY_DATA_DIR": str(tmp_path)}) == 0
    assert "Bring back the key" in capsys.readouterr().out


def test_a_backup_of_the_release_before_is_brought_up_to_date(postgres_url: str, tmp_path: Path) -> None:
    """Its schemas are restored as they were, and migrated by the next start."""
    with new_database(postgres_url) as old, new_database(postgres_url) as new:
        asyncio.run(_install_the_release_before(old, tmp_path))
        was = asyncio.run(content(old))
        file = tmp_path / "old.backup"
        assert main(["create", str(file)], {"DATABASE_URL": old}) == 0
        asyncio.run(migrate_all(new))
        assert main(["restore", str(file)], {"DATABASE_URL": new}) == 0
        assert asyncio.run(content(new)) == was
        applied = asyncio.run(migrate_all(new))
        left = {service: len(list(path.glob("*.sql"))) > 1 for service, path in services_with_storage().items()}
        assert {service: bool(versions) for service, versions in applied.items()} == left


def but_the_last(directory: Path) -> list[Path]:
    files = sorted(directory.glob("*.sql"))
    return files[:-1] or files


async def _install_the_release_before(url: str, folder: Path) -> None:
    """Every schema but for its last migration, where there was one before it."""
    for service, directory in services_with_storage().items():
        before = folder / service
        before.mkdir()
        for path in but_the_last(directory):
            (before / path.name).write_text(path.read_text())
        await migrate(url, service, before)


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.write_text("nothing")
    with pytest.raises(BackupError, match="no backup of Belfry"):
        look(nothing)
    assert main(["show", str(tmp_path / "missing")], {}) == 1
    strange = tmp_path / "strange.tar"
    with tarfile.open(strange, "w") as tar:
        tar.add(nothing, "manifest.json")
    with pytest.raises(BackupError, match="cannot be read"):
        look(strange)


def test_the_embedded_server_of_a_stopped_belfry_is_started_meanwhile(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    (data / "secrets").mkdir(parents=True)
    (data / "ports.json").write_text(json.dumps({"postgres": port}))
    password = data / "secrets" / "postgres.password"
    with running(postgres_program(data / "postgres", port, fsync=False, password_path=password)) as server:
        asyncio.run(_create_belfry(server.url))
        asyncio.run(migrate_all(server.url.removesuffix("postgres") + "belfry"))
    file, environ = tmp_path / "belfry.backup", {"BELFRY_DATA_DIR": str(data)}
    assert main(["create", str(file)], environ) == 0
    assert main(["restore", str(file)], environ) == 0
    assert is_free(port), "and stopped again"


async def _create_belfry(server_url: str) -> None:
    connection = await asyncpg.connect(server_url)
    await connection.execute("CREATE DATABASE belfry")
    await connection.close()


async def test_a_running_belfry_is_not_restored_over(first: str, tmp_path: Path) -> None:
    file = tmp_path / "belfry.backup"
    assert await asyncio.to_thread(main, ["create", str(file)], {"DATABASE_URL": first}) == 0
    at_work = await asyncpg.connect(first, server_settings={"application_name": "health_svc/ab12"})
    try:
        with pytest.raises(BackupError, match="health_svc still run"):
            await restore(first, file, replace=True)
    finally:
        await at_work.close()
