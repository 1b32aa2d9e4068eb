"""postgres checks against a real PostgreSQL."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from health_svc.probes import ProbeContext, run_checks
from shared.contracts.checks import PostgresCheck
from shared.contracts.health.services import ServiceSpec
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses


@pytest.mark.parametrize(
    ("query", "expect", "result", "reason"),
    [
        ("SELECT 1", None, "pass", ""),
        ("SELECT 1", "1", "pass", ""),
        ("SELECT 10", "1", "fail", "The query gives 10, expected 1"),
        ("SELECT true", "true", "pass", ""),
        ("SELECT NULL::int", "null", "pass", ""),
        ("SELECT 'primary'", "prim.*", "pass", ""),
        ("SELECT now()", "20.*", "pass", ""),
        ("SELECT 1 WHERE false", "1", "fail", "The query gives null, expected 1"),
        ("SELECT generate_series(1, 10000000)", "1", "pass", ""),
    ],
)
async def test_postgres_query(
    postgres_url: str, check_one: CheckOne, query: str, expect: str | None, result: str, reason: str
) -> None:
    outcome = await check_one(PostgresCheck(dsn=postgres_url, query=query, expect=expect))
    assert (outcome.result, outcome.reason) == (result, reason)
    assert [phase.name for phase in outcome.phases][-2:] == ["connect", "query"]


@pytest.mark.parametrize(
    ("query", "result", "words"),
    [
        ("SELEKT 1", "error", "The query has a mistake: syntax error"),
        ("SELECT * FROM missing_table", "fail", 'relation "missing_table" does not exist (42P01)'),
        ("SELECT 1/0", "fail", "division by zero (22012)"),
    ],
)
async def test_postgres_query_errors(
    postgres_url: str, check_one: CheckOne, query: str, result: str, words: str
) -> None:
    outcome = await check_one(PostgresCheck(dsn=postgres_url, query=query))
    assert outcome.result == result
    assert words in outcome.reason


async def test_postgres_slow_query_is_named(postgres_url: str, check_one: CheckOne) -> None:
    check = PostgresCheck(dsn=postgres_url, query="SELECT pg_sleep(60)")
    outcome = await check_one(check, timeout_seconds=0.5)
    assert outcome.result == "fail"
    assert outcome.reason.endswith("then silence")
    assert outcome.phases[-1].name == "query"


async def test_postgres_wrong_password_and_database(postgres_url: str, check_one: CheckOne) -> None:
    parts = urlsplit(postgres_url)
    where, user = f"{parts.hostname}:{parts.port}", parts.username
    wrong = parts._replace(netloc=f"{user}:wrong-word@{where}").geturl()
    missing = parts._replace(path="/no_such_database").geturl()
    refused, absent = await check_one(PostgresCheck(dsn=wrong)), await check_one(PostgresCheck(dsn=missing))
    assert (refused.result, refused.reason) == ("fail", f"{where} refused the password of {user}")
    assert (absent.result, absent.reason) == ("fail", f"{where} has no database no_such_database")


@pytest.mark.parametrize(
    ("talk", "words"),
    [("banner", "broke off the session"), ("hang_up", "broke off the session"), ("reset", "reset the connection")],
)
async def test_postgres_to_something_else(targets: Addresses, check_one: CheckOne, talk: str, words: str) -> None:
    outcome = await check_one(PostgresCheck(dsn=f"postgres://ana:geheim@127.0.0.1:{targets.tcp[talk]}/shop"))
    assert outcome.result == "fail"
    assert outcome.reason.endswith(words)
    assert "geheim" not in outcome.reason


async def test_postgres_refused(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(PostgresCheck(dsn=f"postgres://ana:geheim@localhost:{targets.refused_port}/shop"))
    assert outcome.result == "fail"
    assert outcome.reason.startswith(f"localhost:{targets.refused_port} refused the connection")


@pytest.fixture
async def with_environment(context: ProbeContext, postgres_url: str, tmp_path: Path) -> ProbeContext:
    file = tmp_path / "dsn"
    file.write_text(f"{postgres_url}\n")
    given = {
        "SHOP_DSN": postgres_url,
        "NOT_A_DSN": "s3cret:value",
        "KEPT_DSN_FILE": str(file),
        "LOST_DSN_FILE": "/lost",
    }
    return replace(context, environ=given)


@pytest.mark.parametrize(
    ("dsn", "result", "reason"),
    [
        ("$SHOP_DSN", "pass", ""),
        ("$KEPT_DSN", "pass", ""),
        ("$LOST_DSN", "error", "LOST_DSN_FILE: /lost cannot be read: [Errno 2] No such file or directory: '/lost'"),
        ("$UNSET_DSN", "error", "The environment variable UNSET_DSN is not set for health_svc"),
        ("$NOT_A_DSN", "error", "The DSN must start with postgres://"),
    ],
)
async def test_postgres_dsn_from_the_environment(
    with_environment: ProbeContext, dsn: str, result: str, reason: str
) -> None:
    [outcome] = await run_checks(ServiceSpec(id="shop", checks=[PostgresCheck(dsn=dsn)]), with_environment)
    assert (outcome.result, outcome.reason) == (result, reason)
