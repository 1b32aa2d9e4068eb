"""NATS and PostgreSQL for a run: the embedded ones, unless others are given; ready to be used in the end."""

from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy import nats as bus
from deploy.local.nats import nats_program
from deploy.local.postgres import postgres_program
from deploy.local.program import Program
from deploy.local.secret_files import secret
from deploy.local.settings import LocalSettings
from deploy.migrate import migrate_all, role_of, services_with_storage
from deploy.nats.permissions import ADMIN
from shared.tls import of_bus

DATABASE = "belfry"


def embedded_nats(settings: LocalSettings, port: int) -> Program:
    """Every process has a user of its own on it."""
    keys = bus.create_seeds(_seeds(settings))
    config = bus.render_config(keys)
    return nats_program(settings.data / "nats", port, config, settings.logs / "nats.log")


def embedded_postgres(settings: LocalSettings, port: int) -> Program:
    settings.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    return postgres_program(
        settings.data / "postgres",
        port,
        log_path=settings.logs / "postgres.log",
        password_path=settings.secrets / "postgres.password",
    )


async def prepare_nats(settings: LocalSettings, embedded: Program | None) -> None:
    """Streams, buckets and consumers. Raises ApplyError, TimeoutError."""
    if embedded:
        await bus.apply(embedded.url, str(_seeds(settings) / f"{ADMIN}.seed"))
    else:
        await bus.apply(settings.nats_url, bus.seed_of(settings.nats_seed_file, ADMIN), tls=of_bus(settings))


async def prepare_postgres(settings: LocalSettings, embedded: Program | None) -> str:
    """The database, roles and schemas; returns the administrator's DSN. A given server's user stays the only one."""
    if embedded is None:
        await migrate_all(settings.database_url)
        return settings.database_url
    await _create_database(embedded.url)
    admin_dsn = _dsn(embedded.url, *_login(embedded.url))
    await migrate_all(admin_dsn, {service: _password(settings, service) for service in services_with_storage()})
    return admin_dsn


def nats_variables(settings: LocalSettings, embedded: Program | None, child: str) -> dict[str, str]:
    if embedded:
        return {"NATS_URL": embedded.url, "BELFRY_NATS_SEED_FILE": str(_seeds(settings) / f"{child}.seed")}
    seed = bus.seed_of(settings.nats_seed_file, child)
    return {"NATS_URL": settings.nats_url} | ({"BELFRY_NATS_SEED_FILE": seed} if seed else {})


def postgres_variables(settings: LocalSettings, embedded: Program | None, child: str) -> dict[str, str]:
    """A role of its own for each child that stores something; none for the others."""
    if embedded is None:
        return {"DATABASE_URL": settings.database_url}
    if child not in services_with_storage():
        return {}
    return {"DATABASE_URL": _dsn(embedded.url, role_of(child), _password(settings, child))}


async def has_users(admin_dsn: str) -> bool:
    """Whether somebody can sign in already, so that no first password is needed."""
    connection = await asyncpg.connect(admin_dsn, timeout=10)
    try:
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM gateway.users)"))
    finally:
        await connection.close()


async def _create_database(server_dsn: str) -> None:
    connection = await asyncpg.connect(server_dsn, timeout=10)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
            await connection.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        await connection.close()


def _password(settings: LocalSettings, service: str) -> str:
    return secret(settings.secrets / f"{service}.password")


def _seeds(settings: LocalSettings) -> Path:
    return settings.secrets / "nats"


def _login(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.username or "", parts.password or ""


def _dsn(url: str, user: str, password: str) -> str:
    """The same server, our database, this user. Passwords are URL-safe, as we made them."""
    parts = urlsplit(url)
    return f"postgresql://{user}:{password}@{parts.hostname}:{parts.port}/{DATABASE}"
