"""Brings every service's schema to the newest version, each owned by a role of its own when passwords are given.

`python -m deploy.migrate --roles DIR` does so with passwords made in DIR.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.local.secret_files import secret, write_secret
from shared.migrations import MigrationError, migrate
from shared.redaction import redact

ROOT = Path(__file__).parent.parent
SCRAM_ITERATIONS = 4096


def services_with_storage() -> dict[str, Path]:
    """The services that have a migrations/ folder."""
    return {path.parent.name: path for path in sorted(ROOT.glob("*/migrations")) if path.is_dir()}


def role_of(service: str) -> str:
    """The database role of a service: `belfry_health` for health_svc."""
    return f"belfry_{service.removesuffix('_svc')}"


async def migrate_all(admin_dsn: str, passwords: Mapping[str, str] | None = None) -> dict[str, list[int]]:
    """The versions applied now, by service. `passwords` (service -> password) makes a role for each service named,
    which owns its schema and sees no other. Raises MigrationError, asyncpg.PostgresError, OSError."""
    passwords = passwords or {}
    applied = {}
    for service, directory in services_with_storage().items():
        owner = role_of(service) if service in passwords else None
        if owner:
            await _ensure_role(admin_dsn, owner, passwords[service])
        applied[service] = await migrate(admin_dsn, service, directory, owner)
    return applied


async def _ensure_role(admin_dsn: str, role: str, password: str) -> None:
    """The role exists, may sign in with this password, and the administrator may act for it."""
    connection = await asyncpg.connect(admin_dsn, timeout=10)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('belfry.roles'))")
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f'CREATE ROLE "{role}" NOSUPERUSER NOCREATEDB NOCREATEROLE')
            await connection.execute(f"""ALTER ROLE "{role}" LOGIN PASSWORD '{scram_verifier(password)}'""")
            await _let_admin_act_for(connection, role)
    finally:
        await connection.close()


async def _let_admin_act_for(connection: Any, role: str) -> None:
    if not await connection.fetchval("SELECT pg_has_role(current_user, $1, 'MEMBER')", role):
        await connection.execute(f'GRANT "{role}" TO CURRENT_USER')


def scram_verifier(password: str) -> str:
    """What PostgreSQL stores for a password. Made here, so that the password itself never reaches a server log."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, SCRAM_ITERATIONS)
    stored_key = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    keys = f"{_base64(stored_key)}:{_base64(_hmac(salted, b'Server Key'))}"
    return f"SCRAM-SHA-256${SCRAM_ITERATIONS}:{_base64(salt)}${keys}"


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def main(argv: list[str]) -> int:
    """Exit code 0, or 1 with one clear line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.migrate")
    parser.add_argument("--url", default=os.environ.get("DATABASE_URL", ""), help="DSN of an administrator")
    parser.add_argument("--roles", type=Path, help="directory of passwords and DSNs, one of each a service")
    given = parser.parse_args(argv)
    passwords = {}
    if given.roles:
        passwords = {service: secret(given.roles / f"{service}.password") for service in services_with_storage()}
    try:
        applied = asyncio.run(migrate_all(given.url, passwords))
    except (MigrationError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        print(f"deploy.migrate: {redact(str(error))}", file=sys.stderr)
        return 1
    for service, password in passwords.items():
        write_secret(given.roles / f"{service}.dsn", dsn_of(given.url, role_of(service), password))
    print("\n".join(f"{service}: {versions or 'unchanged'}" for service, versions in applied.items()))
    return 0


def dsn_of(admin_dsn: str, user: str, password: str) -> str:
    """The same database, for another user. Passwords are URL-safe, as we made them."""
    parts = urlsplit(admin_dsn)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{place}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
