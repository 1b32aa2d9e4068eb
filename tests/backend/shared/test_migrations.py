"""Migrations run forward once, in order, under a lock; a changed past is refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from shared import migrations
from shared.db import MigrationError, applied_version, migrate
from shared.migrations import check_version, read_migrations

Write = dict[str, str]
TWO = {"0001_words.sql": "CREATE TABLE words (word text)", "0002_more.sql": "INSERT INTO words VALUES ('bell')"}


def written(directory: Path, files: Write) -> Path:
    directory.mkdir(exist_ok=True)
    for name, sql in files.items():
        (directory / name).write_text(sql)
    return directory


@pytest.fixture
async def connection(database: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(database, server_settings={"search_path": "word"})
    yield connection
    await connection.close()


async def test_a_fresh_schema_gets_the_outbox_and_all_files_in_order(
    database: str, connection: Any, tmp_path: Path
) -> None:
    assert await applied_version(connection) is None
    assert await migrate(database, "word_svc", written(tmp_path, TWO)) == [0, 1, 2]
    assert await connection.fetchval("SELECT word FROM word.words") == "bell"
    assert await connection.fetchval("SELECT count(*) FROM word.outbox") == 0
    assert await applied_version(connection) == 2
    await check_version(connection, tmp_path)


async def test_a_second_run_applies_only_what_is_new(database: str, connection: Any, tmp_path: Path) -> None:
    await migrate(database, "word_svc", written(tmp_path, TWO))
    assert await migrate(database, "word_svc", tmp_path) == []
    written(tmp_path, {"0003_last.sql": "ALTER TABLE words ADD COLUMN size integer"})
    assert await migrate(database, "word_svc", tmp_path) == [3]
    assert await connection.fetchval("SELECT count(*) FROM words") == 1


async def test_many_at_once_apply_each_file_once(database: str, connection: Any, tmp_path: Path) -> None:
    written(tmp_path, {**TWO, "0003_slow.sql": "SELECT pg_sleep(0.2)"})
    applied = await asyncio.gather(*(migrate(database, "word_svc", tmp_path) for _ in range(5)))
    assert sorted(version for versions in applied for version in versions) == [0, 1, 2, 3]
    assert await connection.fetchval("SELECT count(*) FROM words") == 1


async def test_a_migration_that_goes_on_for_ever_is_named(
    database: str, connection: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LOCK_SECONDS", 0.2)
    await connection.execute("SELECT pg_advisory_lock(hashtext('belfry.migrate.word'))")
    with pytest.raises(MigrationError, match="another migration of schema word goes on"):
        await migrate(database, "word_svc", written(tmp_path, TWO))


async def test_a_file_that_fails_leaves_nothing_of_itself(database: str, connection: Any, tmp_path: Path) -> None:
    written(tmp_path, {**TWO, "0003_broken.sql": "CREATE TABLE half (a int); SELECT 1/0"})
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(database, "word_svc", tmp_path)
    assert await applied_version(connection) == 2
    assert await connection.fetchval("SELECT to_regclass('half')") is None


async def test_a_changed_old_file_is_refused(database: str, tmp_path: Path) -> None:
    await migrate(database, "word_svc", written(tmp_path, TWO))
    written(tmp_path, {"0001_words.sql": "CREATE TABLE words (word text, size integer)"})
    with pytest.raises(MigrationError, match=r"0001_words\.sql was changed after it was applied"):
        await migrate(database, "word_svc", tmp_path)


async def test_on_the_schema_of_a_newer_release_an_older_one_runs_and_does_not_migrate(
    database: str, connection: Any, tmp_path: Path
) -> None:
    await migrate(database, "word_svc", written(tmp_path / "new", TWO))
    older = written(tmp_path / "old", {"0001_words.sql": TWO["0001_words.sql"]})
    with pytest.raises(MigrationError, match="the schema is at version 2, this release knows 1"):
        await migrate(database, "word_svc", older)
    await check_version(connection, older)
    newer = written(tmp_path / "newer", {**TWO, "0003_last.sql": "SELECT 1"})
    with pytest.raises(MigrationError, match="the schema is at version 2, this release needs 3"):
        await check_version(connection, newer)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"0002_late.sql": ""}, r"0002_late\.sql: the next file must be named 0001_"),
        ({"0001_a.sql": "", "0001_b.sql": ""}, r"0001_b\.sql: the next file must be named 0002_"),
        ({"1_short.sql": ""}, r"1_short\.sql: the next file must be named 0001_"),
    ],
)
def test_files_are_numbered_without_a_gap(tmp_path: Path, files: Write, words: str) -> None:
    with pytest.raises(MigrationError, match=words):
        read_migrations(written(tmp_path, files))
