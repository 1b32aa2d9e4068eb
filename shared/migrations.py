"""Forward-only SQL migrations: numbered files, applied once each under a lock; checksums guard the past."""

import hashlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from msgspec import Struct

log = structlog.get_logger()

OUTBOX = Path(__file__).with_name("outbox.sql")  # version 0 of every schema
FILE_NAME = re.compile(r"^(?P<version>\d{4})_(?P<name>[a-z0-9_]+)\.sql$")
LOCK_SECONDS = 60

TIMEOUTS = "SET LOCAL lock_timeout = '10s'; SET LOCAL statement_timeout = '10min'"  # a waiting DDL holds up everyone

CREATE_RECORD = """
CREATE TABLE IF NOT EXISTS applied_migrations (
    version    integer PRIMARY KEY,
    name       text NOT NULL,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


class MigrationError(Exception):
    """The schema and the files do not fit together; the message says what to do."""


class Migration(Struct, frozen=True):
    version: int
    name: str
    sql: str

    @property
    def file_name(self) -> str:
        return f"{self.version:04d}_{self.name}.sql"

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


async def migrate(dsn: str, service: str, directory: Path, owner: str | None = None) -> list[int]:
    """Brings the schema of a service to the newest version and returns the versions applied now.

    Two at once are safe: the second waits and finds nothing to do. `owner`: the role that shall own what is made.
    Raises MigrationError for an applied file that was changed, is missing, or is newer than this release.
    """
    schema = service.removesuffix("_svc")
    migrations = read_migrations(directory)
    connection = await asyncpg.connect(dsn, timeout=10, server_settings={"application_name": f"migrate/{service}"})
    try:
        await _lock(connection, schema)
        await _enter_schema(connection, schema, owner)
        pending = _pending(migrations, await _applied(connection))
        for migration in pending:
            await _apply(connection, migration)
            log.info("migration.applied", schema=schema, version=migration.version, name=migration.name)
    finally:
        await connection.close()
    return [migration.version for migration in pending]


async def applied_version(connection: Any) -> int | None:
    """The newest version applied to the schema of this connection or pool; None before the first."""
    if await connection.fetchval("SELECT to_regclass('applied_migrations')") is None:
        return None
    version: int | None = await connection.fetchval("SELECT max(version) FROM applied_migrations")
    return version


async def check_version(connection: Any, directory: Path) -> None:
    """Raises MigrationError when the schema is older than these files, or not there at all. A newer one is fine: while
    a release is rolled out, and after it was rolled back, the one before runs on the schema of the next."""
    version, newest = await applied_version(connection), _newest(directory)
    if version is None or version < newest:
        raise MigrationError(f"the schema is at version {version}, this release needs {newest}. Run the migrations")


def migrations_of(service: str) -> Path | None:
    """The folder of a service's migrations; None for one that stores nothing."""
    spec = find_spec(service)
    folders = spec.submodule_search_locations if spec else None
    directory = Path(folders[0], "migrations") if folders else None
    return directory if directory and directory.is_dir() else None


@cache
def _newest(directory: Path) -> int:
    return read_migrations(directory)[-1].version


def read_migrations(directory: Path) -> list[Migration]:
    """The outbox as version 0, then the files of the directory: 0001_name.sql, 0002_name.sql ... without a gap."""
    found = [Migration(0, "outbox", OUTBOX.read_text(encoding="utf-8"))]
    for path in sorted(directory.glob("*.sql")):
        parts = FILE_NAME.match(path.name)
        if parts is None or int(parts["version"]) != len(found):
            raise MigrationError(f"{path.name}: the next file must be named {len(found):04d}_<what it does>.sql")
        found.append(Migration(len(found), parts["name"], path.read_text(encoding="utf-8")))
    return found


def _pending(migrations: list[Migration], applied: dict[int, str]) -> list[Migration]:
    """What is left to apply. The past must be a prefix of the files, unchanged."""
    if applied and max(applied) >= len(migrations):
        raise MigrationError(
            f"the schema is at version {max(applied)}, this release knows {len(migrations) - 1}. Run the newer release"
        )
    for migration in migrations[: len(applied)]:
        if applied.get(migration.version) != migration.checksum:
            raise MigrationError(
                f"{migration.file_name} was changed after it was applied. Restore it and add a new file"
            )
    return migrations[len(applied) :]


async def _lock(connection: Any, schema: str) -> None:
    """Held until the connection closes."""
    try:
        await connection.execute(
            "SELECT pg_advisory_lock(hashtext($1))", f"belfry.migrate.{schema}", timeout=LOCK_SECONDS
        )
    except TimeoutError as error:
        raise MigrationError(f"another migration of schema {schema} goes on for more than {LOCK_SECONDS} s") from error


async def _enter_schema(connection: Any, schema: str, owner: str | None) -> None:
    """The schema exists, and all that follows happens in it, in its owner's name."""
    authorization = f'AUTHORIZATION "{owner}"' if owner else ""
    await connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}" {authorization}')
    if owner:
        await _check_owner(connection, schema, owner)
        await connection.execute(f'SET ROLE "{owner}"')
    await connection.execute(f'SET search_path = "{schema}"')
    await connection.execute(CREATE_RECORD)


async def _check_owner(connection: Any, schema: str, owner: str) -> None:
    found = await connection.fetchval("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = $1", schema)
    if found.strip('"') != owner:
        raise MigrationError(f"schema {schema} and all in it must belong to {owner}, but belongs to {found}")


async def _applied(connection: Any) -> dict[int, str]:
    rows = await connection.fetch("SELECT version, checksum FROM applied_migrations ORDER BY version")
    return {row["version"]: row["checksum"] for row in rows}


async def _apply(connection: Any, migration: Migration) -> None:
    """A file and the note that it ran: both or neither."""
    async with connection.transaction():
        await connection.execute(TIMEOUTS)
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO applied_migrations (version, name, checksum) VALUES ($1, $2, $3)",
            migration.version, migration.name, migration.checksum,
        )  # fmt: skip
