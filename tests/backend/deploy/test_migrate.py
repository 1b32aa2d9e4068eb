"""Every service owns one schema and sees no other."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy import migrate as deploy_migrate
from deploy.migrate import migrate_all, role_of, scram_verifier, services_with_storage
from shared.migrations import MigrationError, migrations_of

PASSWORDS = {"bell_svc": "first'; DROP", "clock_svc": "second"}


@pytest.fixture
async def two_services(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Two services with storage, and no trace of their roles afterwards: roles belong to the whole server."""
    for service, table in (("bell_svc", "bells"), ("clock_svc", "clocks")):
        directory = tmp_path / service / "migrations"
        directory.mkdir(parents=True)
        (directory / "0001_first.sql").write_text(f"CREATE TABLE {table} (id integer)")
    monkeypatch.setattr(deploy_migrate, "ROOT", tmp_path)
    yield
    connection = await asyncpg.connect(database)
    for role in map(role_of, PASSWORDS):
        if await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
            await connection.execute(f'DROP OWNED BY "{role}" CASCADE; DROP ROLE "{role}"')
    await connection.close()


async def as_role(database: str, role: str, password: str) -> Any:
    return await asyncpg.connect(database, user=role, password=password)


async def test_each_role_owns_its_schema_and_cannot_read_another(database: str, two_services: None) -> None:
    assert await migrate_all(database, PASSWORDS) == {"bell_svc": [0, 1], "clock_svc": [0, 1]}
    connection = await as_role(database, "belfry_bell", PASSWORDS["bell_svc"])
    try:
        await connection.execute("INSERT INTO bell.bells VALUES (1)")
        await connection.execute("ALTER TABLE bell.bells ADD COLUMN tone text")
        for statement in ("SELECT * FROM clock.clocks", "CREATE TABLE clock.mine (id integer)", "CREATE SCHEMA mine"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_new_password_replaces_the_old_one(database: str, two_services: None) -> None:
    await migrate_all(database, PASSWORDS)
    assert await migrate_all(database, {**PASSWORDS, "clock_svc": "third"}) == {"bell_svc": [], "clock_svc": []}
    connection = await as_role(database, "belfry_clock", "third")
    assert await connection.fetchval("SELECT count(*) FROM clock.clocks") == 0
    await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await as_role(database, "belfry_clock", "second")


async def test_without_passwords_the_administrator_owns_all(database: str, two_services: None) -> None:
    assert await migrate_all(database) == {"bell_svc": [0, 1], "clock_svc": [0, 1]}
    connection = await asyncpg.connect(database)
    assert await connection.fetchval("SELECT count(*) FROM bell.bells") == 0
    await connection.close()


async def test_a_schema_of_another_owner_is_refused(database: str, two_services: None) -> None:
    await migrate_all(database)
    with pytest.raises(MigrationError, match="schema bell and all in it must belong to belfry_bell, but belongs to"):
        await migrate_all(database, PASSWORDS)


def test_what_is_stored_for_a_password_differs_each_time() -> None:
    assert scram_verifier("bell").startswith("SCRAM-SHA-256$4096:")
    assert scram_verifier("bell") != scram_verifier("bell")


def test_the_services_that_store_are_found_alike_here_and_there() -> None:
    found = services_with_storage()
    assert "health_svc" in found
    assert all(migrations_of(service) == directory for service, directory in found.items())
    assert migrations_of("ws_svc") is None
