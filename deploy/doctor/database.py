"""PostgreSQL: is it there, is every schema what this release needs, owned by its own role, and is there room."""

import time
from typing import Any

import asyncpg

from deploy.doctor.finding import Finding, clock, failed, in_words, ok, warning
from deploy.migrate import role_of, services_with_storage
from deploy.place import Place
from shared.migrations import MigrationError, check_version
from shared.redaction import redact

OLDEST = 140_000
ANSWER_SECONDS = 5.0
MIGRATE = "Run the migrations: start this release by make run, or its migration job"
OF_ALL_ROLES = """
SELECT rolsuper AS is_super, rolcreaterole AS makes_roles,
       ARRAY(SELECT nspname::text FROM pg_namespace
             WHERE nspname = ANY($2::text[]) AND has_schema_privilege(rolname, oid, 'USAGE')) AS schemas
FROM pg_roles WHERE rolname = $1
"""
CONNECTIONS = "SELECT count(*)::float8, current_setting('max_connections')::float8 FROM pg_stat_activity"


async def examine(place: Place) -> list[Finding]:
    try:
        connection = await asyncpg.connect(place.database_url, timeout=ANSWER_SECONDS, command_timeout=ANSWER_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, ValueError) as error:
        found = f"{redact(place.database_url)} does not answer: {redact(str(error)) or 'no answer in time'}"
        return [failed("PostgreSQL", found, "Start PostgreSQL, or correct DATABASE_URL")]
    try:
        services = [finding for name in services_with_storage() for finding in await _service(connection, name)]
        return [await _version(connection), await _clock(connection), await _connections(connection), *services]
    except (TimeoutError, asyncpg.PostgresError) as error:
        found = f"does not let itself be examined: {str(error) or 'no answer in time'}"
        return [failed("PostgreSQL", found, "Give an administrator's DATABASE_URL, and ask again")]
    finally:
        await connection.close(timeout=ANSWER_SECONDS)


async def _version(connection: Any) -> Finding:
    number = int(await connection.fetchval("SHOW server_version_num"))
    size = await connection.fetchval("SELECT pg_database_size(current_database())")
    found = f"version {number // 10_000}, the database takes {in_words(size)}"
    return ok("PostgreSQL", found) if number >= OLDEST else failed("PostgreSQL", found, "Use PostgreSQL 14 or newer")


async def _clock(connection: Any) -> Finding:
    asked = time.time()
    told = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
    return clock("clock of PostgreSQL", told, asked, time.time())


async def _connections(connection: Any) -> Finding:
    used, most = await connection.fetchrow(CONNECTIONS)
    share = used / most
    found = f"{used:.0f} of {most:.0f} in use"
    fix = "Raise max_connections: each process of Belfry uses up to eight"
    return ok("connections", found) if share < 0.8 else warning("connections", found, fix)


async def _service(connection: Any, service: str) -> list[Finding]:
    schema = service.removesuffix("_svc")
    owner = await connection.fetchval("SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = $1", schema)
    if owner is None:
        return [failed(f"schema {schema}", "is not there", MIGRATE)]
    async with connection.transaction():
        await connection.execute(f'SET LOCAL search_path = "{schema}"')
        try:
            await check_version(connection, services_with_storage()[service])
        except MigrationError as error:
            return [failed(f"schema {schema}", str(error), MIGRATE)]
        found = [ok(f"schema {schema}", f"up to date, owned by {owner}"), *await _outbox(connection, schema)]
    return found + await _role(connection, service, schema, owner)


async def _outbox(connection: Any, schema: str) -> list[Finding]:
    waiting, rejected = await connection.fetchrow(
        "SELECT count(*) FILTER (WHERE created_at < now() - interval '1 minute'), count(rejected) FROM outbox"
    )
    if rejected:
        fix = "See why in the column rejected; once that is put right, set it to NULL"
        return [failed(f"outbox of {schema}", f"{rejected} facts that NATS will never take", fix)]
    if waiting:
        fix = "See whether the service runs and reaches NATS"
        return [warning(f"outbox of {schema}", f"{waiting} facts have waited for more than a minute", fix)]
    return []


async def _role(connection: Any, service: str, schema: str, owner: str) -> list[Finding]:
    """A role of its own sees its own schema. Where one user owns all, there is nothing to keep apart."""
    role = role_of(service)
    if owner.strip('"') != role:
        return []
    schemas = [name.removesuffix("_svc") for name in services_with_storage()]
    row = await connection.fetchrow(OF_ALL_ROLES, role, schemas)
    others = sorted(set(row["schemas"]) - {schema})
    if row["is_super"] or row["makes_roles"] or others:
        found = "may do more than it must" if not others else f"may also read {', '.join(others)}"
        return [failed(f"role {role}", found, f'Take it away: REVOKE USAGE ON SCHEMA ... FROM "{role}", NOSUPERUSER')]
    return [ok(f"role {role}", "its own schema, and no other")]
