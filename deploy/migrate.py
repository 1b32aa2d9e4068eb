"""Brings every service's schema to the newest version, each owned by a role of its own when passwords are given."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from shared.migrations import migrate

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
