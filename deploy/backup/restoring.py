"""A backup back into a database: each schema as a whole, owned by whom it belongs to there."""

import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg

from deploy.backup import tools
from deploy.backup.creating import CONNECT_SECONDS, DUMP
from deploy.backup.manifest import COUNTED, NAME, BackupError, Manifest, read
from deploy.migrate import role_of, services_with_storage
from shared.migrations import read_migrations

RUNNING = """
SELECT DISTINCT split_part(application_name, '/', 1) FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE ANY (ARRAY['%\\_svc/%', 'gateway/%'])
"""
OWNER = """
SELECT coalesce(
    (SELECT rolname::text FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner WHERE nspname = $1),
    (SELECT rolname::text FROM pg_roles WHERE rolname = $2),
    current_user::text
)
"""


def look(path: Path) -> Manifest:
    """Raises BackupError, OSError."""
    try:
        with tarfile.open(path) as tar:
            note = tar.extractfile(NAME)
            assert note is not None
            return read(note.read())
    except (tarfile.TarError, KeyError) as error:
        raise BackupError(f"{path} is no backup of Belfry: {error}") from error


async def restore(database_url: str, path: Path, *, replace: bool = False) -> Manifest:
    """Into an empty installation, or with `replace` in the place of what is there. All of it or nothing of a schema.
    Raises BackupError, OSError, asyncpg.PostgresError."""
    manifest = look(path)
    _check_release(manifest)
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS)
    try:
        await _check_nobody_works(connection)
        if not replace:
            await _check_empty(connection)
        owners = {schema: await _owner(connection, schema) for schema in manifest.schemas}
        with TemporaryDirectory(dir=path.parent, prefix=".belfry-restore-") as folder:
            with tarfile.open(path) as tar:
                tar.extract(DUMP, folder, filter="data")
            for schema, owner in owners.items():
                await _make_room(connection, schema, owner)
                await _fill(database_url, Path(folder) / DUMP, schema, owner)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return manifest


def _check_release(manifest: Manifest) -> None:
    """An older backup is migrated by the next start; a newer one needs its own release."""
    files = services_with_storage()
    known = {service.removesuffix("_svc"): read_migrations(path)[-1].version for service, path in files.items()}
    newer = [schema for schema, version in manifest.schemas.items() if version > known.get(schema, -1)]
    if newer:
        raise BackupError(f"it was made by a newer release ({manifest.release}). Restore it with that one")


async def _check_nobody_works(connection: Any) -> None:
    if running := [row[0] for row in await connection.fetch(RUNNING)]:
        raise BackupError(f"{', '.join(sorted(running))} still run: stop Belfry first")


async def _check_empty(connection: Any) -> None:
    """Services, rules and channels that an installation declares by itself at its first start do not count."""
    for name in ("incidents", "channels", "users"):
        table = COUNTED[name].rpartition(" ")[2]
        if await connection.fetchval("SELECT to_regclass($1)", table) and await connection.fetchval(COUNTED[name]):
            raise BackupError(f"the database is in use: it has {name}. With --replace they are lost")


async def _owner(connection: Any, schema: str) -> str:
    """Whose the schema is already, else the role that is meant for it, else who restores."""
    owner: str = await connection.fetchval(OWNER, schema, role_of(schema))
    return owner


async def _make_room(connection: Any, schema: str, owner: str) -> None:
    async with connection.transaction():
        await connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
        await connection.execute(f'CREATE SCHEMA "{schema}" AUTHORIZATION "{owner}"')


async def _fill(database_url: str, dump: Path, schema: str, owner: str) -> None:
    whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    await tools.run("pg_restore", database_url, *whole, f"--role={owner}", f"--schema={schema}", str(dump))
