"""A backup: one tar file with the dump of every schema at one moment, and a manifest."""

import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import msgspec

from deploy.backup import tools
from deploy.backup.manifest import NAME, Manifest, describe
from deploy.migrate import services_with_storage
from shared.version import VERSION

DUMP = "database.dump"
CONNECT_SECONDS = 10.0


def schemas() -> list[str]:
    return [service.removesuffix("_svc") for service in services_with_storage()]


async def create(database_url: str, path: Path) -> Manifest:
    """Belfry may run meanwhile. The file is for its owner only, and is there only when it is whole. Raises BackupError,
    OSError, asyncpg.PostgresError."""
    connection = await asyncpg.connect(database_url, timeout=CONNECT_SECONDS)
    try:
        manifest = await describe(connection, schemas(), VERSION, datetime.now(UTC))
    finally:
        await connection.close()
    with TemporaryDirectory(dir=path.parent, prefix=".belfry-backup-") as folder:
        dump = Path(folder) / DUMP
        wanted = [f"--schema={schema}" for schema in manifest.schemas]
        await tools.run("pg_dump", database_url, "--format=custom", "--no-owner", f"--file={dump}", *wanted)
        whole = _pack(Path(folder), manifest, dump)
        whole.replace(path)
    return manifest


def _pack(folder: Path, manifest: Manifest, dump: Path) -> Path:
    note, whole = folder / NAME, folder / "whole.tar"
    note.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
    with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(note, NAME)
            tar.add(dump, DUMP)
        file.flush()
        os.fsync(file.fileno())
    return whole
