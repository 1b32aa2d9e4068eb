"""The pool: bound to one schema, JSON as plain values, and bounded in time."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from shared.db import Pool, connect, ping
from shared.problems import ProblemError, problem_of
from shared.settings import Settings


@pytest.fixture
def settings(database: str) -> Settings:
    return Settings(service="health_svc", database_url=database)


@pytest.fixture
async def pool(settings: Settings) -> AsyncIterator[Pool]:
    pool = await connect(settings)
    yield pool
    await pool.close()


async def test_a_connection_works_in_the_schema_of_its_service(pool: Pool) -> None:
    assert await pool.fetchval("SHOW search_path") == "health"
    assert await pool.fetchval("SELECT to_regclass('outbox')::text") == "outbox"
    assert (await pool.fetchval("SHOW application_name")).startswith("health_svc/")
    assert await pool.fetchval("SHOW statement_timeout") == "15s"
    assert await pool.fetchval("SHOW TimeZone") == "UTC"


@pytest.mark.parametrize("kind", ["json", "jsonb"])
async def test_json_columns_are_plain_values(pool: Pool, kind: str) -> None:
    value: Any = {"list": [1, 2.5, None, True], "text": "é"}
    assert await pool.fetchval(f"SELECT $1::{kind}", value) == value


async def test_ping_asks_for_the_schema_of_this_release(pool: Pool, settings: Settings) -> None:
    await ping(pool, settings)
    await pool.execute("DELETE FROM applied_migrations")
    with pytest.raises(Exception, match="the schema is at version None, this release needs"):
        await ping(pool, settings)


async def test_a_pool_is_made_while_the_database_is_away_and_says_so_when_asked() -> None:
    pool = await connect(Settings(service="health_svc", database_url="postgresql://ana:hush@127.0.0.1:1/belfry"))
    with pytest.raises(ProblemError) as caught:
        await pool.fetchval("SELECT 1")
    assert caught.value.problem.status == 503
    assert caught.value.problem.extensions == {"service": "postgres"}
    assert "hush" not in caught.value.problem.detail
    await pool.close()


async def test_a_wrong_password_is_a_problem_of_the_database(settings: Settings) -> None:
    url = settings.database_url.replace("://belfry:", "://belfry:wrong")
    pool = await connect(Settings(service="health_svc", database_url=url))
    with pytest.raises(ProblemError, match="password authentication failed"):
        await pool.fetchval("SELECT 1")
    await pool.close()


async def test_a_connection_lost_under_a_query_is_503_and_the_next_one_works(pool: Pool, database: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        await pool.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
    problem = problem_of(caught.value)
    assert problem is not None
    assert problem.status == 503
    assert await pool.fetchval("SELECT 1") == 1


async def test_a_query_without_an_answer_in_time_names_the_database(pool: Pool) -> None:
    with pytest.raises(TimeoutError) as caught:
        await pool.fetchval("SELECT pg_sleep(60)", timeout=0.01)
    problem = problem_of(caught.value)
    assert problem is not None
    assert (problem.status, problem.extensions) == (503, {"service": "postgres"})


async def test_a_fault_of_ours_is_not_blamed_on_the_database(pool: Pool) -> None:
    with pytest.raises(asyncpg.DataError) as wrong_type:
        await pool.fetchval("SELECT $1::int", "one")
    with pytest.raises(asyncpg.UndefinedTableError) as no_table:
        await pool.fetchval("SELECT * FROM nowhere")
    assert problem_of(wrong_type.value) is None
    assert problem_of(no_table.value) is None


@pytest.mark.parametrize(
    ("ready", "then"),
    [
        ("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "CREATE TABLE refused ()"),
        ("SET statement_timeout = 1", "SELECT pg_sleep(60)"),
    ],
)
async def test_what_the_database_cannot_do_now_is_its_problem(settings: Settings, ready: str, then: str) -> None:
    """As on a copy that only reads, or on a server that is too busy: who waits tries again, and nothing is dropped."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        await connection.execute(ready)
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.execute(then)
    finally:
        await connection.close()
    problem = problem_of(caught.value)
    assert problem is not None
    assert (problem.status, problem.extensions) == (503, {"service": "postgres"})
