"""PostgreSQL: one pool per process, bound to the service's own schema."""

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import structlog
from asyncpg.pool import PoolConnectionProxy

from shared import telemetry
from shared.metrics import Watched, count_query
from shared.migrations import MigrationError, applied_version, check_version, migrate, migrations_of
from shared.problems import problem_of, unavailable
from shared.redaction import redact
from shared.settings import Settings

__all__ = ["Connection", "MigrationError", "Pool", "applied_version", "connect", "migrate", "ping", "wait_until_ready"]

log = structlog.get_logger()

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:  # asyncpg's classes take parameters only in its stubs
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection

COMMAND_TIMEOUT_SECONDS = 10.0
SHOWN_CHARACTERS = 500
CONNECT_TIMEOUT_SECONDS = 5.0
STATEMENT_TIMEOUT_MS = 15_000  # the server ends what the client has given up
IDLE_IN_TRANSACTION_TIMEOUT_MS = 30_000
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 5.0


async def connect(settings: Settings, max_size: int = 8) -> Pool:
    """A pool that connects when asked: it is made at once, also while PostgreSQL is down. Taking a connection raises
    ProblemError 503 when there is none to be had."""
    pool: Pool = await asyncpg.create_pool(
        settings.database_url,
        connect=_connect,
        init=_prepare,
        min_size=0,
        max_size=max_size,
        timeout=CONNECT_TIMEOUT_SECONDS,
        command_timeout=COMMAND_TIMEOUT_SECONDS,
        server_settings={
            "application_name": f"{settings.service}/{settings.instance}",
            "search_path": settings.domain,
            "statement_timeout": str(STATEMENT_TIMEOUT_MS),
            "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_TIMEOUT_MS),
            "timezone": "UTC",
        },
    )
    return pool


def in_use(pool: Pool) -> Watched:
    """Connections at work. Who finds none free waits."""
    return Watched(name="db_connections", depth=lambda: pool.get_size() - pool.get_idle_size(), limit=pool.get_max_size)


async def ping(pool: Pool, settings: Settings) -> None:
    """Raises when the database does not answer, or when the service's schema is not the one this release needs."""
    async with pool.acquire() as connection:
        directory = migrations_of(settings.service)
        if directory is None:
            await connection.fetchval("SELECT 1")
        else:
            await check_version(connection, directory)


async def wait_until_ready(pool: Pool, settings: Settings) -> None:
    """Returns when `ping` finds nothing wrong; says in the log what it waits for."""
    wait_seconds = FIRST_WAIT_SECONDS
    address = redact(settings.database_url)
    while reason := await _what_is_wrong(pool, settings):
        log.warning("database.waiting", address=address, reason=reason, wait_seconds=wait_seconds)
        await asyncio.sleep(wait_seconds)
        wait_seconds = min(wait_seconds * 2, LONGEST_WAIT_SECONDS)
    log.info("database.connected", address=address, schema=settings.domain)


async def _what_is_wrong(pool: Pool, settings: Settings) -> str:
    try:
        await ping(pool, settings)
    except (MigrationError, asyncpg.PostgresError) as error:
        return str(error)
    except Exception as error:
        if problem := problem_of(error):
            return problem.detail
        raise
    return ""


async def _connect(*args: Any, **options: Any) -> Any:
    try:
        return await asyncpg.connect(*args, **options)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InternalClientError) as error:
        reason = redact(str(error)) or "no answer in time"
        raise unavailable("postgres", f"The database cannot be reached: {reason}") from error


async def _prepare(connection: Any) -> None:
    """JSON columns are read and written as plain values, by msgspec."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name, schema="pg_catalog", encoder=_json, decoder=msgspec.json.decode, format="text"
        )
    connection.add_query_logger(_measured)


def _measured(query: Any) -> None:
    """Called by asyncpg after each statement, within the context of who ran it. Of the statement only its text is
    shown: values are parameters."""
    count_query(query.elapsed, query.exception is not None)
    if telemetry.is_exporting():
        text = " ".join(query.query.split())
        attributes = {"db.system.name": "postgresql", "db.query.text": text[:SHOWN_CHARACTERS]}
        failure = type(query.exception).__name__ if query.exception is not None else ""
        telemetry.add_ended_span(text.partition(" ")[0].rstrip(";").upper(), query.elapsed, attributes, failure)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
